import { assert, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { letterbox, letterboxGeometry } from '../../../src/images/letterbox.js';

describe('letterboxGeometry', () => {
  it.each([
    [600, 800, 96, { left: 12, top: 0, width: 72, height: 96 }],
    [800, 600, 96, { left: 0, top: 12, width: 96, height: 72 }],
    [10, 10, 128, { left: 0, top: 0, width: 128, height: 128 }],
    [100, 101, 64, { left: 0, top: 0, width: 63, height: 64 }],
    [10_000, 1, 64, { left: 0, top: 31, width: 64, height: 1 }],
  ])('puts %i x %i into a square of %i', (width, height, size, expected) => {
    expect(letterboxGeometry(width, height, size)).toEqual(expected);
  });

  it('stays inside the square, centred to a pixel, and fills its longer side', () => {
    const side = integer({ min: 1, max: 20_000 });
    assert(
      property(side, side, integer({ min: 1, max: 512 }), (width, height, size) => {
        const box = letterboxGeometry(width, height, size);
        const right = size - box.left - box.width;
        const bottom = size - box.top - box.height;
        expect(Math.max(box.width, box.height)).toBe(size);
        expect(Math.min(box.width, box.height)).toBeGreaterThanOrEqual(1);
        expect([0, 1]).toContain(right - box.left);
        expect([0, 1]).toContain(bottom - box.top);
      }),
    );
  });
});

describe('letterbox', () => {
  it('fills the bars and leaves the picture between them', () => {
    const place = letterboxGeometry(30, 40, 16);
    const { width, height } = place;
    const data = new Uint8Array(width * height * 3).fill(200);
    const pixels = letterbox({ data, width, height, channels: 3 }, place, 16, 7);
    for (let y = 0; y < 16; y += 1) {
      for (let x = 0; x < 16; x += 1) {
        const inside = x >= place.left && x < place.left + place.width;
        for (let c = 0; c < 3; c += 1) expect(pixels[(y * 16 + x) * 3 + c]).toBe(inside ? 200 : 7);
      }
    }
  });
});
