import { afterEach, expect, it } from 'vitest';
import type { ProductId, Sha256 } from '../../src/domain/ids.js';
import type { CompactBasis, SimilarItem } from '../../src/domain/similar.js';
import { startSearchThread } from '../../src/search-thread.js';
import type { SearchThread } from '../../src/search-thread.js';
import type { SearchThreadData } from '../../src/search-messages.js';
import type { Store } from '../../src/store/store.js';
import {
  begin,
  classified,
  classify,
  download,
  HOUR,
  LOOK,
  MODEL,
  offer,
  product,
  read,
  T0,
  visit,
  workbench,
} from '../unit/store/builders.js';
import { EVEN, OPEN } from '../unit/search/entries.js';

const bench = workbench();
const threads: SearchThread[] = [];
afterEach(async () => {
  for (const thread of threads.splice(0)) await thread.close();
});

const layout = { version: LOOK, colour: [0, 1], shape: [1, 2], pattern: [2, 3] } as const;
const one = { rows: 1, columns: 1, values: Float32Array.of(1) };
/** Fitted beside another category model, which is all the same to the vectors. */
const basis: CompactBasis = {
  model: 'another',
  lookVersion: LOOK,
  parts: {
    colour: one,
    shape: one,
    pattern: one,
    features: { rows: 2, columns: 2, values: Float32Array.of(1, 0, 0, 1) },
  },
};
const page = (n: number): string => `https://moda.example/p/${n}`;
const show = (store: Store, n: number, minor: number, now: number): void => {
  const fields = {
    url: page(n),
    title: `Item ${n}`,
    images: [`https://moda.example/i/${n}.jpg`],
    offer: offer(minor),
  };
  visit(store, begin(store, `${n} ${now}`, now), page(n), read(product(fields)), now);
};
const shaOf = (n: number): Sha256 => String(n).padStart(64, '0') as Sha256;

function filled(): Store {
  const store = bench.open();
  for (const n of [1, 2, 3]) show(store, n, 1000 * n, T0);
  download(store, (url) => shaOf(Number(/(\d+)\.jpg$/.exec(url)![1])));
  const angle = (hash: Sha256): number => Number.parseInt(hash, 10) / 10;
  classify(store, (hash) =>
    classified({ sweater: 0.95 }, { features: [Math.cos(angle(hash)), Math.sin(angle(hash))] }),
  );
  store.browse.takeChanges();
  return store;
}

function started(store: Store, data: Partial<SearchThreadData> = {}) {
  const made: number[] = [];
  const failed: string[] = [];
  const thread = startSearchThread(
    {
      path: store.path,
      model: MODEL,
      layout,
      basis,
      settings: { ...EVEN, weights: { colour: 0, shape: 0, pattern: 0, features: 1 } },
      ...data,
    },
    {
      made: (space, rows) => {
        store.saveShortVectors(space, rows);
        made.push(...rows.map(({ picture }) => picture));
      },
      failed: (error) => failed.push(error.message),
      slow: () => failed.push('slow'),
    },
  );
  threads.push(thread);
  return { thread, made, failed };
}

const prices = (found: readonly SimilarItem[] | null): (number | undefined)[] =>
  found!.map(({ item }) => item.price?.minor);

it('a thread answers from the store, takes changes over, and hands out short vectors once', async () => {
  const store = filled();
  const { thread, made } = started(store);
  await thread.ready;
  const cheaper = { ...OPEN, exclude: 1 as ProductId, maxPrice: { minor: 2500, currency: 'USD' } };
  // Looks that are the same are shown once, and all are here; the price leaves one.
  expect(prices(await thread.ofItem(1 as ProductId, cheaper))).toEqual([2000]);
  expect(await thread.ofItem(9 as ProductId, OPEN)).toBeNull();
  show(store, 3, 2400, T0 + HOUR);
  show(store, 2, 9900, T0 + HOUR);
  const changes = store.browse.takeChanges()!;
  expect(changes.items).toEqual([3, 2]);
  thread.changed(changes);
  expect(prices(await thread.ofItem(1 as ProductId, cheaper))).toEqual([2400]);
  expect(made).toEqual([1, 2, 3]);
  const second = started(store);
  await second.thread.ready;
  expect(second.made).toEqual([]);
});

it('a question that makes no sense is refused with its hint, and the next is answered', async () => {
  const { thread } = started(filled());
  await expect(thread.ofItem(1 as ProductId, { ...OPEN, limit: 0 })).rejects.toMatchObject({
    code: 'usage',
    hint: 'the limit is a whole number from 1',
  });
  expect(await thread.ofItem(1 as ProductId, OPEN)).not.toEqual([]);
});

it('says what changes it could not take over, and goes on answering', async () => {
  const { thread, failed } = started(filled());
  await thread.ready;
  expect(thread.hasMissed).toBe(false);
  thread.changed({ items: [{} as ProductId], pictures: [] });
  expect(await thread.ofItem(1 as ProductId, OPEN)).not.toEqual([]);
  expect(thread.hasMissed).toBe(true);
  expect(failed).toHaveLength(1);
});

it('says why it could not be filled, and that it is over', async () => {
  const { thread } = started(filled(), { path: '/nowhere/shop.db' });
  await expect(thread.ready).rejects.toThrow('/nowhere/shop.db');
  await expect(thread.ofItem(1 as ProductId, OPEN)).rejects.toThrow('/nowhere/shop.db');
});
