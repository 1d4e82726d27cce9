/** What feeds list, in real files: staged, brought into the catalogue, missed, gone and back. */
import { describe, expect, it } from 'vitest';
import type { CrawlRun } from '../../../src/domain/crawl.js';
import type { FeedEntry, FeedItem, FeedReport } from '../../../src/domain/feed.js';
import type { Product } from '../../../src/domain/product.js';
import { assembleProduct } from '../../../src/extract/feed/assemble.js';
import type { Store } from '../../../src/store/store.js';
import { begin, gone, HOUR, offer, product, read, T0, visit, workbench } from './builders.js';

const bench = workbench();
const FEED = 'https://moda.example/feed.xml';
const validators = { etag: '"1"', lastModified: null };

function item(key: string, fields: Partial<Product> = {}, group: string | null = null): FeedItem {
  const listed = product({
    url: `https://moda.example/p/${key}`,
    title: `Item ${key}`,
    sku: group ?? key,
    ...fields,
  });
  return { key, group, product: listed, traces: [{ field: 'title', source: 'feed', confidence: 0.95 }] };
}

const report = (items: number, stopped: string | null = null): FeedReport => ({
  items,
  skipped: 0,
  firstFault: null,
  stopped,
});

function claim(store: Store, run: CrawlRun, now = T0): FeedEntry {
  store.addFeeds(run, [FEED], now);
  const entry = store.claimFeed(run, now, HOUR);
  if (entry === null) throw new Error('the feed was not due');
  return entry;
}

/** Reads the feed from its beginning to its end, or to where it `stopped`. */
function readFeed(
  store: Store,
  run: CrawlRun,
  items: readonly FeedItem[],
  now = T0,
  stopped: string | null = null,
): void {
  const entry = claim(store, run, now);
  store.beginReading(entry);
  store.stageItems(entry, items, now);
  if (stopped === null) store.settleMissing(entry, { completes: true, confirmAfterMs: HOUR }, now);
  while (store.applyItems(entry, 2, assembleProduct, now) > 0);
  store.commitFeed(
    entry,
    { kind: 'read', validators, contentHash: 'h', report: report(items.length, stopped) },
    now,
  );
}

function shown(store: Store): unknown[] {
  return store.query(
    `SELECT title, sku, price_minor AS price, availability AS stock, vanished_at IS NOT NULL AS vanished
     FROM v_items ORDER BY title`,
  );
}

const count = (store: Store, table: string): unknown =>
  (store.query(`SELECT count(*) AS n FROM ${table}`)[0] as { n: number }).n;

/** The n-th run, a day after the one before. */
function nextRun(store: Store, n: number): { readonly run: CrawlRun; readonly now: number } {
  const now = T0 + n * 24 * HOUR;
  return { run: begin(store, new Date(now).toISOString(), now), now };
}

