/** Foreground, palette and colour histogram: what is sold, and in which colours. */
import { array, assert, integer, property, tuple } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { COLOUR_LENGTH, colourHistogram } from '../../../src/images/colour-histogram.js';
import { COLOUR_NAMES } from '../../../src/domain/colour.js';
import { estimateForeground } from '../../../src/images/foreground.js';
import { labOf } from '../../../src/images/lab.js';
import { labPixels } from '../../../src/images/lab-pixels.js';
import { paletteOf } from '../../../src/images/palette.js';
import { cosine, seeded } from './pictures.js';

type Rgb = readonly [number, number, number];
const SIDE = 48;

/** A picture painted by a rule, as Lab pixels. */
function paint(colourAt: (x: number, y: number) => Rgb): Float32Array {
  const rgb = new Float32Array(SIDE * SIDE * 3);
  for (let y = 0; y < SIDE; y += 1) {
    for (let x = 0; x < SIDE; x += 1) rgb.set(colourAt(x, y), (y * SIDE + x) * 3);
  }
  return labPixels(rgb);
}

const inBody = (x: number, y: number): boolean => x >= 12 && x < 36 && y >= 8 && y < 44;
const GROUND: Rgb = [240, 240, 238];
const NAVY: Rgb = [25, 34, 70];
const RED: Rgb = [200, 30, 45];
const foregroundOf = (lab: Float32Array): ReturnType<typeof estimateForeground> =>
  estimateForeground(lab, SIDE, SIDE);

describe('estimateForeground', () => {
  it('separates a body from plain ground and boxes it', () => {
    const { weights, found, box } = foregroundOf(paint((x, y) => (inBody(x, y) ? NAVY : GROUND)));
    expect(found).toBe(true);
    for (let at = 0; at < weights.length; at += 1) {
      expect(weights[at]).toBe(inBody(at % SIDE, Math.floor(at / SIDE)) ? 1 : 0);
    }
    for (const [edge, expected] of [
      [box.left, 12],
      [box.top, 8],
      [box.left + box.width, 36],
      [box.top + box.height, 44],
    ] as const) {
      expect(Math.abs(edge - expected)).toBeLessThan(0.6);
    }
  });

  it('follows ground that is shaded from one corner to the other', () => {
    const shaded = paint((x, y) => {
      const level = 150 + x + y;
      return inBody(x, y) ? NAVY : [level, level, level];
    });
    const { weights, found } = foregroundOf(shaded);
    expect(found).toBe(true);
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(24 * 36, 0);
  });

  it('keeps a patch of ground colour that the body encloses', () => {
    const collar = (x: number, y: number): boolean => x >= 20 && x < 28 && y >= 12 && y < 20;
    const { weights } = foregroundOf(paint((x, y) => (inBody(x, y) && !collar(x, y) ? NAVY : GROUND)));
    expect(weights[15 * SIDE + 24]).toBe(1);
    expect(weights[2 * SIDE + 2]).toBe(0);
  });

  it('bears a body that is cut off by the lower edge', () => {
    const { weights, found } = foregroundOf(paint((x, y) => (x >= 14 && x < 34 && y >= 10 ? NAVY : GROUND)));
    expect(found).toBe(true);
    expect(weights[47 * SIDE + 24]).toBe(1);
  });

  it('falls back to the centre on a motley border, on one flat colour and on a full picture', () => {
    const random = seeded(4);
    const byte = (): number => Math.floor(random() * 256);
    for (const lab of [
      paint(() => [byte(), byte(), byte()]),
      paint(() => GROUND),
      paint((x) => (x % 2 === 0 ? NAVY : RED)),
    ]) {
      const { weights, found, box } = foregroundOf(lab);
      expect(found).toBe(false);
      expect(box).toEqual({ left: 0, top: 0, width: SIDE, height: SIDE });
      expect(weights[24 * SIDE + 24]).toBeGreaterThan(0.99);
      expect(weights[0]).toBeLessThan(0.01);
    }
  });

  it('handles pictures of one row, one column and one pixel', () => {
    for (const [width, height] of [
      [64, 1],
      [1, 64],
      [1, 1],
      [2, 2],
    ] as const) {
      const { weights } = estimateForeground(new Float32Array(width * height * 3).fill(50), width, height);
      expect(weights.length).toBe(width * height);
      expect(weights.every((weight) => weight >= 0 && weight <= 1)).toBe(true);
    }
  });
});

