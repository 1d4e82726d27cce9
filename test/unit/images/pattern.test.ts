import { assert, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { vectorRings } from '../../../src/images/pattern-kernel.js';
import { plainRings } from '../../../src/images/pattern-ring.js';
import { PATTERN_LENGTH, patternHistogram } from '../../../src/images/pattern.js';
import type { Raster } from '../../../src/images/raster.js';
import { cosine, noise } from './pictures.js';

const raster = (data: Float32Array, width: number): Raster => ({
  data,
  width,
  height: data.length / width,
  channels: 1,
});
const everywhere = (picture: Raster): Float32Array => new Float32Array(picture.data.length).fill(1);

/** Equations 9 and 12 of the paper for one pixel: the pattern's number and the ring's variance. */
function slowPattern(
  picture: Raster,
  x: number,
  y: number,
  radius: number,
): { pattern: number; variance: number } {
  const at = (column: number, row: number): number => picture.data[row * picture.width + column]!;
  const ring = Array.from({ length: 8 }, (_, p) => {
    const px = x + Math.round(radius * Math.cos((Math.PI * p) / 4) * 1e6) / 1e6;
    const py = y - Math.round(radius * Math.sin((Math.PI * p) / 4) * 1e6) / 1e6;
    const [x0, y0] = [Math.floor(px), Math.floor(py)];
    const [x1, y1] = [Math.ceil(px), Math.ceil(py)];
    const upper = at(x0, y0) * (1 - px + x0) + at(x1, y0) * (px - x0);
    const lower = at(x0, y1) * (1 - px + x0) + at(x1, y1) * (px - x0);
    return upper * (1 - py + y0) + lower * (py - y0);
  });
  const signs = ring.map((value) => (value - at(x, y) >= -0.01 ? 1 : 0));
  const changes = signs.filter((sign, p) => sign !== signs[(p + 1) % 8]).length;
  const mean = ring.reduce((sum, value) => sum + value, 0) / 8;
  const variance = ring.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 8;
  return { pattern: changes <= 2 ? signs.filter((sign) => sign === 1).length : 9, variance };
}

describe('patternHistogram', () => {
  it('equals the slow definition, weights included', () => {
    const picture = raster(noise(40, 30, 5), 40);
    const weights = Float32Array.from(picture.data, (_, at) => (at % 7) / 6);
    const expected = new Float64Array(PATTERN_LENGTH);
    for (const [ring, radius] of [1, 3].entries()) {
      for (let y = radius; y < 30 - radius; y += 1) {
        for (let x = radius; x < 40 - radius; x += 1) {
          const { pattern, variance } = slowPattern(picture, x, y, radius);
          const place = Math.min(2, Math.max(0, Math.log(Math.sqrt(variance)) / Math.log(4)));
          for (let node = 0; node < 3; node += 1) {
            const share = Math.max(0, 1 - Math.abs(place - node));
            expected[ring * 30 + pattern * 3 + node]! += share * weights[y * 40 + x]!;
          }
        }
      }
    }
    const actual = patternHistogram(picture, weights);
    for (let at = 0; at < expected.length; at += 1) expect(actual[at]).toBeCloseTo(expected[at]!, 2);
  });

  it('does not change when the picture is turned by a quarter', () => {
    const picture = raster(noise(50, 50, 6), 50);
    const turned = raster(
      Float32Array.from(picture.data, (_, at) => picture.data[(at % 50) * 50 + 49 - Math.floor(at / 50)]!),
      50,
    );
    const one = patternHistogram(picture, everywhere(picture));
    const two = patternHistogram(turned, everywhere(turned));
    expect(cosine(one, two)).toBeGreaterThan(0.9999);
  });

  it('tells plain cloth from striped and from noisy cloth', () => {
    const plain = raster(
      noise(60, 60, 7).map((value) => 128 + value / 200),
      60,
    );
    const striped = raster(
      Float32Array.from(plain.data, (value, at) => (Math.floor(at / 60) % 8 < 4 ? value - 60 : value)),
      60,
    );
    const noisy = raster(noise(60, 60, 8), 60);
    const [one, two, three] = [plain, striped, noisy].map((each) => patternHistogram(each, everywhere(each)));
    expect(cosine(one!, two!)).toBeLessThan(0.8);
    expect(cosine(one!, three!)).toBeLessThan(0.5);
    expect(cosine(two!, three!)).toBeLessThan(0.9);
  });

  it('reads only the foreground, and nothing of a picture smaller than a ring', () => {
    const picture = raster(noise(40, 40, 9), 40);
    const half = Float32Array.from(picture.data, (_, at) => (at % 40 < 15 ? 1 : 0));
    const changed = raster(
      Float32Array.from(picture.data, (value, at) => (at % 40 > 20 ? 255 - value : value)),
      40,
    );
    expect(patternHistogram(changed, half)).toEqual(patternHistogram(picture, half));
    expect(
      patternHistogram(raster(noise(40, 1, 1), 40), new Float32Array(40).fill(1)).every((v) => v === 0),
    ).toBe(true);
  });
});

describe('the rings by vector units', () => {
  it('are those of the plain code bit for bit, of pictures of any shape', () => {
    const vectors = vectorRings([1, 2, 3])!;
    const [radius, room] = [integer({ min: 1, max: 3 }), integer({ min: 1, max: 130 })];
    assert(
      property(radius, room, room, integer(), (ring, columns, rows, seed) => {
        const width = columns + 2 * ring;
        // Whole grey levels leave many points as light as their centre.
        const picture = noise(width, rows + 2 * ring, seed).map((value) =>
          seed % 2 === 0 ? value : Math.round(value / 40),
        );
        const [one, other] = [
          vectors(raster(picture, width), ring),
          plainRings(raster(picture, width), ring),
        ];
        for (let y = 0; y < rows; y += 1) {
          const fast = [y * one.stride, y * one.stride + columns] as const;
          const slow = [y * other.stride, y * other.stride + columns] as const;
          expect(one.bits.slice(...fast)).toEqual(other.bits.slice(...slow));
          expect(one.variances.slice(...fast)).toEqual(other.variances.slice(...slow));
        }
      }),
      { numRuns: 60 },
    );
  });
});
