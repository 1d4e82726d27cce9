import { assert, integer, property } from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { letterbox, letterboxGeometry } from '../../../src/images/letterbox.js';
import type { Raster } from '../../../src/images/raster.js';
import { resample, wholeOf } from '../../../src/images/raster.js';
import { SHIRT, draw, noise } from './pictures.js';

/** The filter's definition, pixel by pixel: a tent of radius max(1, scale), the edge pixel repeated. */
function slowResample(source: Raster, left: number, length: number, out: number, at: number): number {
  const scale = length / out;
  const radius = Math.max(1, scale);
  const centre = left + (at + 0.5) * scale;
  let [sum, weights] = [0, 0];
  for (let pixel = -500; pixel < source.width + 500; pixel += 1) {
    const weight = Math.max(0, 1 - Math.abs(pixel + 0.5 - centre) / radius);
    sum += weight * source.data[Math.min(source.width - 1, Math.max(0, pixel))]!;
    weights += weight;
  }
  return sum / weights;
}

describe('resample', () => {
  it.each([
    [100, 0, 100, 37],
    [20, 0, 20, 64],
    [50, -15, 80, 24],
    [50, 10.25, 12.5, 48],
    [1, 0, 1, 9],
    [3, 0, 3, 2],
    [40, 0, 40, 1],
  ])('follows its definition from %i pixels, box %f + %f, to %i', (width, left, length, out) => {
    const row: Raster = { data: noise(width, 1, width), width, height: 1, channels: 1 };
    const box = { left, top: 0, width: length, height: 1 };
    const column: Raster = { ...row, width: 1, height: width };
    const across = resample(row, box, out, 1);
    const down = resample(column, { left: 0, top: left, width: 1, height: length }, 1, out);
    for (let at = 0; at < out; at += 1) {
      const expected = slowResample(row, left, length, out, at);
      expect(across[at]).toBeCloseTo(expected, 2);
      expect(down[at]).toBeCloseTo(expected, 2);
    }
  });

  it('comes close to an independent area reduction', async () => {
    const { data, info } = await draw(SHIRT).raw().toBuffer({ resolveWithObject: true });
    const source: Raster = { data, width: info.width, height: info.height, channels: 3 };
    const ours = resample(source, wholeOf(source), 60, 80);
    const theirs = await sharp(data, { raw: { width: 600, height: 800, channels: 3 } })
      .resize(60, 80, { fit: 'fill', kernel: 'linear' })
      .raw()
      .toBuffer();
    let sum = 0;
    for (let at = 0; at < theirs.length; at += 1) sum += Math.abs(ours[at]! - theirs[at]!);
    expect(sum / theirs.length).toBeLessThan(1);
  });
});

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
    const source: Raster = {
      data: new Uint8Array(30 * 40 * 3).fill(200),
      width: 30,
      height: 40,
      channels: 3,
    };
    const place = letterboxGeometry(30, 40, 16);
    const pixels = letterbox(source, place, 16, 7);
    for (let y = 0; y < 16; y += 1) {
      for (let x = 0; x < 16; x += 1) {
        const inside = x >= place.left && x < place.left + place.width;
        for (let c = 0; c < 3; c += 1) expect(pixels[(y * 16 + x) * 3 + c]).toBe(inside ? 200 : 7);
      }
    }
  });
});