describe('items of a feed', () => {
  it('are in the catalogue once the feed was read, with their history', () => {
    const store = bench.open();
    readFeed(store, begin(store), [item('a'), item('b', { offer: offer(990, 'sold-out') })]);
    const one = { vanished: 0 };
    expect(shown(store)).toEqual([
      { ...one, title: 'Item a', sku: 'a', price: 4990, stock: 'in-stock' },
      { ...one, title: 'Item b', sku: 'b', price: 990, stock: 'sold-out' },
    ]);
    const { run, now } = nextRun(store, 1);
    readFeed(store, run, [item('a'), item('b', { offer: offer(890) })], now);
    expect(
      store.query(
        'SELECT title, price_minor AS price, availability AS stock FROM v_prices ORDER BY title, at',
      ),
    ).toEqual([
      { title: 'Item a', price: 4990, stock: 'in-stock' },
      { title: 'Item b', price: 990, stock: 'sold-out' },
      { title: 'Item b', price: 890, stock: 'in-stock' },
    ]);
    expect(
      store.query('SELECT count(*) AS n FROM v_items WHERE last_seen >= ?', [new Date(now).toISOString()]),
    ).toEqual([{ n: 2 }]);
  });

  it('read twice are the same items, and wait for their pictures', () => {
    const store = bench.open();
    const items = [item('a', { images: ['https://moda.example/1.jpg'] }), item('b')];
    readFeed(store, begin(store), items);
    const before = ['products', 'offer_history', 'title_history', 'images', 'feed_items'].map((table) =>
      count(store, table),
    );
    const { run, now } = nextRun(store, 1);
    readFeed(store, run, [...items, item('a', { title: 'the same key once more' })], now);
    expect(before).toEqual([2, 2, 2, 1, 2]);
    expect(
      ['products', 'offer_history', 'title_history', 'images', 'feed_items'].map((table) =>
        count(store, table),
      ),
    ).toEqual(before);
    expect(store.backlog().wanted).toBe(1);
  });

  it('vanish when two whole readings lack them, far enough apart, and come back', () => {
    const store = bench.open();
    const [a, b] = [item('a'), item('b')];
    readFeed(store, begin(store), [a, b]);
    const vanished = (): unknown[] => store.query('SELECT title FROM v_items WHERE vanished_at IS NOT NULL');
    const second = nextRun(store, 1);
    readFeed(store, second.run, [a], second.now);
    expect(vanished()).toEqual([]);
    // Again, but too soon.
    const third = begin(store, 'soon', second.now + 1000);
    readFeed(store, third, [a], second.now + 1000);
    expect(vanished()).toEqual([]);
    const fourth = nextRun(store, 2);
    readFeed(store, fourth.run, [a], fourth.now);
    expect(vanished()).toEqual([{ title: 'Item b' }]);
    const fifth = nextRun(store, 3);
    readFeed(store, fifth.run, [a, b], fifth.now);
    expect(vanished()).toEqual([]);
    expect(
      store.query('SELECT availability AS stock FROM v_prices WHERE title = ? ORDER BY at', ['Item b']),
    ).toEqual([{ stock: 'in-stock' }, { stock: 'discontinued' }, { stock: 'in-stock' }]);
  });

  it('are missed by no feed that breaks off', () => {
    const store = bench.open();
    readFeed(store, begin(store), [item('a'), item('b')]);
    for (let day = 1; day <= 3; day += 1) {
      const { run, now } = nextRun(store, day);
      readFeed(store, run, [item('a', { offer: offer(4000 + day) })], now, 'broken gzip');
    }
    expect(store.query('SELECT count(*) AS n FROM v_items WHERE vanished_at IS NULL')).toEqual([{ n: 2 }]);
    expect(store.query('SELECT price_minor AS price FROM v_items WHERE sku = ?', ['a'])).toEqual([
      { price: 4003 },
    ]);
    // What it answers next must not be taken for what was read.
    const { run, now } = nextRun(store, 4);
    expect(claim(store, run, now)).toMatchObject({ validators: { etag: null }, contentHash: null });
  });

  it('that were missing once are gone when an unchanged feed still lacks them', () => {
    const store = bench.open();
    readFeed(store, begin(store), [item('a'), item('b')]);
    const second = nextRun(store, 1);
    readFeed(store, second.run, [item('a')], second.now);
    const { run, now } = nextRun(store, 2);
    const entry = claim(store, run, now);
    expect(entry).toMatchObject({ validators, contentHash: 'h' });
    store.settleMissing(entry, { completes: false, confirmAfterMs: HOUR }, now);
    while (store.applyItems(entry, 2, assembleProduct, now) > 0);
    store.commitFeed(entry, { kind: 'unchanged', validators }, now);
    expect(shown(store)).toMatchObject([{ vanished: 0 }, { title: 'Item b', vanished: 1 }]);
    // An unchanged feed is a look at everything that it lists.
    const seen = store.query(`SELECT last_seen FROM v_items WHERE sku = 'a'`);
    expect(seen).toEqual([{ last_seen: new Date(now).toISOString().replace('.000Z', 'Z') }]);
    expect(store.feedsRead(run)).toBe(1);
  });
});

