import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CategoryId, ProductId, Sha256, ShopId } from '../../../src/domain/ids.js';
import type { LookLayout } from '../../../src/domain/picture.js';
import { ORDERABLE } from '../../../src/domain/product.js';
import type { Availability } from '../../../src/domain/product.js';
import type {
  BlendSettings,
  SearchItem,
  SearchVectors,
  SimilarFilter,
  SimilarityParts,
} from '../../../src/domain/similar.js';
import { blend } from '../../../src/search/blend.js';
import { EVEN, FEATURES, HeldIndex, OPEN, SHARPNESS, entryOf, found, indexOf, layout } from './entries.js';
import type { Entry } from './entries.js';

/**
 * Vectors of unit length whose dot products come out exact in floating point: one component of 1, or four of
 * one half, with any signs. Equal scores are then really equal, and the order of ties can be compared.
 */
function unit(length: number): fc.Arbitrary<number[]> {
  const sign = fc.constantFrom(1, -1);
  const one = fc.tuple(fc.nat(length - 1), sign).map(([at, value]) => {
    const vector = Array.from({ length }, () => 0);
    vector[at] = value;
    return vector;
  });
  const four = fc
    .tuple(
      fc.uniqueArray(fc.nat(length - 1), { minLength: 4, maxLength: 4 }),
      fc.array(sign, { minLength: 4, maxLength: 4 }),
    )
    .map(([places, signs]) => {
      const vector = Array.from({ length }, () => 0);
      for (const [index, at] of places.entries()) vector[at] = signs[index]! / 2;
      return vector;
    });
  return fc.oneof(one, four);
}

const anyVectors: fc.Arbitrary<SearchVectors> = fc
  .tuple(unit(6), unit(7), unit(5), unit(FEATURES))
  .map(([colour, shape, pattern, features]) => ({
    look: Float32Array.from([...colour, ...shape, ...pattern]),
    features: Float32Array.from(features),
  }));

const anyPrice = fc.option(
  fc.record({ minor: fc.integer({ min: 1, max: 6 }), currency: fc.constantFrom('JPY', 'USD') }),
);

const anyItem: fc.Arbitrary<SearchItem> = fc
  .record({
    productId: fc.integer({ min: 1, max: 40 }).map((id) => id as ProductId),
    shop: fc.constantFrom('a', 'b').map((id) => id as ShopId),
    url: fc.constant('http://127.0.0.1/'),
    brand: fc.constant(null),
    colour: fc.constantFrom('red', null),
    category: fc.option(fc.constantFrom('sweater', 'beanie').map((id) => id as CategoryId)),
    price: anyPrice,
    availability: fc.constantFrom<Availability[]>('in-stock', 'pre-order', 'sold-out', 'unknown'),
    picture: fc.integer({ min: 1, max: 30 }).map((id) => String(id) as Sha256),
  })
  // Some titles are those of another item, which is a variant then.
  .map((item) => ({ ...item, title: `item ${Math.min(item.productId, 36)}` }));

/** Items whose vectors are their pictures'. */
function entriesOf(items: readonly SearchItem[], pictures: readonly SearchVectors[]): Entry[] {
  return items.map((item) => ({ item, vectors: pictures[Number(item.picture) - 1]! }));
}
const anyPictures = fc.array(anyVectors, { minLength: 30, maxLength: 30 });

const anyFilter: fc.Arbitrary<SimilarFilter> = fc.record({
  category: fc.option(fc.constantFrom('sweater', 'beanie').map((id) => id as CategoryId)),
  inStock: fc.boolean(),
  maxPrice: anyPrice,
  cheaperThan: anyPrice,
  exclude: fc.option(fc.integer({ min: 1, max: 40 }).map((id) => id as ProductId)),
  limit: fc.integer({ min: 1, max: 50 }),
});

const anyBlend: fc.Arbitrary<BlendSettings> = fc
  .record({ colour: fc.nat(3), shape: fc.nat(3), pattern: fc.nat(3), features: fc.nat(3) })
  .filter((weights) => Object.values(weights).some((weight) => weight > 0))
  .map((weights) => ({ weights, sharpness: SHARPNESS }));

