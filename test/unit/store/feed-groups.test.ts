/** Items of a feed that belong together, no longer do, or have a page as well. */
import { describe, expect, it } from 'vitest';
import type { FeedItem } from '../../../src/domain/feed.js';
import type { Store } from '../../../src/store/store.js';
import { begin, gone, offer, product, read, visit, workbench } from './builders.js';
import { item, readFeed, shown, count, nextRun } from './feed-builders.js';

const bench = workbench();

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
