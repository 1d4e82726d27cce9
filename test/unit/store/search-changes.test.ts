import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import type { CategoryId, ProductId } from '../../../src/domain/ids.js';
import type { Product } from '../../../src/domain/product.js';
import type { Store } from '../../../src/store/store.js';
import {
  begin,
  classified,
  classify,
  download,
  gone,
  HOUR,
  offer,
  product,
  read,
  sha,
  T0,
  unchanged,
  visit,
  workbench,
} from './builders.js';

const bench = workbench();
const url = 'https://moda.example/p/1';
const images = ['https://moda.example/i/1.jpg'];
const crawled = (store: Store, day: number, ended: Parameters<typeof visit>[3]) => {
  const now = T0 + day * 24 * HOUR;
  const run = begin(store, `2026-01-0${day + 1}T00:00:00Z`, now);
  visit(store, run, url, ended, now);
  store.finishRun(run.id, 'finished', now);
};
const item = (fields: Partial<Product> = {}) => read(product({ url, images, ...fields }));

/** A store with one item that search can find. */
function filled(): Store {
  const store = bench.open();
  crawled(store, 0, item());
  download(store, () => sha('1'));
  classify(store, () => classified({ sweater: 0.95 }));
  store.browse.takeChanges();
  return store;
}

function changes(store: Store, work: () => void): boolean {
  store.browse.takeChanges();
  work();
  const taken = store.browse.takeChanges();
  return taken === null || taken.items.includes(1 as ProductId);
}

describe('the changes of what search answers with', () => {
  it('are none while nothing of that changes', () => {
    const store = filled();
    const loop = { windowMs: 15_000, p50Ms: 1, p99Ms: 2, maxMs: 3 };
    expect(changes(store, () => store.beat({ pid: 1, startedAt: T0, at: T0, loop, runtime: null }))).toBe(
      false,
    );
    expect(changes(store, () => crawled(store, 1, unchanged))).toBe(false);
    expect(changes(store, () => crawled(store, 2, item()))).toBe(false);
    expect(changes(store, () => crawled(store, 3, item({ description: 'Soft.' })))).toBe(false);
  });

  it.each<[string, (store: Store) => void]>([
    ['a title', (store) => crawled(store, 1, item({ title: 'Soft sweater' }))],
    ['a price', (store) => crawled(store, 1, item({ offer: offer(3990) }))],
    ['the stock', (store) => crawled(store, 1, item({ offer: offer(4990, 'sold-out') }))],
    ['its pictures', (store) => crawled(store, 1, item({ images: [] }))],
    [
      'its end',
      (store) => {
        crawled(store, 1, gone);
        crawled(store, 2, gone);
      },
    ],
    [
      'a decision by a person',
      (store) =>
        void store.reviews.label([
          {
            product: 1 as ProductId,
            verdict: 'category',
            category: 'beanie' as CategoryId,
            picture: null,
            sample: null,
            by: 'ann',
          },
        ]),
    ],
  ])('name the item with %s', (_, work) => {
    const store = filled();
    expect(changes(store, () => work(store))).toBe(true);
  });

  it('name the item of a picture that was classified, and the picture', () => {
    const store = filled();
    crawled(store, 1, item({ images: ['https://moda.example/i/2.jpg'] }));
    download(store, () => sha('2'), T0 + 48 * HOUR);
    store.browse.takeChanges();
    classify(store, () => classified({ beanie: 0.95 }));
    expect(store.browse.takeChanges()).toEqual({ items: [1], pictures: [2] });
  });

  it('are unknown with what another connection commits, and at first', () => {
    const store = filled();
    const other = new Database(store.path);
    expect(store.browse.takeChanges()).not.toBeNull();
    other.exec(`UPDATE products SET title = 'other'`);
    expect(store.browse.takeChanges()).toBeNull();
    expect(bench.open().browse.takeChanges()).toBeNull();
    other.close();
  });
});
