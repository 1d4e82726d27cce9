/** Feeds in the runs of a shop: beside its pages, and through the deaths of a process. */
import { expect, it, onTestFinished } from 'vitest';
import type { FeedStore } from '../../../src/domain/feed-ports.js';
import { feedReader } from '../../../src/extract/feed/feed-reader.js';
import { createPageReader } from '../../../src/extract/page-reader.js';
import { Crawl } from '../../../src/pipeline/crawl.js';
import { Bell } from '../../../src/platform/bell.js';
import type { Store } from '../../../src/store/store.js';
import { smallItems, smallShopRoutes } from '../../support/small-shop.js';
import { shopOf, testFetcher } from '../fetch/fixtures.js';
import { testShop } from '../../support/test-shop.js';
import { silent } from '../store/builders.js';
import { OPTIONS, clock, feed, storeOf, readAll, bound, tsv, row, items } from './feed-bench.js';

it('a process that dies at any moment of it leaves nothing that the next one does not find', async () => {
  let body = tsv(row(1), row(2), row(3));
  const shop = await testShop({ '/feed': () => ({ body }) });
  const own = shopOf([shop.host], { feeds: [feed(`${shop.origin}/feed`)] });
  const rounds = [
    tsv(row(1), row(2), row(3)),
    tsv(row(1, '9 EUR'), row(3), row(4)),
    tsv(row(1, '9 EUR'), row(4)),
  ];
  const undisturbed = storeOf(own);
  for (const [n, next] of rounds.entries()) {
    body = next;
    await readAll(own, undisturbed, String(n));
  }
  /** Dies instead of its n-th call: what was committed before is all there is. */
  const mortal = (store: Store, calls: number): FeedStore => {
    let left = calls;
    const all = bound(store);
    return Object.fromEntries(
      Object.entries(all).map(([name, call]) => [
        name,
        (...given: unknown[]) => {
          if ((left -= 1) < 0) throw new Error('killed');
          return (call as (...given: unknown[]) => unknown)(...given);
        },
      ]),
    ) as unknown as FeedStore;
  };
  let deaths = 0;
  for (let calls = 0; calls < 10; calls += 1) {
    const store = storeOf(own);
    for (const [n, next] of rounds.entries()) {
      body = next;
      await readAll(own, store, String(n), mortal(store, calls)).catch(() => (deaths += 1));
      // What the next process does first.
      store.recoverLeases();
      if (store.unfinishedRuns().length > 0) await readAll(own, store, String(n));
    }
    expect(items(store)).toEqual(items(undisturbed));
    const history = 'SELECT title, price, availability FROM v_prices ORDER BY product_id, at';
    expect(store.query(history)).toEqual(undisturbed.query(history));
  }
  expect(deaths).toBeGreaterThan(15);
}, 120_000);

it('a run reads the feeds of its shop, then its pages, and needs no page', async () => {
  const pages = await smallShopRoutes(smallItems(3));
  const shop = await testShop({
    ...pages,
    '/feed': { body: tsv(row(7)) },
    '/more': { body: tsv('S1\tItem 1\t/products/1\t1 EUR') },
  });
  const { fetcher } = testFetcher();
  const reader = createPageReader({ threads: 1, maxQueue: 8 });
  onTestFinished(() => fetcher.close());
  onTestFinished(() => reader.close());
  const own = shopOf([shop.host], {
    start: [],
    feeds: [feed(`${shop.origin}/feed`), feed(`${shop.origin}/more`, { visitPages: true })],
  });
  const store = storeOf(own);
  const parts = {
    store,
    fetcher,
    reader,
    feedReader,
    clock,
    log: silent,
    imagesWanted: new Bell(),
    room: async () => undefined,
    textsFound: new Bell(),
  };
  const options = {
    ...OPTIONS,
    leaseMs: 60_000,
    maxCrawlDelayMs: 0,
    maxWantedImages: 100,
    maxHostFailures: 5,
    traps: { maxRepeats: 3, maxParameters: 12, maxPerPattern: 100 },
  };
  await new Crawl(parts, options).run(own, '1', new AbortController().signal);
  expect(store.query('SELECT status FROM runs')).toEqual([{ status: 'finished' }]);
  expect(items(store)).toMatchObject([{ title: 'Item 7' }, { title: 'Item 1 of this shop', price: 20 }]);
  expect(shop.paths().filter((path) => path !== '/sitemap.xml')).toEqual(['/feed', '/more', '/products/1']);
});
