/** What a query to the index gives, by example, and what it refuses. */
import { describe, expect, it } from 'vitest';
import type { Sha256 } from '../../../src/domain/ids.js';
import type { LookLayout } from '../../../src/domain/picture.js';
import { blend } from '../../../src/search/blend.js';
import { EVEN, FEATURES, HeldIndex, OPEN, SHARPNESS, entryOf, found, indexOf, layout } from './entries.js';

describe('a query', () => {
  const query = entryOf(99, 0).vectors;

  it('says how much each part gave, also the parts that weigh nothing', () => {
    const entry = entryOf(1, 0);
    entry.vectors.look.fill(0, ...layout.shape);
    entry.vectors.look[layout.shape[0] + 3] = 1;
    const weights = { colour: 3, shape: 1, pattern: 0, features: 0 };
    const [result] = indexOf([entry]).similar(query, OPEN, { weights, sharpness: SHARPNESS });
    expect(result?.parts).toEqual({ colour: 1, shape: 0, pattern: 1, features: 1 });
    expect(result?.score).toBeCloseTo((3 + Math.exp(-SHARPNESS.shape)) / 4, 12);
  });

  it('keeps a cosine within 1 in spite of rounding', () => {
    const entry = entryOf(1, 0);
    const third = Math.fround(Math.sqrt(1 / 3) + 3e-8);
    for (const vector of [entry.vectors]) vector.look.set([third, third, third, 0, 0, 0]);
    const [result] = indexOf([entry]).similar(entry.vectors, OPEN, EVEN);
    expect(result?.parts.colour).toBe(1);
  });

  it('returns all there is when asked for more', () => {
    const index = indexOf([entryOf(1, 0), entryOf(2, 1)]);
    expect(found(index.similar(query, { ...OPEN, limit: 1_000_000 }, EVEN))).toHaveLength(2);
  });

  it('answers an empty index with nothing', () => {
    expect(new HeldIndex(layout).similar(query, OPEN, EVEN)).toEqual([]);
  });

  it('shows one picture once, as the cheapest that passes the filter', () => {
    const picture = 'shared' as Sha256;
    const index = indexOf([
      entryOf(1, 0, { picture, price: { minor: 900, currency: 'JPY' } }),
      entryOf(2, 0, { picture, price: { minor: 500, currency: 'JPY' }, availability: 'sold-out' }),
      entryOf(3, 0, { picture, price: { minor: 700, currency: 'JPY' } }),
      entryOf(4, 1),
    ]);
    expect(found(index.similar(query, OPEN, EVEN)).map(({ id }) => id)).toEqual([2, 4]);
    expect(found(index.similar(query, { ...OPEN, inStock: true }, EVEN)).map(({ id }) => id)).toEqual([3, 4]);
  });

  it('never compares prices across currencies', () => {
    const index = indexOf([
      entryOf(1, 0, { price: { minor: 10, currency: 'USD' } }),
      entryOf(2, 0, { price: { minor: 900, currency: 'JPY' } }),
      entryOf(3, 0, { price: null }),
    ]);
    const cheaperThan = { minor: 1000, currency: 'JPY' };
    expect(found(index.similar(query, { ...OPEN, cheaperThan }, EVEN)).map(({ id }) => id)).toEqual([2]);
  });

  it('includes the bound of maxPrice and excludes that of cheaperThan', () => {
    const index = indexOf([entryOf(1, 0)]);
    const bound = { minor: 1000, currency: 'JPY' };
    expect(index.similar(query, { ...OPEN, maxPrice: bound }, EVEN)).toHaveLength(1);
    expect(index.similar(query, { ...OPEN, cheaperThan: bound }, EVEN)).toHaveLength(0);
  });

  it.each([0, -1, 1.5, Number.NaN])('refuses a limit of %s', (limit) => {
    const index = indexOf([entryOf(1, 0)]);
    expect(() => index.similar(query, { ...OPEN, limit }, EVEN)).toThrow(
      expect.objectContaining({ code: 'usage' }),
    );
  });

  it.each([
    { colour: 0, shape: 0, pattern: 0, features: 0 },
    { colour: -1, shape: 1, pattern: 1, features: 1 },
    { colour: Number.NaN, shape: 1, pattern: 1, features: 1 },
  ])('refuses the weights %o', (weights) => {
    const index = indexOf([entryOf(1, 0)]);
    const refused: unknown = expect.objectContaining({ code: 'usage' });
    expect(() => index.similar(query, OPEN, { weights, sharpness: SHARPNESS })).toThrow(refused);
  });
});

