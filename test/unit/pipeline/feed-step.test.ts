/** Feeds over real HTTP on loopback, into a real store. */
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { FashiondError } from '../../../src/domain/errors.js';
import type { FeedStore } from '../../../src/domain/feed-ports.js';
import { shopOf } from '../fetch/fixtures.js';
import { testShop } from '../../support/test-shop.js';
import { OPTIONS, clock, feed, storeOf, readAll, bound, etagOf, tsv, row, items } from './feed-bench.js';

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

it('keeps no row of a feed while there is no room, and reads it on once there is', async () => {
  const shop = await testShop({ '/feed': { body: tsv(row(1), row(2)) } });
  const own = shopOf([shop.host], { feeds: [feed(`${shop.origin}/feed`)] });
  const store = storeOf(own);
  let give = (): void => undefined;
  const room = new Promise<void>((resolve) => (give = resolve));
  const reading = readAll(own, store, '1', store, OPTIONS, clock, () => room);
  while (!shop.paths().includes('/feed')) await clock.sleep(10);
  await clock.sleep(100);
  expect(store.query('SELECT * FROM feed_items')).toEqual([]);
  give();
  expect(await reading).toMatchObject({ read: 1 });
  expect(items(store)).toHaveLength(2);
});
