/** A small shop, crawled, decided and served as the daemon does it, in this process. */
import { App } from '../../src/app.js';
import type { Shop } from '../../src/domain/shop.js';
import { loadConfig } from '../../src/config/load.js';
import { createLog } from '../../src/platform/log.js';
import { Reload } from '../../src/reload.js';
import { loopbackShop, writeWorkplace } from './cli.js';
import { startShopServer } from './shop-server.js';
import type { Route } from './shop-server.js';
import { smallItems, smallShopRoutes } from './small-shop.js';
import { writeTinyModel } from './tiny-model.js';

export interface ServedCatalogue {
  readonly url: string;
  readonly app: App;
  readonly shops: readonly Shop[];
  readonly close: () => Promise<void>;
}

/** `api`: settings of the config. `routes`: pages in place of the shop's own, or besides them. */
export async function serveCatalogue(
  options: {
    readonly items?: number;
    readonly api?: Readonly<Record<string, unknown>>;
    readonly routes?: Readonly<Record<string, Route>>;
  } = {},
): Promise<ServedCatalogue> {
  const shop = await startShopServer({
    ...(await smallShopRoutes(smallItems(options.items ?? 9))),
    ...options.routes,
  });
  const place = writeWorkplace([loopbackShop('small', shop.origin)], {
    model: { path: await writeTinyModel(), text: 'off' },
    api: options.api ?? {},
    log: { level: 'error' },
  });
  const loaded = await loadConfig(place.config);
  const { shops } = loaded;
  const log = createLog(loaded.config.log);
  const app = await App.open(loaded, log);
  const running = app.start();
  await app.crawl(shops[0]!, '2026-01-01T00:00:00.000Z', { all: true });
  await app.imagesDone();
  const url = await app.serve('127.0.0.1:0', new Reload({ path: place.config, target: app, log }));
  return {
    url: url!,
    app,
    shops,
    close: async () => {
      await app.close();
      await running;
      await shop.close();
    },
  };
}
