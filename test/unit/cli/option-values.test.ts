import { expect, it } from 'vitest';
import { positive, unit, whole } from '../../../src/cli/option-values.js';

it('whole takes whole numbers within its bounds and says which they are', () => {
  expect([whole(0, 10)('0'), whole(0, 10)('10'), whole(1)('1000000')]).toEqual([0, 10, 1_000_000]);
  for (const text of ['-1', '11', '1.5', 'ten', '', ' ', 'NaN']) {
    expect(() => whole(0, 10)(text)).toThrow('expected a whole number from 0 to 10');
  }
  expect(() => whole(2)('1')).toThrow('expected a whole number of at least 2');
});

it('positive and unit refuse what lies outside, and nothing at all', () => {
  expect([positive('0.002'), unit('0'), unit('1')]).toEqual([0.002, 0, 1]);
  for (const text of ['0', '-1', '', 'Infinity', 'fast']) expect(() => positive(text)).toThrow('above 0');
  for (const text of ['-0.1', '1.1', '', ' ', 'half']) expect(() => unit(text)).toThrow('from 0 to 1');
});
