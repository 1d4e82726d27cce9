/** Items of a feed in the catalogue, and the feed itself. */
import { describe, expect, it } from 'vitest';
import { assembleProduct } from '../../../src/extract/feed/assemble.js';
import type { Store } from '../../../src/store/store.js';
import { FakeClock } from '../../support/fake-clock.js';
import { begin, gone, HOUR, offer, product, read, T0, visit, workbench } from './builders.js';
import { FEED, validators, item, report, claim, readFeed, shown, count, nextRun } from './feed-builders.js';

const bench = workbench();

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

describe('a feed', () => {
  it('is claimed once, until its lease ends, and its end is committed once', () => {
    const clock = new FakeClock(T0);
    const store = bench.open(undefined, clock);
    const run = begin(store);
    const entry = claim(store, run);
    expect(store.claimFeed(run, T0, HOUR)).toBeNull();
    expect(store.nextFeedDue(run)).toBeNull();
    expect(store.claimFeed(run, T0 + 9 * HOUR, HOUR)).toBeNull();
    clock.advance(HOUR);
    const again = store.claimFeed(run, T0, HOUR);
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
