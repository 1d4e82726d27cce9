import { describe, expect, it } from 'vitest';
import type { CategoryId, ProductId } from '../../../src/domain/ids.js';
import type { NewLabel } from '../../../src/domain/review.js';
import { openReadOnly } from '../../../src/store/store.js';
import type { Store } from '../../../src/store/store.js';
import { context, manifest, workbench } from './builders.js';
import { far, pictureOf, showItems } from './pictured-items.js';
import type { Shown } from './pictured-items.js';

const bench = workbench();
const catalogue = (shown: readonly Shown[], path?: string): Store => showItems(bench.open(path), shown);
const label = (id: number, more: Partial<NewLabel> = {}): NewLabel => ({
  product: id as ProductId,
  verdict: 'category',
  category: 'sweater' as CategoryId,
  picture: null,
  sample: null,
  by: 'ann',
  ...more,
});
const stateOf = (store: Store, id: number) =>
  store.query('SELECT category, best_category, reason, decided_by FROM v_items WHERE product_id = ?', [
    id,
  ])[0];

describe('a label', () => {
  it('changes the item at once, and taking it back restores what the model said', () => {
    const store = catalogue([{ sweater: 0.3, phash: far(0) }]);
    const before = stateOf(store, 1);
    expect(before).toMatchObject({ category: null, best_category: 'beanie', reason: 'below-threshold' });
    const [kept] = store.reviews.label([label(1, { picture: pictureOf(0), sample: 'uncertain' })]);
    expect(kept).toMatchObject({
      verdict: 'category',
      by: 'ann',
      sample: 'uncertain',
      withdrawnAt: null,
      picture: pictureOf(0),
    });
    expect(stateOf(store, 1)).toMatchObject({ category: 'sweater', reason: null, decided_by: 'person' });
    store.reviews.label([label(1, { verdict: 'none', category: null, by: 'bob' })]);
    expect(stateOf(store, 1)).toMatchObject({
      category: null,
      reason: 'none-of-these',
      decided_by: 'person',
    });
    expect(store.reviews.withdraw(2, 'bob')?.withdrawnAt).not.toBeNull();
    expect(stateOf(store, 1)).toMatchObject({ category: 'sweater' });
    store.reviews.withdraw(1, 'bob');
    expect(stateOf(store, 1)).toEqual(before);
    expect([store.reviews.withdraw(1, 'bob'), store.reviews.withdraw(77, 'bob')]).toEqual([null, null]);
    expect(store.reviews.labels(10, null).map(({ id, by }) => [id, by])).toEqual([
      [2, 'bob'],
      [1, 'ann'],
    ]);
  });

  it('outlives another model and another rule', () => {
    const store = catalogue([{ sweater: 0.3, phash: far(0) }]);
    store.reviews.label([label(1)]);
    store.setDecider(context.model, 'v2', context.decide);
    expect(stateOf(store, 1)).toMatchObject({ category: 'sweater', decided_by: 'person' });
    const next = 'n'.repeat(64) as typeof context.model;
    store.models.register({ manifest: manifest(next), path: '/models/m' }, 'config');
    store.setDecider(next, 'v2', context.decide);
    expect(stateOf(store, 1)).toMatchObject({ category: 'sweater', decided_by: 'person' });
  });

  it('of a bad picture takes its say from the item', () => {
    const store = catalogue([{ sweater: 0.99, phash: far(0) }]);
    expect(stateOf(store, 1)).toMatchObject({ category: 'sweater' });
    store.reviews.label([label(1, { verdict: 'bad-picture', category: null, picture: pictureOf(0) })]);
    expect(stateOf(store, 1)).toMatchObject({ category: null, best_category: null });
  });

  it('is all or nothing, and about something', () => {
    const store = catalogue([{ sweater: 0.3, phash: far(0) }]);
    expect(() => store.reviews.label([label(1), label(99)])).toThrow(/no item 99/);
    expect(() => store.reviews.label([label(1, { category: null })])).toThrow(/category/);
    expect(() => store.reviews.label([label(1, { verdict: 'bad-picture', category: null })])).toThrow(
      /which picture/,
    );
    expect(store.reviews.labels(10, null)).toEqual([]);
    expect(stateOf(store, 1)).toMatchObject({ category: null });
  });

  it('is seen by other readers as soon as it is acknowledged', () => {
    const path = bench.file();
    const store = catalogue([{ sweater: 0.3, phash: far(0) }], path);
    store.reviews.label([label(1)]);
    const reader = openReadOnly(path);
    expect(reader.query('SELECT product_id, category, labelled_by FROM v_labels')).toEqual([
      { product_id: 1, category: 'sweater', labelled_by: 'ann' },
    ]);
    reader.close();
  });
});

