import { describe, expect, it } from 'vitest';
import { Random, seedOf } from '../../../src/platform/random.js';

const MASK = 0xffffffffn;

/** xoshiro128** in big integers, step by step as its authors define it. */
function* reference(seed: number): Generator<number> {
  const rotated = (value: bigint, by: bigint): bigint => ((value << by) | (value >> (32n - by))) & MASK;
  let state = BigInt(seed);
  const s = Array.from({ length: 4 }, () => {
    state = (state + 0x9e3779b9n) & MASK;
    let mixed = ((state ^ (state >> 16n)) * 0x21f0aaadn) & MASK;
    mixed = ((mixed ^ (mixed >> 15n)) * 0x735a2d97n) & MASK;
    return mixed ^ (mixed >> 15n);
  });
  for (;;) {
    yield Number((rotated((s[1]! * 5n) & MASK, 7n) * 9n) & MASK);
    const shifted = (s[1]! << 9n) & MASK;
    s[2]! ^= s[0]!;
    s[3]! ^= s[1]!;
    s[1]! ^= s[2]!;
    s[0]! ^= s[3]!;
    s[2]! ^= shifted;
    s[3] = rotated(s[3]!, 11n);
  }
}

describe('Random', () => {
  it.each([0, 1, 12345, 0xffffffff])('follows xoshiro128** from seed %i', (seed) => {
    const random = new Random(seed);
    const expected = reference(seed);
    for (let index = 0; index < 200; index += 1) {
      expect(random.next() * 2 ** 32).toBe(expected.next().value);
    }
  });

  it('draws integers from both ends and keys by weight', () => {
    const random = new Random(5);
    const counts = new Map<number, number>();
    for (let index = 0; index < 6000; index += 1) {
      const value = random.int(1, 3);
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    expect(new Set(counts.keys())).toEqual(new Set([1, 2, 3]));
    for (const count of counts.values()) expect(Math.abs(count - 2000)).toBeLessThan(200);
    let heavy = 0;
    for (let index = 0; index < 4000; index += 1) {
      const key = random.weighted({ heavy: 3, light: 1, never: 0 });
      expect(key).not.toBe('never');
      if (key === 'heavy') heavy += 1;
    }
    expect(heavy / 4000).toBeGreaterThan(0.71);
    expect(heavy / 4000).toBeLessThan(0.79);
  });
});

it('seedOf keeps its parts apart and stays within 32 bits', () => {
  expect(seedOf('a', 1)).toBe(seedOf('a', 1));
  expect(seedOf('a', 11)).not.toBe(seedOf('a1', 1));
  // FNV-1a of the empty string and of `a`, from its authors' table.
  expect(seedOf('')).toBe(0x811c9dc5);
  expect(seedOf('a')).toBe(0xe40c292c);
});

it('fills an array with what as many calls give, and goes on from there', () => {
  const [one, other] = [new Random(0xffff_fff0), new Random(0xffff_fff0)];
  const filled = new Float64Array(1000);
  one.draw(filled);
  expect([...filled]).toEqual(Array.from(filled, () => other.next()));
  expect(one.next()).toBe(other.next());
});