/** What the index promises, the plain way: filter, score everything, sort, drop same pictures, cut. */
function plainly(
  entries: readonly Entry[],
  query: SearchVectors,
  filter: SimilarFilter,
  { weights, sharpness }: BlendSettings,
): { id: number; score: number }[] {
  const cut = (vector: Float32Array, part: 'colour' | 'shape' | 'pattern'): number[] =>
    Array.from(vector.subarray(...layout[part]));
  const dot = (one: number[], other: number[]): number =>
    one.reduce((sum, value, index) => sum + value * other[index]!, 0);
  const scored = entries
    .filter(({ item }) => {
      const { maxPrice: most, cheaperThan: bound, category, exclude } = filter;
      return !(
        item.productId === exclude ||
        (category !== null && item.category !== category) ||
        (filter.inStock && !ORDERABLE.has(item.availability)) ||
        (most !== null && !(item.price?.currency === most.currency && item.price.minor <= most.minor)) ||
        (bound !== null && !(item.price?.currency === bound.currency && item.price.minor < bound.minor))
      );
    })
    .map(({ item, vectors }) => {
      const total = weights.colour + weights.shape + weights.pattern + weights.features;
      const cosines = {
        colour: dot(cut(vectors.look, 'colour'), cut(query.look, 'colour')),
        shape: dot(cut(vectors.look, 'shape'), cut(query.look, 'shape')),
        pattern: dot(cut(vectors.look, 'pattern'), cut(query.look, 'pattern')),
        features: dot([...vectors.features], [...query.features]),
      };
      const gain = (part: keyof SimilarityParts): number =>
        weights[part] * Math.exp(sharpness[part] * (cosines[part] - 1));
      const score = (gain('colour') + gain('shape') + gain('pattern') + gain('features')) / total;
      return { item, score, id: Number(item.productId), look: vectors.look };
    });
  const price = ({ item }: (typeof scored)[number]): [string, number] => [
    item.price?.currency ?? '~',
    item.price?.minor ?? 0,
  ];
  const cheapestFirst = scored.toSorted((one, other) => {
    const [a, b] = [price(one), price(other)];
    if (a[0] !== b[0]) return a[0] < b[0] ? -1 : 1;
    return a[1] - b[1] || one.id - other.id;
  });
  return cheapestFirst
    .filter((one, at) => cheapestFirst.findIndex((other) => other.item.picture === one.item.picture) === at)
    .toSorted((one, other) => other.score - one.score || one.id - other.id)
    .reduce<typeof scored>((kept, one) => {
      const looks = (other: (typeof scored)[number], part: 'colour' | 'shape' | 'pattern'): boolean =>
        dot(cut(one.look, part), cut(other.look, part)) >= 0.99;
      const isKnown = kept.some(
        (other) =>
          (one.item.shop === other.item.shop && one.item.title === other.item.title) ||
          (looks(other, 'colour') && looks(other, 'shape') && looks(other, 'pattern')),
      );
      return isKnown ? kept : [...kept, one];
    }, [])
    .slice(0, filter.limit)
    .map(({ id, score }) => ({ id, score }));
}

const lastOfEach = (entries: readonly Entry[]): Entry[] => [
  ...new Map(entries.map((entry) => [entry.item.productId, entry])).values(),
];

