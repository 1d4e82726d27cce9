import { describe, expect, it } from 'vitest';
import { exponentOf, stepsOf } from '../../bench/exponent.js';
import { growthCurves } from '../../bench/growth-curves.js';

it.each([
  [[5, 5, 5, 5], 0],
  [[2, 20, 200, 2000], 1],
  [[3, 300, 30_000, 3_000_000], 2],
  // The line through the logarithms, 0, 1, 1 and 1; from end to end it would be a third.
  [[1, 10, 10, 10], 0.3],
])('the exponent of what is %j at 1, 10, 100 and 1000 times the size is %d', (values, expected) => {
  expect(exponentOf([1, 10, 100, 1000], values)).toBeCloseTo(expected, 10);
});

it('each step has an exponent of its own, so that a jump at the end is not spread over all', () => {
  const [first, last] = stepsOf([10_000, 100_000, 1_000_000], [7, 7, 70]);
  expect([first, last]).toEqual([expect.closeTo(0, 10), expect.closeTo(1, 10)]);
});

describe('the curves', () => {
  const drawn = (values: readonly number[]) => {
    const figure = { name: 'x', unit: 'ms', most: 1, values };
    const svg = growthCurves([1, 10, 100], [figure]);
    const points = /points="([^"]*)"/
      .exec(svg)![1]!
      .split(' ')
      .map((point) => Number(point.split(',')[1]));
    return { svg, points };
  };

  it('show what grows faster than the size as such', () => {
    const { svg, points } = drawn([1, 100, 10_000]);
    const [first = 0, middle = 0, last = 0] = points;
    expect(first - middle).toBeCloseTo(middle - last, 0);
    expect(last).toBeGreaterThan(0);
    expect(svg).toContain('>10000×<');
  });

  it('keep what shrinks within the picture', () => {
    const { svg, points } = drawn([1, 0.1, 0.01]);
    expect(points.at(-1)).toBeLessThan(Number(/viewBox="0 0 \d+ (\d+)"/.exec(svg)![1]));
    expect(svg).toContain('>0.01×<');
  });
});
