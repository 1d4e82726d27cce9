import { expect, test } from 'vitest';
import { halfBits } from '../../../../src/learn/graph/half.js';

/** As numpy's float16 has them, but for what is too large, which numpy makes infinite. */
test.each([
  [1, 0x3c00],
  [-2, 0xc000],
  [65_504, 0x7bff],
  [1e6, 0x7bff],
  [6.1e-5, 0x3ff],
  [5.96e-8, 0x1],
  [1 / 3, 0x3555],
  [0, 0],
  [-0, 0x8000],
  [2049, 0x6800],
  [2051, 0x6802],
  [0.99999, 0x3c00],
])('%d in half precision', (value, bits) => {
  expect([...halfBits(Float32Array.of(value))]).toEqual([bits]);
});
