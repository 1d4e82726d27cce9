import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { QuantizedTable } from '../../../src/search/quantized-table.js';

/** Deterministic numbers from -1 to 1. */
function vectorOf(length: number, seed: number): Float32Array {
  let state = Math.imul(seed + 1, 2_654_435_761) >>> 0;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

function exact(one: Float32Array, other: Float32Array): number {
  return one.reduce((sum, value, at) => sum + value * (other[at] ?? 0), 0);
}

describe('a table of bytes', () => {
  it('is off by less than it says, and vector units change no bit', () => {
    const lengths = fc.integer({ min: 1, max: 70 });
    fc.assert(
      fc.property(lengths, fc.integer({ min: 1, max: 40 }), fc.nat(1000), (length, count, seed) => {
        const vectors = Array.from({ length: count }, (_, at) =>
          // Rows of very different lengths, and one of zeros.
          vectorOf(length, seed + at).map((value) => (at === 3 ? 0 : value * 10 ** ((at % 5) - 2))),
        );
        const fast = new QuantizedTable(length, 1);
        const slow = new QuantizedTable(length, 1, false);
        for (const vector of vectors) {
          fast.push(vector);
          slow.push(vector);
        }
        const query = vectorOf(length, seed + 500);
        const rows = Uint32Array.from({ length: count * 2 }, (_, at) => (at * 7) % count);
        const { dots, slack } = fast.dots(rows, query);
        expect(slow.dots(rows, query)).toEqual({ dots, slack });
        for (const [at, row] of rows.entries()) {
          expect(Math.abs(dots[at]! - exact(vectors[row]!, query))).toBeLessThanOrEqual(slack);
        }
      }),
      { numRuns: 25 },
    );
  });

  it('grows, replaces and moves rows', () => {
    const table = new QuantizedTable(20, 1);
    const vectors = Array.from({ length: 9000 }, (_, at) => vectorOf(20, at));
    for (const vector of vectors) table.push(vector);
    table.set(5, vectors[8000]!);
    table.removeByMovingLast(7);
    const now = vectors.with(5, vectors[8000]!).with(7, vectors[8999]!).slice(0, -1);
    const query = vectorOf(20, 77);
    const { dots, slack } = table.dots(Uint32Array.from(now.keys()), query);
    expect(table.size).toBe(8999);
    expect(slack).toBeLessThan(0.2);
    for (const [at, vector] of now.entries()) {
      expect(Math.abs(dots[at]! - exact(vector, query))).toBeLessThanOrEqual(slack);
    }
  });

  it('answers a query of zeros with zeros', () => {
    const table = new QuantizedTable(3, 1);
    table.push(Float32Array.of(1, 2, 3));
    expect([...table.dots(Uint32Array.of(0), new Float32Array(3)).dots]).toEqual([0]);
  });
});
