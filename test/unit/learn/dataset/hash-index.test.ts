import { describe, expect, it } from 'vitest';
import { hammingDistance } from '../../../../src/images/phash.js';
import { LARGEST_RADIUS, pairsWithin } from '../../../../src/learn/dataset/hash-index.js';
import { Random } from '../../../../src/platform/random.js';

/** Random hashes, and for each of them one with `flips` bits changed, so that close pairs exist. */
function hashes(count: number, flips: (at: number) => number): string[] {
  const random = new Random(7);
  return Array.from({ length: count }, (_, at) => {
    let bits = 0n;
    for (let bit = 0; bit < 64; bit += 1) bits = bits * 2n + (random.chance(0.5) ? 1n : 0n);
    const places = new Set<number>();
    while (places.size < flips(at)) places.add(random.int(0, 63));
    let other = bits;
    for (const place of places) other ^= 1n << BigInt(place);
    return [bits, other].map((value) => value.toString(16).padStart(16, '0'));
  }).flat();
}

describe('pairsWithin', () => {
  const list = hashes(120, (at) => at % 16);
  const all = list.flatMap((one, first) =>
    list.slice(first + 1).map((other, at) => ({
      first,
      second: first + 1 + at,
      distance: hammingDistance(one, other),
    })),
  );

  it.each([0, 3, 4, 10, LARGEST_RADIUS])('finds exactly the pairs within %i bits', (radius) => {
    const expected = all.filter(({ distance }) => distance <= radius);
    expect(expected.length).toBeGreaterThan(radius * 4);
    expect(pairsWithin(list, radius)).toEqual(expected);
  });

  it('refuses a radius at which it would not be exact', () => {
    expect(() => pairsWithin([], LARGEST_RADIUS + 1)).toThrow(RangeError);
    expect(() => pairsWithin([], 1.5)).toThrow(RangeError);
    expect(pairsWithin([], 3)).toEqual([]);
  });
});
