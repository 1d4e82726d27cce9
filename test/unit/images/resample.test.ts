import { array, assert, boolean, constantFrom, integer, property, record } from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { Raster } from '../../../src/images/raster.js';
import { wholeOf } from '../../../src/images/raster.js';
import { plainResampler, resample } from '../../../src/images/resample.js';
import { vectorResampler } from '../../../src/images/resample-vectors.js';
import { tapsOf } from '../../../src/images/taps.js';
import { SHIRT, draw, noise, seeded } from './pictures.js';

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

describe('resampling by vector units', () => {
  const vectors = vectorResampler();

  /** The square box's pixels by vector units and by the plain code. */
  function both(
    source: Raster,
    left: number,
    top: number,
    side: number,
    to: readonly number[],
    channels = source.channels,
  ): Buffer[] {
    const [outWidth = 1, outHeight = 1] = to;
    const columns = tapsOf(left, side, outWidth, source.width);
    const rows = tapsOf(top, side, outHeight, source.height);
    return [vectors!, plainResampler].map((one) => Buffer.from(one(source, channels, columns, rows).buffer));
  }

  it('gives the numbers of the plain code bit for bit, wherever the box lies', () => {
    const length = integer({ min: 1, max: 70 });
    const place = integer({ min: -160, max: 160 });
    const pictures = record({
      width: length,
      height: length,
      channels: constantFrom(1 as const, 3 as const),
      bytes: boolean(),
      left: place,
      top: place,
      side: integer({ min: 1, max: 400 }),
      to: array(length, { minLength: 2, maxLength: 2 }),
      seed: integer(),
    });
    assert(
      property(pictures, ({ width, height, channels, bytes, left, top, side, to, seed }) => {
        const random = seeded(seed);
        const data = Float32Array.from({ length: width * height * channels }, () => 300 * random() - 20);
        const source: Raster = { data: bytes ? Uint8Array.from(data) : data, width, height, channels };
        // In quarters of a pixel.
        const [one, other] = both(source, left / 4, top / 4, side / 4, to);
        expect(one!.length).toBe(to[0]! * to[1]! * channels * 4);
        expect(one!.equals(other!)).toBe(true);
        const [grey, plainGrey] = both(source, left / 4, top / 4, side / 4, to, 1);
        expect(grey!.length).toBe(to[0]! * to[1]! * 4);
        expect(grey!.equals(plainGrey!)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it.each([1, 3] as const)('also of a picture beyond the memory it began with, %i channels', (channels) => {
    const source: Raster = { data: noise(700 * channels, 600, 5), width: 700, height: 600, channels };
    for (const [one, other] of [both(source, 20, -30, 640, [96, 512]), both(source, 0, 0, 8, [7, 9])]) {
      expect(one!.equals(other!)).toBe(true);
    }
  });
});