describe('items of one group', () => {
  const variant = (
    key: string,
    size: string,
    minor: number,
    stock: 'in-stock' | 'sold-out' = 'in-stock',
  ): FeedItem => {
    const sized = { title: size, sku: key, gtin: null, mpn: null, colour: null, size, url: null, images: [] };
    return item(
      key,
      {
        title: `Shirt ${size}`,
        offer: offer(minor, stock),
        availability: stock,
        variants: [{ ...sized, offer: offer(minor, stock), availability: stock }],
      },
      'G',
    );
  };

  it('are one product with the cheapest offer that can be ordered, in whatever order they come', () => {
    const store = bench.open();
    readFeed(store, begin(store), [
      variant('s', 'S', 3000, 'sold-out'),
      item('x'),
      variant('m', 'M', 4000),
      variant('l', 'L', 5000),
    ]);
    expect(shown(store)).toMatchObject([
      { title: 'Item x' },
      { title: 'Shirt', sku: 'G', price: 4000, stock: 'in-stock' },
    ]);
    expect(count(store, 'variants')).toBe(3);
    // One variant changes: the others are still known, though they are not in hand.
    const { run, now } = nextRun(store, 1);
    readFeed(
      store,
      run,
      [variant('s', 'S', 3000), item('x'), variant('m', 'M', 4000), variant('l', 'L', 5000)],
      now,
    );
    expect(shown(store)).toMatchObject([{ title: 'Item x' }, { title: 'Shirt', price: 3000 }]);
    expect(count(store, 'products')).toBe(2);
  });

  it('lose a variant without vanishing, and move to another group', () => {
    const store = bench.open();
    readFeed(store, begin(store), [variant('s', 'S', 3000), variant('m', 'M', 4000)]);
    for (const day of [1, 2]) {
      const { run, now } = nextRun(store, day);
      readFeed(store, run, [variant('m', 'M', 4000)], now);
    }
    expect(shown(store)).toMatchObject([{ title: 'Shirt M', price: 4000, vanished: 0 }]);
    const { run, now } = nextRun(store, 3);
    readFeed(
      store,
      run,
      [
        {
          ...variant('m', 'M', 4000),
          group: 'H',
          product: product({ sku: 'H', url: 'https://moda.example/h', title: 'Blouse' }),
        },
      ],
      now,
    );
    expect(shown(store)).toMatchObject([{ title: 'Blouse', vanished: 0 }]);
  });
});

describe('a group that is no longer one', () => {
  const alone = (key: string, group: string | null): FeedItem => ({
    ...item(key, { sku: group ?? key, title: `Item ${key}`, url: `https://moda.example/${group ?? key}` }),
    group,
  });
  const titles = (store: Store): unknown =>
    store.query('SELECT title FROM v_items WHERE vanished_at IS NULL ORDER BY title');

  it('leaves each of its items in the catalogue', () => {
    const store = bench.open();
    readFeed(store, begin(store), [alone('a', 'G'), alone('b', 'G')]);
    const { run, now } = nextRun(store, 1);
    readFeed(store, run, [alone('a', null), alone('b', null)], now);
    expect(titles(store)).toEqual([{ title: 'Item a' }, { title: 'Item b' }]);
  });

  it('gives an item to another group without taking that for its own product', () => {
    const store = bench.open();
    readFeed(store, begin(store), [alone('b', 'G'), alone('a', 'G'), alone('c', 'H')]);
    const { run, now } = nextRun(store, 1);
    readFeed(store, run, [alone('b', 'H'), alone('a', 'G'), alone('c', 'H')], now);
    expect(store.query('SELECT sku FROM v_items WHERE vanished_at IS NULL ORDER BY sku')).toEqual([
      { sku: 'G' },
      { sku: 'H' },
    ]);
    expect(count(store, 'products')).toBe(2);
  });
});

describe('an item that has a page as well', () => {
  const url = 'https://moda.example/p/a';

  it.each([
    ['without a number', null],
    ['with a number of its own', 'PAGE-1'],
    ["with the feed's number", 'a'],
  ])('%s is one product, whichever comes first', (_, sku) => {
    const page = read(product({ url, sku, title: 'Item a' }));
    const pageFirst = bench.open();
    const one = begin(pageFirst);
    visit(pageFirst, one, url, page);
    readFeed(pageFirst, one, [item('a')]);
    const feedFirst = bench.open();
    const two = begin(feedFirst);
    readFeed(feedFirst, two, [item('a')]);
    visit(feedFirst, two, url, page);
    for (const store of [pageFirst, feedFirst]) {
      expect(count(store, 'products')).toBe(1);
      const { run, now } = nextRun(store, 1);
      readFeed(store, run, [item('a', { offer: offer(100) })], now);
      visit(store, run, url, read(product({ url, sku, title: 'Item a', offer: offer(200) })), now);
      expect(shown(store)).toMatchObject([{ title: 'Item a', price: 200 }]);
    }
  });

  it('vanishes when neither shows it', () => {
    const store = bench.open();
    const first = begin(store);
    readFeed(store, first, [item('a'), item('b')]);
    visit(store, first, url, read(product({ url, sku: 'a' })));
    const vanished = (): unknown =>
      store.query('SELECT vanished_at IS NOT NULL AS v FROM v_items WHERE sku = ?', ['a']);
    for (const day of [1, 2]) {
      const { run, now } = nextRun(store, day);
      visit(store, run, url, gone, now);
    }
    expect(vanished()).toEqual([{ v: 0 }]);
    for (const day of [3, 4]) {
      const { run, now } = nextRun(store, day);
      readFeed(store, run, [item('b')], now);
    }
    expect(vanished()).toEqual([{ v: 1 }]);
  });
});