describe('a mirror image', () => {
  it('is as alike in shape as the picture itself, where the layout says how shapes lie', () => {
    const grid: LookLayout = {
      version: 'grid',
      colour: [0, 1],
      shape: [1, 13],
      pattern: [13, 14],
      shapeGrid: { rows: 2, columns: 3, bins: 2 },
    };
    const index = new HeldIndex(grid);
    const lookOf = (...shape: number[]): Float32Array => Float32Array.from([1, ...shape, 1]);
    const features = Float32Array.from([1]);
    // An edge of bin 0 in the left column of the upper row; its mirror is one of bin 1 in the right column.
    const left = lookOf(1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    const right = lookOf(0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0);
    const wrongBin = lookOf(0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0);
    for (const [at, look] of [right, wrongBin].entries()) {
      index.upsert(entryOf(at + 1, 0).item, { look, features });
    }
    const [first, second] = index.similar({ look: left, features }, OPEN, EVEN);
    expect(first).toMatchObject({ item: { productId: 1 }, parts: { shape: 1 } });
    expect(second).toMatchObject({ item: { productId: 2 }, parts: { shape: 0 } });
  });
});

describe('a sharpness', () => {
  it.each([-1, Number.NaN])('of %s is refused', (colour) => {
    const settings = { ...EVEN, sharpness: { ...SHARPNESS, colour } };
    expect(() => indexOf([entryOf(1, 0)]).similar(entryOf(9, 0).vectors, OPEN, settings)).toThrow(
      expect.objectContaining({ code: 'usage' }),
    );
  });
});

describe('vectors of zeros', () => {
  it('are like nothing, and leave the other parts their say', () => {
    const index = indexOf([entryOf(1, 0), entryOf(2, 0)]);
    const blank = new Float32Array(layout.pattern[1]);
    index.upsert(entryOf(3, 0).item, { look: blank, features: entryOf(3, 0).vectors.features });
    const [first] = index.similar({ look: blank, features: new Float32Array(FEATURES) }, OPEN, EVEN);
    expect(first).toMatchObject({
      parts: { colour: 0, shape: 0, pattern: 0, features: 0 },
      item: { productId: 1 },
    });
    const third = index.similar(entryOf(99, 0).vectors, OPEN, EVEN).find(({ item }) => item.productId === 3)!;
    expect(third.parts).toMatchObject({ colour: 0, shape: 0, pattern: 0 });
    expect(third.score).toBe(blend(third.parts, EVEN));
  });
});

describe('vectors of another kind', () => {
  it('are refused by length, when added and when asked with', () => {
    const index = indexOf([entryOf(1, 0)]);
    const other = { look: new Float32Array(18), features: new Float32Array(FEATURES + 1) };
    const incompatible: unknown = expect.objectContaining({ code: 'incompatible' });
    expect(() => index.upsert(entryOf(2, 0).item, other)).toThrow(incompatible);
    expect(() => index.similar(other, OPEN, EVEN)).toThrow(incompatible);
    expect(index.size).toBe(1);
  });

  it('are refused when they hold no numbers', () => {
    const entry = entryOf(7, 0);
    entry.vectors.look[2] = Number.NaN;
    expect(() => indexOf([entry])).toThrow(/item 7 holds NaN/);
  });
});
