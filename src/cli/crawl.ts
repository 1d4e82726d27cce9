/** `fashiond crawl [--shop ID] --once`: crawls now, for a person, and ends when everything is classified. */
import { App } from '../app.js';
import type { LoadedConfig } from '../config/load.js';
import { writesToJournal } from '../config/service-environment.js';
import { FashiondError } from '../domain/errors.js';
import type { Shop } from '../domain/shop.js';
import { createLog } from '../platform/log.js';
import { openReadOnly } from '../store/store.js';
import type { CliContext } from './context.js';
import { serve } from './daemon.js';

export interface CrawlFlags {
  readonly shop?: string;
  readonly once?: boolean;
  readonly all?: boolean;
}

/** Crawls the chosen shops to the end. Throws FashiondError where a crawl failed, or was stopped. */
export async function crawlOnce(loaded: LoadedConfig, flags: CrawlFlags, context: CliContext): Promise<void> {
  const shops = chosenShops(loaded, flags.shop);
  const log = createLog({ ...loaded.config.log, isJournal: writesToJournal() });
  const app = await App.open(loaded, log);
  let isDone = false;
  await serve(app, context, log, loaded.config.shutdown_deadline, async () => {
    const slot = new Date().toISOString();
    await Promise.all(shops.map((shop) => app.crawl(shop, slot, { all: flags.all === true })));
    await app.imagesDone();
    if (context.signal.aborted) return 'end';
    app.store.reviewHealth();
    isDone = true;
    requireSuccess(app, shops);
    return 'end';
  });
  if (!isDone) throw stopped(loaded, shops);
}

/** A person who waited for the crawl, and a script, must not take a failed one for a finished one. */
function requireSuccess(app: App, shops: readonly Shop[]): void {
  const failed = app.store
    .summary()
    .shops.filter(({ shop, lastStatus }) => lastStatus === 'failed' && shops.some(({ id }) => id === shop));
  if (failed.length === 0) return;
  const reasons = failed.map(
    ({ shop, lastError }) => `the crawl of ${shop} failed: ${lastError ?? 'see the log'}`,
  );
  throw new FashiondError('network', reasons.join('; '), {
    hint: 'What was read before is kept. Once the shop answers again, crawl again.',
    retry: true,
  });
}

/** Says what a signal has left undone. The store is closed by then, and whole. */
function stopped(loaded: LoadedConfig, shops: readonly Shop[]): FashiondError {
  const store = openReadOnly(loaded.config.store.path);
  try {
    const summary = store.summary();
    const pages = summary.shops
      .filter(({ shop }) => shops.some(({ id }) => id === shop))
      .reduce((sum, { pagesWaiting }) => sum + pagesWaiting, 0);
    const { imagesWanted, picturesStored } = summary;
    return new FashiondError(
      'cancelled',
      `stopped before the end: ${pages} known pages are left to visit, ${imagesWanted} pictures to download ` +
        `and ${picturesStored} to classify`,
      { hint: 'Nothing is lost: the same command goes on where this one stood.', retry: true },
    );
  } finally {
    store.close();
  }
}

function chosenShops(loaded: LoadedConfig, id: string | undefined): readonly Shop[] {
  const shops = loaded.shops.filter((shop) => id === undefined || shop.id === id);
  if (shops.length > 0) return shops;
  const known = loaded.shops.map((shop) => shop.id).join(', ');
  throw new FashiondError(
    'usage',
    id === undefined ? 'the configuration has no shop' : `no shop is called ${id}`,
    {
      hint: known === '' ? 'Add a shop file under shops: in the configuration.' : `Shops: ${known}.`,
    },
  );
}
