/** Feeds over real HTTP on loopback, into a real store. */
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { FashiondError } from '../../../src/domain/errors.js';
import type { ShopFeed } from '../../../src/domain/feed.js';
import type { FeedStore } from '../../../src/domain/feed-ports.js';
import type { Clock } from '../../../src/domain/ports.js';
import type { Shop } from '../../../src/domain/shop.js';
import { feedReader } from '../../../src/extract/feed/feed-reader.js';
import { createPageReader } from '../../../src/extract/page-reader.js';
import { Crawl } from '../../../src/pipeline/crawl.js';
import { BodyRoom } from '../../../src/platform/body-room.js';
import { readFeeds } from '../../../src/pipeline/feed-step.js';
import type { FeedCounts } from '../../../src/pipeline/feed-step.js';
import { Bell } from '../../../src/platform/bell.js';
import { systemClock } from '../../../src/platform/clock.js';
import { sha256Hex } from '../../../src/platform/fingerprint.js';
import { openStore } from '../../../src/store/store.js';
import type { Store } from '../../../src/store/store.js';
import { smallItems, smallShopRoutes } from '../../support/small-shop.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { shopOf, testFetcher } from '../fetch/fixtures.js';
import { testShop } from '../../support/test-shop.js';
import { silent } from '../store/builders.js';

const OPTIONS = {
  attempts: 3,
  baseMs: 1,
  maxMs: 50,
  confirmGoneMs: 3_600_000,
  maxFeedBytes: 1_000_000,
  feedLeaseMs: 60_000,
  maxIdleMs: 200,
};
const DAY = 24 * 3_600_000;
/** Days pass when the test says so. */
const clock = { ...systemClock, now: () => today + Math.floor(systemClock.monotonic()) };
let today = Date.UTC(2026, 5, 1);
const closers: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

function feed(url: string, more: Partial<ShopFeed> = {}): ShopFeed {
  return { url, format: null, encoding: null, visitPages: false, ...more };
}

function storeOf(shop: Shop, path = join(temporaryFolder(), 'feeds.db')): Store {
  const store = openStore(path, { log: silent });
  closers.push(() => store.close());
  store.syncShops([shop]);
  return store;
}

/** One run's feeds. `store` may be one that dies; the slot is that of an unfinished run where there is one. */
async function readAll(
  shop: Shop,
  real: Store,
  slot: string,
  store: FeedStore = real,
  options = OPTIONS,
  time: Clock = clock,
): Promise<FeedCounts> {
  const { fetcher } = testFetcher();
  closers.push(() => fetcher.close());
  const run = real.unfinishedRuns()[0] ?? real.beginRun(shop.id, slot, today)!;
  const both = Object.assign(Object.create(real) as Store, bound(store));
  const parts = {
    store: both,
    fetcher,
    feedReader,
    feedRoom: new BodyRoom(1),
    clock: time,
    log: silent,
    imagesWanted: new Bell(),
    textsFound: new Bell(),
  };
  const counts = await readFeeds(parts, options, run, shop, new AbortController().signal);
  real.finishRun(run.id, 'finished', today);
  today += DAY;
  return counts;
}

function bound(store: FeedStore): FeedStore {
  return {
    addFeeds: (...given) => store.addFeeds(...given),
    claimFeed: (...given) => store.claimFeed(...given),
    beginReading: (...given) => store.beginReading(...given),
    stageItems: (...given) => store.stageItems(...given),
    settleMissing: (...given) => store.settleMissing(...given),
    applyItems: (...given) => store.applyItems(...given),
    commitFeed: (...given) => store.commitFeed(...given),
    releaseFeed: (...given) => store.releaseFeed(...given),
    nextFeedDue: (...given) => store.nextFeedDue(...given),
    feedsRead: (...given) => store.feedsRead(...given),
  };
}

const etagOf = (body: string): string => `"${sha256Hex(Buffer.from(body)).slice(0, 8)}"`;
const tsv = (...rows: readonly string[]): string => ['id\ttitle\tlink\tprice', ...rows].join('\n');
const row = (n: number, price = `${n}.50 EUR`): string =>
  `${n}\tItem ${n}\t/p/${n}?utm_source=feed\t${price}`;

const items = (store: Store): unknown[] =>
  store.query(`SELECT title, price, vanished_at IS NOT NULL AS vanished FROM v_items ORDER BY product_id`);