describe('the queue', () => {
  it('asks the least sure first, in turn from each likeliest category', () => {
    const store = catalogue(
      [0.51, 0.52, 0.53, 0.47, 0.4, 0.99].map((sweater, index) => ({ sweater, phash: far(index) })),
    );
    const uncertain = store.reviews.queue(4).map(({ product }) => Number(product));
    // Sweaters are 1, 2 and 3, beanies 4 and 5; the surest item comes last.
    expect(uncertain).toEqual([1, 4, 2, 5]);
    // What was passed over is not asked again.
    const rest = store.reviews.queue(3, new Set([1, 4] as ProductId[]));
    expect(rest.map(({ product }) => Number(product))).toEqual([2, 5, 3]);
    const all = store.reviews.queue(6);
    expect(all.map(({ product }) => Number(product)).toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(all.filter(({ sample }) => sample === 'random')).toHaveLength(1);
    expect(all[4]?.sample).toBe('random');
  });

  it('puts near-duplicates into one question and leaves out what was judged', () => {
    const store = catalogue([
      { sweater: 0.5, phash: 'ffff0000ffff0000' },
      { sweater: 0.6, phash: 'ffff0000ffff0007' },
      { sweater: 0.7, phash: '0000ffff0000ffff' },
    ]);
    expect(store.reviews.queue(5).slice(0, 2)).toMatchObject([
      { product: 1, alike: [2] },
      { product: 3, alike: [] },
    ]);
    expect(store.reviews.waiting()).toBe(3);
    store.reviews.label([label(1), label(2)]);
    expect(store.reviews.queue(5)).toMatchObject([{ product: 3 }]);
    expect(store.reviews.waiting()).toBe(1);
    store.reviews.withdraw(1, 'ann');
    expect(store.reviews.queue(5).map(({ product }) => product)).toEqual([1, 3]);
  });

  it('asks of no more items at once than one answer takes, and of the others of a large group after it', () => {
    const alike = Array.from({ length: 120 }, () => ({ sweater: 0.6, phash: far(0), picture: 0 }));
    const store = catalogue(alike);
    const answered: number[] = [];
    const sizes: number[] = [];
    for (;;) {
      const [question] = store.reviews.queue(1);
      if (question === undefined) break;
      const items = [question.product, ...question.alike];
      store.reviews.label(items.map((id) => label(id)));
      sizes.push(items.length);
      answered.push(...items);
    }
    expect(sizes).toEqual([51, 51, 18]);
    expect(new Set(answered).size).toBe(120);
    expect(store.reviews.waiting()).toBe(0);
  });

  it('waits for no item whose main picture is called bad, until that is taken back', () => {
    const shown = { sweater: 0.6, phash: far(0), picture: 0 };
    const store = catalogue([shown, shown, { sweater: 0.7, phash: far(2) }]);
    const [bad] = store.reviews.label([
      label(1, { verdict: 'bad-picture', category: null, picture: pictureOf(0) }),
    ]);
    expect(store.reviews.queue(5).map(({ product }) => product)).toEqual([3]);
    expect(store.reviews.waiting()).toBe(1);
    // Judged twice, an item is one all the same.
    const [second] = store.reviews.label([label(1)]);
    expect(store.reviews.waiting()).toBe(1);
    store.reviews.withdraw(second!.id, 'ann');
    store.reviews.withdraw(bad!.id, 'ann');
    expect(store.reviews.waiting()).toBe(3);
  });

  it('draws its random slice from all that is open, with equal chances', () => {
    const store = catalogue(
      Array.from({ length: 16 }, (_, index) => ({ sweater: 0.5 + index / 40, phash: far(index) })),
    );
    store.reviews.label([label(3)]);
    const drawn = new Map<number, number>();
    for (let round = 0; round < 220; round++) {
      const [, , , , chance] = store.reviews.queue(5);
      expect(chance?.sample).toBe('random');
      drawn.set(chance!.product, (drawn.get(chance!.product) ?? 0) + 1);
    }
    // Four of the fifteen open items were asked before: eleven are left, each drawn about 20 times.
    expect(drawn.has(3)).toBe(false);
    expect(drawn.size).toBe(11);
    for (const times of drawn.values()) expect(times).toBeGreaterThan(4);
  });
});
