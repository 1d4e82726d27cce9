import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/platform/random.js';
import { studentQuantile, trendOf } from '../../soak/endurance/trend.js';
import type { Sample } from '../../soak/endurance/trend.js';

const everyMinute = (values: readonly number[]): Sample[] =>
  values.map((value, at) => ({ atMs: at * 60_000, value }));

/** Noise that remembers, as memory does: each value is `memory` times the one before and something new. */
function noise(random: Random, count: number, memory: number): number[] {
  let value = 0;
  return Array.from({ length: count }, () => (value = memory * value + random.range(-1, 1)));
}

describe('the trend', () => {
  it('is the least-squares line', () => {
    // Anscombe's first set (The American Statistician 27, 1973): slope 0.5001, standard error 0.1179, 9 degrees of freedom.
    const x = [10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5];
    const y = [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68];
    const inOrder = x
      .map((at, index) => ({ atMs: at * 60_000, value: y[index]! }))
      .sort((a, b) => a.atMs - b.atMs);
    const { perMinute, low, high } = trendOf(inOrder);
    expect(perMinute).toBeCloseTo(0.5001, 4);
    // Its residuals have no memory, so that each point counts: 0.5001 -+ 1.833 * 0.1179.
    expect(low).toBeCloseTo(0.5001 - 1.833 * 0.1179, 2);
    expect(high).toBeCloseTo(0.5001 + 1.833 * 0.1179, 2);
  });

  it('says of what does not grow that it may not, as often as it claims', () => {
    const random = new Random(7);
    let right = 0;
    for (let time = 0; time < 400; time += 1) {
      const { low, high } = trendOf(everyMinute(noise(random, 600, 0.9)));
      if (low <= 0 && high >= 0) right += 1;
    }
    // 90 of 100, less what estimating the memory from the same samples costs; without regard to it 30 of 100.
    expect(right / 400).toBeGreaterThan(0.85);
  });

  it('says nothing of a handful of samples', () => {
    expect(trendOf(everyMinute([1, 2, 4]))).toMatchObject({ low: -Infinity, high: Infinity });
    expect(trendOf([])).toMatchObject({ low: -Infinity, high: Infinity });
  });

  it('sees growth along a smooth bend, and leaves room for a slow wave', () => {
    const bent = trendOf(everyMinute(Array.from({ length: 100 }, (_, at) => 50 * Math.sqrt(at))));
    expect(bent.low).toBeGreaterThan(0);
    expect(bent.high).toBeLessThan(10);
    const wave = trendOf(everyMinute(Array.from({ length: 100 }, (_, at) => 50 * Math.sin(at / 16))));
    expect(wave.low).toBeLessThan(0);
    expect(wave.high).toBeGreaterThan(0);
  });

  it('has no doubt about what never changes', () => {
    expect(trendOf(everyMinute(Array<number>(30).fill(20)))).toEqual({ perMinute: 0, low: 0, high: 0 });
  });

  it.each([
    [3, 2.353],
    [5, 2.015],
    [10, 1.812],
    [60, 1.671],
    [1e9, 1.645],
  ])('takes the quantile of a table of t for %d degrees of freedom', (degrees, expected) => {
    expect(Math.abs(studentQuantile(degrees) / expected - 1)).toBeLessThan(0.004);
  });
});