describe('a feed', () => {
  it('is claimed once, until its lease ends, and its end is committed once', () => {
    const store = bench.open();
    const run = begin(store);
    const entry = claim(store, run);
    expect(store.claimFeed(run, T0, HOUR)).toBeNull();
    expect(store.nextFeedDue(run)).toBeNull();
    const again = store.claimFeed(run, T0 + HOUR, HOUR);
    expect(again?.id).toBe(entry.id);
    const ended = { kind: 'read', validators, contentHash: 'h', report: report(1) } as const;
    store.commitFeed(entry, ended, T0);
    store.commitFeed(entry, { kind: 'dropped', reason: 'gone', detail: 'HTTP 404' }, T0);
    expect(store.query('SELECT state, problem FROM feeds')).toEqual([{ state: 'done', problem: null }]);
    store.addFeeds(run, [FEED], T0);
    expect(store.claimFeed(run, T0, HOUR)).toBeNull();
    expect(store.claimFeed(nextRun(store, 1).run, T0, HOUR)).toBeNull();
  });

  it('waits when it is to be tried again', () => {
    const store = bench.open();
    const run = begin(store);
    const retry = { kind: 'retry', at: T0 + 500.5, spendsAttempt: true, reason: 'timeout' } as const;
    store.commitFeed(claim(store, run), retry, T0);
    expect(store.claimFeed(run, T0 + 500, HOUR)).toBeNull();
    expect(store.nextFeedDue(run)).toBe(T0 + 501);
    expect(store.claimFeed(run, T0 + 501, HOUR)).toMatchObject({ attempts: 1 });
  });

  it('that the shop file no longer names keeps nothing alive', () => {
    const store = bench.open();
    const first = begin(store);
    readFeed(store, first, [item('a')]);
    visit(
      store,
      first,
      'https://moda.example/p/a',
      read(product({ url: 'https://moda.example/p/a', sku: 'a' })),
    );
    for (const day of [1, 2]) {
      const { run, now } = nextRun(store, day);
      store.addFeeds(run, [], now);
      expect(store.claimFeed(run, now, HOUR)).toBeNull();
      visit(store, run, 'https://moda.example/p/a', gone, now);
    }
    expect(shown(store)).toMatchObject([{ vanished: 1 }]);
  });

  it('is taken up again by the next process, whose catalogue is that of one that was never killed', () => {
    const items = [item('a'), item('b'), item('c', {}, 'G'), item('d', {}, 'G')];
    /** A reading that dies after so many steps; each step is a transaction. */
    const until = (store: Store, steps: number): void => {
      const run = store.unfinishedRuns()[0] ?? begin(store);
      store.recoverLeases();
      const entry = claim(store, run);
      const work = [
        () => store.beginReading(entry),
        () => store.stageItems(entry, items.slice(0, 3), T0),
        () => store.stageItems(entry, items.slice(3), T0),
        () => store.settleMissing(entry, { completes: true, confirmAfterMs: HOUR }, T0),
        () => store.applyItems(entry, 1, assembleProduct, T0),
        () => store.applyItems(entry, 1, assembleProduct, T0),
        () => store.applyItems(entry, 1, assembleProduct, T0),
      ];
      for (const step of work.slice(0, steps)) step();
    };
    const undisturbed = bench.open();
    readFeed(undisturbed, begin(undisturbed), items);
    const history = 'SELECT title, price_minor, availability FROM v_prices ORDER BY title, at';
    for (let steps = 0; steps <= 7; steps += 1) {
      const path = bench.file();
      const killed = bench.open(path);
      until(killed, steps);
      killed.close();
      const store = bench.open(path);
      store.recoverLeases();
      readFeed(store, store.unfinishedRuns()[0]!, items);
      expect(shown(store)).toEqual(shown(undisturbed));
      expect(store.query(history)).toEqual(undisturbed.query(history));
    }
  });
});
