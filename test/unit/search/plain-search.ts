/** What the index is held to: the same search in the plainest way, and any items, pictures and filters. */
import * as fc from 'fast-check';
import type { CategoryId, ProductId, Sha256, ShopId } from '../../../src/domain/ids.js';
import { ORDERABLE } from '../../../src/domain/product.js';
import type { Availability } from '../../../src/domain/product.js';
import type {
  BlendSettings,
  SearchItem,
  SearchVectors,
  SimilarFilter,
  SimilarityParts,
} from '../../../src/domain/similar.js';
import { FEATURES, SHARPNESS, layout } from './entries.js';
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

export const anyVectors: fc.Arbitrary<SearchVectors> = fc
  .tuple(unit(6), unit(7), unit(5), unit(FEATURES))
  .map(([colour, shape, pattern, features]) => ({
    look: Float32Array.from([...colour, ...shape, ...pattern]),
    features: Float32Array.from(features),
  }));

const anyPrice = fc.option(
  fc.record({ minor: fc.integer({ min: 1, max: 6 }), currency: fc.constantFrom('JPY', 'USD') }),
);

export const anyItem: fc.Arbitrary<SearchItem> = fc
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
export function entriesOf(items: readonly SearchItem[], pictures: readonly SearchVectors[]): Entry[] {
  return items.map((item) => ({ item, vectors: pictures[Number(item.picture) - 1]! }));
}
export const anyPictures = fc.array(anyVectors, { minLength: 30, maxLength: 30 });

export const anyFilter: fc.Arbitrary<SimilarFilter> = fc.record({
  category: fc.option(fc.constantFrom('sweater', 'beanie').map((id) => id as CategoryId)),
  inStock: fc.boolean(),
  maxPrice: anyPrice,
  cheaperThan: anyPrice,
  exclude: fc.option(fc.integer({ min: 1, max: 40 }).map((id) => id as ProductId)),
  limit: fc.integer({ min: 1, max: 50 }),
});

export const anyBlend: fc.Arbitrary<BlendSettings> = fc
  .record({ colour: fc.nat(3), shape: fc.nat(3), pattern: fc.nat(3), features: fc.nat(3) })
  .filter((weights) => Object.values(weights).some((weight) => weight > 0))
  .map((weights) => ({ weights, sharpness: SHARPNESS }));

/** What the index promises, the plain way: filter, score everything, sort, drop same pictures, cut. */
export function plainly(
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

export const lastOfEach = (entries: readonly Entry[]): Entry[] => [
  ...new Map(entries.map((entry) => [entry.item.productId, entry])).values(),
];
