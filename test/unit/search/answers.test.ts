import { describe, expect, it } from 'vitest';
import type { CategoryId, ProductId, ShopId } from '../../../src/domain/ids.js';
import type { SimilarFilter } from '../../../src/domain/similar.js';
import { EVEN, OPEN, entryOf, found, indexOf } from './entries.js';
import type { HeldIndex } from './entries.js';

describe('a filter', () => {
  const query = entryOf(99, 0).vectors;
  const idsOf = (index: HeldIndex, filter: Partial<SimilarFilter>): number[] =>
    found(index.similar(query, { ...OPEN, ...filter }, EVEN)).map(({ id }) => id);
  const index = indexOf([
    entryOf(1, 0, { brand: 'Nordlys', colour: 'navy', price: { minor: 500, currency: 'EUR' } }),
    entryOf(2, 1, { shop: 'b' as ShopId, brand: 'NORDLYS', colour: 'red' }),
    entryOf(3, 2, { colour: 'navy', price: { minor: 900, currency: 'JPY' } }),
  ]);

  it.each([
    [{ brand: 'nordlys' }, [1, 2]],
    [{ colour: 'navy' }, [1, 3]],
    [{ shop: 'b' as ShopId }, [2]],
    [{ currency: 'EUR' }, [1]],
    [{ minPrice: { minor: 1000, currency: 'JPY' } }, [2]],
    [{ minPrice: { minor: 900, currency: 'JPY' }, maxPrice: { minor: 999, currency: 'JPY' } }, [3]],
    [{ brand: 'nordlys', colour: 'mint' }, []],
    [{ minScore: 0.99 }, [1]],
  ])('%o lets %j through', (filter, expected) => {
    expect(idsOf(index, filter)).toEqual(expected);
  });

  it('follows an item into another category', () => {
    const moving = indexOf([entryOf(1, 0), entryOf(2, 1), entryOf(3, 2)]);
    const beanie = 'beanie' as CategoryId;
    moving.upsert(entryOf(2, 1, { category: beanie }).item, entryOf(2, 1).vectors);
    expect(idsOf(moving, { category: beanie })).toEqual([2]);
    expect(idsOf(moving, { category: 'sweater' as CategoryId })).toEqual([1, 3]);
    moving.remove(1 as ProductId);
    expect(idsOf(moving, { category: 'sweater' as CategoryId })).toEqual([3]);
    expect(idsOf(moving, { category: 'hat' as CategoryId })).toEqual([]);
  });
});

describe('hits that look the same', () => {
  it('are shown once, and so are variants of one product', () => {
    const index = indexOf([
      entryOf(1, 0),
      entryOf(2, 0),
      entryOf(3, 1, { title: 'Dress' }),
      entryOf(4, 2, { title: 'dress' }),
      entryOf(5, 3, { title: 'Dress', shop: 'b' as ShopId }),
    ]);
    expect(found(index.similar(entryOf(99, 0).vectors, OPEN, EVEN)).map(({ id }) => id)).toEqual([1, 3, 5]);
  });

  it('leave room for others, up to the limit', () => {
    const same = Array.from({ length: 60 }, (_, at) => entryOf(at + 1, 0));
    const index = indexOf([...same, entryOf(100, 1), entryOf(101, 2)]);
    const results = index.similar(entryOf(99, 0).vectors, { ...OPEN, limit: 3 }, EVEN);
    expect(found(results).map(({ id }) => id)).toEqual([1, 100, 101]);
  });
});
