/** robots.txt over restarts: the copy in a real database is what a new process starts from. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createFetcher } from '../../src/fetch/fetcher.js';
import { createGotScrapingClient } from '../../src/fetch/got-scraping-client.js';
import { createLog } from '../../src/platform/log.js';
import { openStore } from '../../src/store/store.js';
import type { ShopServer } from '../support/shop-server.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { testShop } from '../support/test-shop.js';
import { FETCH_OPTIONS, SteppingClock, pageRequest, shopOf } from '../unit/fetch/fixtures.js';

const log = createLog({ level: 'silent', format: 'json' });
const HOUR = 3_600_000;

/** One life of a process: opens the database, visits the paths, and ends. */
async function life(
  path: string,
  shop: ShopServer,
  clock: SteppingClock,
  paths: readonly string[],
): Promise<string[]> {
  const store = openStore(path, { log, clock });
  const client = createGotScrapingClient();
  const fetcher = createFetcher({ client, clock, log, options: FETCH_OPTIONS, robotsStore: store });
  try {
    const outcomes = [];
    for (const page of paths) {
      const outcome = await fetcher.fetch(shopOf([shop.host]), `${shop.origin}${page}`, pageRequest());
      outcomes.push(outcome.kind === 'disallowed' ? outcome.reason : outcome.kind);
    }
    return outcomes;
  } finally {
    await fetcher.close();
    store.close();
  }
}

it('is not asked for again by the next process until the copy is a day old', async () => {
  const path = join(temporaryFolder(), 'robots.db');
  const clock = new SteppingClock();
  const shop = await testShop({ '/robots.txt': { body: 'User-agent: *\nDisallow: /a\n' }, '/b': {} });
  expect(await life(path, shop, clock, ['/a', '/b'])).toEqual(['robots', 'ok']);
  clock.time += 24 * HOUR - 1;
  expect(await life(path, shop, clock, ['/a', '/b'])).toEqual(['robots', 'ok']);
  clock.time += 1;
  shop.route({ '/robots.txt': { body: 'User-agent: *\nDisallow: /b\n' }, '/a': {} });
  expect(await life(path, shop, clock, ['/a', '/b'])).toEqual(['ok', 'robots']);
  expect(shop.hits.filter((hit) => hit.path === '/robots.txt')).toHaveLength(2);
});

it('remembers that there is none', async () => {
  const path = join(temporaryFolder(), 'robots.db');
  const clock = new SteppingClock();
  const shop = await testShop({ '/a': {} });
  expect(await life(path, shop, clock, ['/a'])).toEqual(['ok']);
  shop.route({ '/robots.txt': { status: 500 } });
  expect(await life(path, shop, clock, ['/a'])).toEqual(['ok']);
  expect(shop.hits.filter((hit) => hit.path === '/robots.txt')).toHaveLength(1);
});

it('in its last form judges a host that is down, however old; without one everything is refused', async () => {
  const clock = new SteppingClock();
  const shop = await testShop({ '/robots.txt': { body: 'User-agent: *\nDisallow: /a\n' }, '/b': {} });
  const path = join(temporaryFolder(), 'robots.db');
  await life(path, shop, clock, ['/b']);
  clock.time += 72 * HOUR;
  shop.route({ '/robots.txt': { status: 502 } });
  expect(await life(path, shop, clock, ['/a', '/b'])).toEqual(['robots', 'ok']);
  const empty = join(temporaryFolder(), 'robots.db');
  expect(await life(empty, shop, clock, ['/b'])).toEqual(['robots-unreachable']);
});
