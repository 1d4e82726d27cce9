import { describe, expect, it } from 'vitest';
import { pairedCounts, pairedDifference } from '../../../../src/learn/evaluation/paired-difference.js';

it('pairedCounts counts each of the four outcomes', () => {
  const [yes, no] = [true, false];
  const pairs = [
    [yes, yes],
    [yes, no],
    [yes, no],
    [no, yes],
    [no, yes],
    [no, yes],
    ...Array.from({ length: 4 }, () => [no, no] as const),
  ].map(([first = no, second = no]) => ({ first, second }));
  expect(pairedCounts(pairs)).toEqual({ both: 1, first: 2, second: 3, neither: 4 });
});

describe('pairedDifference', () => {
  // Newcombe 1998, Statistics in Medicine 17:2635-2650, table II, method 10.
  it.each([
    [{ both: 36, first: 12, second: 2, neither: 0 }, 0.2, 0.0569, 0.3404],
    [{ both: 36, first: 14, second: 0, neither: 0 }, 0.28, 0.1528, 0.4167],
  ])('gives the published interval of %j', (counts, value, low, high) => {
    const found = pairedDifference(counts);
    expect(found.value).toBeCloseTo(value, 10);
    expect(found.low).toBeCloseTo(low, 4);
    expect(found.high).toBeCloseTo(high, 4);
  });

  it('turns its sign when the two are exchanged', () => {
    const one = pairedDifference({ both: 30, first: 9, second: 4, neither: 7 });
    const other = pairedDifference({ both: 30, first: 4, second: 9, neither: 7 });
    expect(one.value).toBeCloseTo(-other.value, 12);
    expect(one.low).toBeCloseTo(-other.high, 12);
  });

  it('is narrower where the same pictures are right both times', () => {
    const width = ({ low, high }: { low: number; high: number }): number => high - low;
    const alike = pairedDifference({ both: 50, first: 2, second: 2, neither: 46 });
    const unlike = pairedDifference({ both: 27, first: 25, second: 25, neither: 23 });
    expect(width(alike)).toBeLessThan(width(unlike) / 2);
  });

  it('knows nothing of no pictures', () => {
    expect(pairedDifference({ both: 0, first: 0, second: 0, neither: 0 })).toEqual({
      value: 0,
      low: -1,
      high: 1,
    });
  });
});