describe('paletteOf', () => {
  const all = (count: number): Float32Array => new Float32Array(count).fill(1);

  it('gives shares of the foreground, not of the picture', () => {
    const lab = paint((x, y) => (inBody(x, y) ? (y < 17 ? RED : NAVY) : GROUND));
    const palette = paletteOf(lab, foregroundOf(lab).weights);
    expect(palette.map(({ name, hex }) => [name, hex])).toEqual([
      ['navy', '#192246'],
      ['red', '#c81e2d'],
    ]);
    expect(palette[0]!.share).toBeCloseTo(0.75, 6);
    expect(palette[1]!.share).toBeCloseTo(0.25, 6);
  });

  it('names each colour once, at most eight, shares adding up to 1, largest first', () => {
    const byte = integer({ min: 0, max: 255 });
    const pixels = array(tuple(byte, byte, byte), { minLength: 1, maxLength: 200 });
    assert(
      property(pixels, (colours) => {
        const lab = Float32Array.from(colours.flatMap((rgb) => labOf(...rgb)));
        const palette = paletteOf(lab, all(colours.length));
        const shares = palette.map(({ share }) => share);
        expect(palette.length).toBeGreaterThanOrEqual(1);
        expect(palette.length).toBeLessThanOrEqual(8);
        expect(Math.abs(shares.reduce((sum, share) => sum + share, 0) - 1)).toBeLessThan(1e-9);
        expect(shares).toEqual(shares.toSorted((left, right) => right - left));
        expect(new Set(palette.map(({ name }) => name)).size).toBe(palette.length);
        for (const { name, hex } of palette) {
          expect(COLOUR_NAMES).toContain(name);
          expect(hex).toMatch(/^#[0-9a-f]{6}$/);
        }
        expect(paletteOf(lab, all(colours.length))).toEqual(palette);
      }),
      { numRuns: 60 },
    );
  });

  it('keeps the shares of colours that lie far apart', () => {
    const colours: Rgb[] = [[10, 10, 10], [250, 250, 250], RED, [40, 140, 60], [30, 60, 190], [245, 220, 60]];
    const lab = paint((x) => colours[Math.floor(x / 8)]!);
    const palette = paletteOf(lab, all(SIDE * SIDE));
    expect(palette.map(({ name }) => name).toSorted()).toEqual(
      ['black', 'blue', 'green', 'red', 'white', 'yellow'].toSorted(),
    );
    for (const { share } of palette) expect(share).toBeCloseTo(1 / 6, 6);
  });

  it('is empty without foreground', () => {
    expect(
      paletteOf(
        paint(() => RED),
        new Float32Array(SIDE * SIDE),
      ),
    ).toEqual([]);
  });
});

const CUBE_LENGTH = 5 ** 3;

describe('colourHistogram', () => {
  it('shares each weight out completely', () => {
    const random = seeded(8);
    const lab = paint(() => [random() * 255, random() * 255, random() * 255]);
    const weights = Float32Array.from({ length: SIDE * SIDE }, () => random());
    const histogram = colourHistogram(lab, weights);
    const sum = (values: Float32Array): number => values.reduce((total, value) => total + value, 0);
    expect(histogram.length).toBe(COLOUR_LENGTH);
    expect(histogram.every((value) => value >= 0)).toBe(true);
    expect(sum(histogram)).toBeCloseTo(4 * sum(weights), 1);
  });

  it('orders colours as people do', () => {
    const histogram = (rgb: Rgb): Float32Array =>
      colourHistogram(
        paint(() => rgb),
        new Float32Array(SIDE * SIDE).fill(1),
      ).map(Math.sqrt);
    const navy = histogram(NAVY);
    const nearlyNavy = cosine(navy, histogram([32, 42, 84]));
    const blue = cosine(navy, histogram([40, 90, 200]));
    const red = cosine(navy, histogram(RED));
    const white = cosine(navy, histogram([250, 250, 250]));
    // The coarse cube, which comes last, has them nearly alike; the fine planes tell dyes apart and have them less so.
    const cube = (values: Float32Array): Float32Array => values.slice(-CUBE_LENGTH);
    expect(cosine(cube(navy), cube(histogram([32, 42, 84])))).toBeGreaterThan(0.9);
    expect(nearlyNavy).toBeGreaterThan(0.8);
    expect(nearlyNavy).toBeGreaterThan(blue);
    expect(blue).toBeGreaterThan(red);
    expect(blue).toBeGreaterThan(white);
    expect(white).toBeLessThan(0.2);
  });
});
