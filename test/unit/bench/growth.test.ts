import { expect, it } from 'vitest';
import { exponentOf } from '../../bench/growth.js';

it.each([
  [[5, 5, 5], 0],
  [[2, 20, 200], 1],
  [[3, 300, 30_000], 2],
  // The line through the logarithms, not from end to end: log10 of the values is 0, 1, 1.
  [[1, 10, 10], 0.5],
])('the exponent of what is %j at 1, 10 and 100 times the size is %d', (values, expected) => {
  expect(exponentOf([1, 10, 100], { values })).toBeCloseTo(expected, 10);
});
