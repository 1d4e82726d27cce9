/** The daemon killed once in the middle of its work. `npm run test:faults` and `npm run soak` do it again and again. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loopbackShop, rowsOf, startFashiond, writeWorkplace } from '../support/cli.js';
import { startShopServer } from '../support/shop-server.js';
import type { ShopServer } from '../support/shop-server.js';
import { pathOf, smallItems, smallShopRoutes } from '../support/small-shop.js';
import { writeTinyModel } from '../support/tiny-model.js';

const ITEMS = smallItems(40);
/** In the middle: pages and pictures are done, in hand and still to come. */
const REQUESTS = 40;

let server: ShopServer;
beforeAll(async () => {
  server = await startShopServer(await smallShopRoutes(ITEMS));
});
afterAll(() => server.close());

const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
};

it('goes on where SIGKILL left it, to the catalogue that the shop shows', { timeout: 120_000 }, async () => {
  // New Year is long past and the shop was never crawled, so this year's slot is due at once, and only once.
  const shop = loopbackShop('yearly', server.origin, { schedule: '0 0 1 1 *' });
  const place = writeWorkplace([shop], { model: { path: await writeTinyModel(), text: 'off' } });
  const killed = startFashiond('--config', place.config);
  await until(() => server.hits.length >= REQUESTS);
  expect((await killed.stop('SIGKILL')).code).toBeNull();
  const leased = rowsOf<{ url: string }>(place.db, `SELECT url FROM frontier WHERE state = 'leased'`);
  const known = rowsOf<{ url: string }>(place.db, 'SELECT url FROM v_items');
  expect(rowsOf(place.db, 'SELECT status FROM runs')).toEqual([{ status: 'running' }]);
  expect(known.length).toBeLessThan(ITEMS.length);

  const daemon = startFashiond('--config', place.config);
  await daemon.until((stdout) => stdout.includes('run.finished'));
  const waiting = `SELECT count(*) AS n FROM v_items WHERE category IS NULL`;
  await until(() => rowsOf<{ n: number }>(place.db, waiting)[0]!.n === 0);
  expect((await daemon.stop('SIGTERM')).code).toBe(0);
  expect(rowsOf(place.db, 'PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  expect(rowsOf(place.db, 'SELECT title, price_minor, category FROM v_items ORDER BY product_id')).toEqual(
    expect.arrayContaining(
      ITEMS.map(({ title, price, category }) => ({ title, price_minor: price, category })),
    ),
  );
  expect(rowsOf(place.db, 'SELECT count(*) AS n FROM v_items')).toEqual([{ n: ITEMS.length }]);
  // A page is asked for a second time only where the daemon died with it in its hands.
  const twice = ITEMS.map((item) => server.origin + pathOf(item)).filter(
    (url) => server.hits.filter(({ path }) => server.origin + path === url).length > 1,
  );
  expect(leased.map(({ url }) => url)).toEqual(expect.arrayContaining(twice));
});
