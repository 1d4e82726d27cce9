/** `crawl --once` that a signal ends before it is done: it says so, to people and to scripts, and can go on. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fashiond, loopbackShop, rowsOf, startFashiond, writeWorkplace } from '../support/cli.js';
import { startShopServer } from '../support/shop-server.js';
import type { ShopServer } from '../support/shop-server.js';
import { pathOf, smallItems, smallShopRoutes } from '../support/small-shop.js';
import { writeTinyModel } from '../support/tiny-model.js';

const TIMEOUT_MS = 120_000;
const items = smallItems(4);
let server: ShopServer;
let place: ReturnType<typeof writeWorkplace>;
let open: () => void = () => undefined;
const opened = new Promise<void>((resolve) => (open = resolve));

beforeAll(async () => {
  const routes = await smallShopRoutes(items);
  const last = pathOf(items[3]!);
  const route = routes[last]!;
  routes[last] = async (request, response) => {
    await opened;
    return typeof route === 'function' ? route(request, response) : route;
  };
  server = await startShopServer(routes);
  const model = { path: await writeTinyModel() };
  place = writeWorkplace([loopbackShop('slow', server.origin)], { model });
});
afterAll(() => server.close());

it(
  'exits with 1, says what is left, and goes on when it is asked again',
  { timeout: TIMEOUT_MS },
  async () => {
    const crawl = startFashiond('crawl', '--once', '--config', place.config);
    const classified = () =>
      rowsOf<{ n: number }>(place.db, 'SELECT count(*) AS n FROM v_items WHERE category IS NOT NULL')[0]!.n;
    await crawl.until((stdout) => stdout.includes('daemon.started'));
    while (classified() < 3) await new Promise((resolve) => setTimeout(resolve, 20));
    const { code, stderr } = await crawl.stop('SIGTERM');
    expect(stderr).toContain(
      'stopped before the end: 1 known pages are left to visit, 0 pictures to download and 0 to classify',
    );
    expect(stderr).toContain('goes on where this one stood');
    expect(code).toBe(1);
    open();
    const again = await fashiond('crawl', '--once', '--config', place.config);
    expect({ code: again.code, stderr: again.stderr }).toEqual({ code: 0, stderr: '' });
    expect(classified()).toBe(4);
    expect(rowsOf(place.db, 'SELECT status FROM runs')).toEqual([{ status: 'finished' }]);
  },
);