describe('LookalikeIndex', () => {
  it('finds what a plain scan finds, in the same order, under any filter and weights', () => {
    fc.assert(
      fc.property(
        fc.array(anyItem, { maxLength: 60 }),
        anyPictures,
        anyVectors,
        anyFilter,
        anyBlend,
        (items, pictures, query, filter, settings) => {
          const entries = entriesOf(items, pictures);
          const expected = plainly(lastOfEach(entries), query, filter, settings);
          expect(found(indexOf(entries).similar(query, filter, settings))).toEqual(expected);
        },
      ),
      { numRuns: 400 },
    );
  });

  it('answers after any adding, replacing and removing as if built anew', () => {
    const step = fc.oneof(
      { weight: 3, arbitrary: anyItem.map((item) => ({ item, gone: null })) },
      { weight: 1, arbitrary: fc.integer({ min: 1, max: 40 }).map((gone) => ({ item: null, gone })) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), anyPictures, anyVectors, (steps, pictures, query) => {
        const index = new HeldIndex(layout);
        const model = new Map<number, Entry>();
        let agreed = true;
        for (const { item, gone } of steps) {
          if (item !== null) {
            const [entry] = entriesOf([item], pictures) as [Entry];
            index.upsert(item, entry.vectors);
            model.set(item.productId, entry);
          } else {
            const wasThere = index.remove(gone as ProductId);
            agreed = agreed && wasThere === model.delete(gone);
          }
        }
        expect(agreed).toBe(true);
        expect(index.size).toBe(model.size);
        for (const { item, vectors } of model.values()) {
          expect(index.vectorsOf(item.productId)).toEqual(vectors);
        }
        const filter = { ...OPEN, limit: 100 };
        expect(found(index.similar(query, filter, EVEN))).toEqual(
          plainly([...model.values()], query, filter, EVEN),
        );
      }),
      { numRuns: 100 },
    );
  });
});

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

describe('an index of some thousand items', () => {
  it('finds exactly what a full comparison finds, also after changes, with and without a filter', () => {
    let state = 7;
    const next = (): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state / 2 ** 32;
    };
    const direction = (length: number): number[] => {
      const values = Array.from({ length }, () => next() ** 3);
      const norm = Math.hypot(...values);
      return values.map((value) => value / norm);
    };
    const randomVectors = (): SearchVectors => ({
      look: Float32Array.from([...direction(6), ...direction(7), ...direction(5)]),
      features: Float32Array.from(direction(FEATURES)),
    });
    const index = new HeldIndex(layout);
    const model = new Map<number, Entry>();
    const put = (id: number): void => {
      const category = (id % 3 === 0 ? 'beanie' : 'sweater') as CategoryId;
      const entry = { item: entryOf(id, 0, { category }).item, vectors: randomVectors() };
      index.upsert(entry.item, entry.vectors);
      model.set(id, entry);
    };
    for (let id = 1; id <= 2500; id += 1) put(id);
    const sharp = { ...EVEN, sharpness: { colour: 8, shape: 32, pattern: 1, features: 8 } };
    const checkAll = (): void => {
      for (const category of [null, 'sweater' as CategoryId]) {
        const query = randomVectors();
        const among = [...model.values()].filter(
          ({ item }) => category === null || item.category === category,
        );
        const best = among
          .map((entry) => ({
            id: Number(entry.item.productId),
            score: plainly([entry], query, OPEN, sharp)[0]!.score,
          }))
          .toSorted((one, other) => other.score - one.score || one.id - other.id);
        const results = found(index.similar(query, { ...OPEN, category, limit: 20 }, sharp));
        // Few look the same here; those that do are left out of the answer, and nothing else is.
        const places = results.map(({ id }) => best.findIndex((one) => one.id === id));
        expect(places).toEqual(places.toSorted((one, other) => one - other));
        for (const [at, { id }] of best.slice(0, places.at(-1)).entries()) {
          if (places.includes(at)) continue;
          const { look } = model.get(id)!.vectors;
          const twins = best.slice(0, at).filter((one) => {
            const other = model.get(one.id)!.vectors.look;
            return [layout.colour, layout.shape, layout.pattern].every(
              ([start, end]) =>
                look.subarray(start, end).reduce((sum, value, i) => sum + value * other[start + i]!, 0) >=
                0.99,
            );
          });
          expect(twins).not.toEqual([]);
        }
        expect(results).toHaveLength(20);
      }
    };
    checkAll();
    for (let id = 1; id <= 300; id += 1) {
      if (id % 2 === 0) put(id * 7);
      else {
        index.remove((id * 5) as ProductId);
        model.delete(id * 5);
      }
    }
    checkAll();
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
