import { describe, expect, it } from 'vitest';
import { packBits, unitRows } from '../../../src/infer/vectors.js';

describe('packBits', () => {
  it('sets the bit of each value above one half, least significant first, each row on its own bytes', () => {
    const rows = [
      [0.9, 0.1, 0.51, 0.5, 0, 0, 0, 0.7, 1, 0.2],
      [0, 0, 0, 0, 0, 0, 0, 0, 0, 0.99],
    ];
    const packed = packBits(Float32Array.from(rows.flat()), 2, 10);
    expect([...packed]).toEqual([0b10000101, 0b01, 0, 0b10]);
  });
});

describe('unitRows', () => {
  it('scales every row to length one and leaves zeros alone', () => {
    expect([...unitRows(Float32Array.of(3, 4, 0, 0, 0, -2), 3, 2)]).toEqual([
      Math.fround(0.6),
      Math.fround(0.8),
      0,
      0,
      0,
      -1,
    ]);
  });
});