describe('a feed', () => {
  it('is read, asked for conditionally, and read again when it changed', async () => {
    let body = tsv(row(1), row(2));
    const shop = await testShop({
      '/feed.tsv': (request) => {
        const etag = etagOf(body);
        return request.headers['if-none-match'] === etag
          ? { status: 304, headers: { etag } }
          : { headers: { etag, 'content-type': 'text/tab-separated-values' }, body };
      },
    });
    const own = shopOf([shop.host], { feeds: [feed(`${shop.origin}/feed.tsv`)] });
    const store = storeOf(own);
    expect(await readAll(own, store, '1')).toEqual({ read: 1, problem: null });
    expect(store.query('SELECT url, price FROM v_items')).toEqual([
      { url: `${shop.origin}/p/1`, price: 1.5 },
      { url: `${shop.origin}/p/2`, price: 2.5 },
    ]);
    expect(await readAll(own, store, '2')).toEqual({ read: 1, problem: null });
    body = tsv(row(1, '1.20 EUR'), row(3));
    await readAll(own, store, '3');
    await readAll(own, store, '4');
    expect(items(store)).toEqual([
      { title: 'Item 1', price: 1.2, vanished: 0 },
      { title: 'Item 2', price: 2.5, vanished: 1 },
      { title: 'Item 3', price: 3.5, vanished: 0 },
    ]);
    const asked = shop.hits
      .filter(({ path }) => path === '/feed.tsv')
      .map(({ headers }) => headers['if-none-match']);
    const [first, second] = [tsv(row(1), row(2)), body].map(etagOf);
    expect(asked).toEqual([undefined, first, first, second]);
  });

  it('is read to its end in one request where the disk is full at every step, or held back', async () => {
    const shop = await testShop({
      '/feed.tsv': { headers: { 'content-type': 'text/tab-separated-values' }, body: tsv(row(1), row(2)) },
    });
    const own = shopOf([shop.host], { feeds: [feed(`${shop.origin}/feed.tsv`)] });
    const real = storeOf(own);
    const full = new Set<string>();
    const fails = <Given extends unknown[], T>(name: string, write: (...given: Given) => T) => {
      return (...given: Given): T => {
        if (full.has(name)) return write(...given);
        full.add(name);
        throw new FashiondError('refused', 'no room left', { retry: true });
      };
    };
    let claims = 0;
    const store: FeedStore = {
      ...bound(real),
      addFeeds: fails('addFeeds', (...given) => real.addFeeds(...given)),
      claimFeed: (...given) => ((claims += 1) === 1 ? null : real.claimFeed(...given)),
      beginReading: fails('beginReading', (...given) => real.beginReading(...given)),
      stageItems: fails('stageItems', (...given) => real.stageItems(...given)),
      settleMissing: fails('settleMissing', (...given) => real.settleMissing(...given)),
      applyItems: fails('applyItems', (...given) => real.applyItems(...given)),
      commitFeed: fails('commitFeed', (...given) => real.commitFeed(...given)),
    };
    const quick = { ...clock, sleep: (_: number, signal?: AbortSignal) => clock.sleep(1, signal) };
    expect(await readAll(own, real, '1', store, OPTIONS, quick)).toEqual({ read: 1, problem: null });
    expect(full.size).toBe(6);
    expect(items(real)).toHaveLength(2);
    expect(shop.hits.filter(({ path }) => path === '/feed.tsv')).toHaveLength(1);
  });

  it('that breaks off takes nobody for gone, not even whom the reading before missed', async () => {
    let body = tsv(row(1), row(2));
    const shop = await testShop({ '/feed.tsv.gz': () => ({ body }) });
    const own = shopOf([shop.host], { feeds: [feed(`${shop.origin}/feed.tsv.gz`)] });
    const store = storeOf(own);
    await readAll(own, store, '1');
    body = tsv(row(1));
    await readAll(own, store, '2');
    body = '<html>We are moving house.</html>';
    expect(await readAll(own, store, '3')).toMatchObject({ read: 0, problem: expect.any(String) as string });
    expect(items(store)).toMatchObject([{ vanished: 0 }, { vanished: 0 }]);
    body = tsv(row(1));
    await readAll(own, store, '4');
    expect(items(store)).toMatchObject([{ vanished: 0 }, { title: 'Item 2', vanished: 1 }]);
  });

  it('that is refused for ever is given up, and the run goes on', async () => {
    const shop = await testShop({ '/feed.tsv': { status: 429, headers: { 'retry-after': '0' }, body: '' } });
    const own = shopOf([shop.host], { feeds: [feed(`${shop.origin}/feed.tsv`)] });
    const store = storeOf(own);
    const counts = await readAll(own, store, '1', store, { ...OPTIONS, maxIdleMs: 120_000 });
    expect(counts).toEqual({ read: 0, problem: expect.stringMatching(/^throttled: .*3 times$/) as string });
    expect(shop.hits.filter(({ path }) => path === '/feed.tsv')).toHaveLength(3);
  });

  it('in pages is whole where the shop takes no page number', async () => {
    const list = {
      products: [{ id: 7, title: 'Hat', handle: 'hat', variants: [{ id: 70, price: '9.00' }] }],
    };
    const shop = await testShop({ '/products.json': () => ({ body: JSON.stringify(list) }) });
    const own = {
      ...shopOf([shop.host], { feeds: [feed(`${shop.origin}/products.json`, { format: 'shopify-json' })] }),
      currency: 'EUR',
    };
    const store = storeOf(own);
    expect(await readAll(own, store, '1')).toEqual({ read: 1, problem: null });
    expect(shop.hits.filter(({ path }) => path.startsWith('/products.json'))).toHaveLength(2);
    expect(items(store)).toMatchObject([{ title: 'Hat', price: 9 }]);
  });

  it('obeys robots.txt, and names what it met', async () => {
    const shop = await testShop({
      '/robots.txt': { body: 'User-agent: *\nDisallow: /secret\n' },
      '/down': { status: 500 },
      '/secret': { body: tsv(row(1)) },
    });
    const names = ['/secret', '/down', '/missing'];
    const own = shopOf([shop.host], { feeds: names.map((name) => feed(shop.origin + name)) });
    const store = storeOf(own);
    expect(await readAll(own, store, '1')).toMatchObject({ read: 0 });
    expect(store.query('SELECT state, problem FROM feeds ORDER BY id')).toEqual([
      { state: 'dropped', problem: 'robots: refused before the request' },
      { state: 'dropped', problem: 'server-error: HTTP 500' },
      { state: 'dropped', problem: 'gone: HTTP 404' },
    ]);
    expect(shop.paths().filter((path) => path === '/down')).toHaveLength(3);
  });

  it('that turns empty, or into a page, loses no item', async () => {
    const bodies = [gzipSync(tsv(row(1))), '<html><body>Sorry</body></html>', 'id\ttitle\tlink\n', ''];
    let n = 0;
    const shop = await testShop({ '/feed': () => ({ body: bodies[n]! }) });
    const own = shopOf([shop.host], { feeds: [feed(`${shop.origin}/feed`)] });
    const store = storeOf(own);
    for (; n < bodies.length; n += 1) await readAll(own, store, String(n));
    expect(items(store)).toEqual([{ title: 'Item 1', price: 1.5, vanished: 0 }]);
    expect(store.query('SELECT problem FROM feeds')).toEqual([{ problem: 'no item in it' }]);
  });

  it('of a shop platform is asked for page by page', async () => {
    const product = (id: number) => ({
      id,
      title: `Item ${id}`,
      handle: `item-${id}`,
      variants: [{ id: id * 10, price: `${id}.00`, available: true }],
    });
    let busy = true;
    const shop = await testShop({
      '/products.json': (request) => {
        const page = Number(new URL(request.url!, 'http://x').searchParams.get('page'));
        if (page === 2 && busy) {
          busy = false;
          return { status: 502 };
        }
        return {
          body: JSON.stringify({ products: page <= 2 ? [product(page * 2), product(page * 2 + 1)] : [] }),
        };
      },
    });
    const own = shopOf([shop.host], {
      currency: 'EUR',
      feeds: [feed(`${shop.origin}/products.json`, { format: 'shopify-json' })],
    });
    const store = storeOf(own);
    await readAll(own, store, '1');
    expect(items(store).map((item) => (item as { title: string }).title)).toEqual([
      'Item 2',
      'Item 3',
      'Item 4',
      'Item 5',
    ]);
    expect(shop.paths()).toEqual([1, 2, 2, 3].map((page) => `/products.json?limit=250&page=${page}`));
  });
});

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
  closers.push(
    () => fetcher.close(),
    () => reader.close(),
  );
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
