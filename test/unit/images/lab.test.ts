import { assert, integer, property, tuple } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { colourDifference, lightnessDifference } from '../../../src/images/colour-difference.js';
import { COLOUR_NAMES } from '../../../src/domain/colour.js';
import { colourName } from '../../../src/images/colour-names.js';
import type { Lab } from '../../../src/images/lab.js';
import { cubeRoot } from '../../../src/images/cube-root.js';
import { hexOf, labOf, plainLab } from '../../../src/images/lab.js';
import { vectorLab } from '../../../src/images/lab-kernel.js';
import { labPixels } from '../../../src/images/lab-pixels.js';
import { seeded } from './pictures.js';

const byte = integer({ min: 0, max: 255 });
const colour = tuple(byte, byte, byte);

describe('CIELAB under D65', () => {
  // The sRGB primaries as published in tables of the colour space.
  it.each<[string, [number, number, number], Lab]>([
    ['white', [255, 255, 255], [100, 0, 0]],
    ['black', [0, 0, 0], [0, 0, 0]],
    ['red', [255, 0, 0], [53.24, 80.09, 67.2]],
    ['green', [0, 255, 0], [87.73, -86.18, 83.18]],
    ['blue', [0, 0, 255], [32.3, 79.19, -107.86]],
    ['yellow', [255, 255, 0], [97.14, -21.55, 94.48]],
    ['middle grey', [119, 119, 119], [50.03, 0, 0]],
  ])('gives the published value of %s', (_, [red, green, blue], expected) => {
    const actual = labOf(red, green, blue);
    for (const channel of [0, 1, 2] as const) {
      expect(Math.abs(actual[channel] - expected[channel])).toBeLessThan(0.03);
    }
  });

  it('comes back to the same bytes', () => {
    assert(
      property(colour, ([red, green, blue]) => {
        const hex = `#${[red, green, blue].map((value) => value.toString(16).padStart(2, '0')).join('')}`;
        expect(hexOf(labOf(red, green, blue))).toBe(hex);
      }),
    );
  });

  it('converts many pixels as it converts one', () => {
    const pixels = Float32Array.from({ length: 300 }, (_, at) => (at * 37) % 256);
    const lab = labPixels(pixels);
    for (let at = 0; at < pixels.length; at += 3) {
      const one = labOf(pixels[at]!, pixels[at + 1]!, pixels[at + 2]!);
      for (const channel of [0, 1, 2] as const) expect(lab[at + channel]).toBeCloseTo(one[channel], 3);
    }
  });

  it.each([1, 2, 3, 40_001])('gives by vector units what the plain code gives, of %i pixels', (count) => {
    const random = seeded(count);
    const convert = vectorLab()!;
    const pixels = Float32Array.from({ length: count * 3 }, () => 256 * random() - 0.4);
    // Greys and dark colours lie on both sides of the line.
    const dark = pixels.map((value) => value / 16);
    const odd = pixels.map((value, at) => [value, Number.NaN, -3, 1e12, 255.5][at % 5]!);
    for (const rgb of [pixels, dark, odd, Uint8Array.from(pixels)]) {
      expect(Buffer.from(convert(rgb).buffer).equals(Buffer.from(plainLab(rgb).buffer))).toBe(true);
    }
  });
});

describe('cubeRoot', () => {
  it('is the root to the last places, from the smallest to the largest it is asked for', () => {
    const random = seeded(4);
    for (let exponent = -8; exponent < 8; exponent += 1) {
      for (let round = 0; round < 200; round += 1) {
        const x = (1 + random()) * 2 ** exponent;
        expect(Math.abs(cubeRoot(x) / Math.cbrt(x) - 1)).toBeLessThan(3e-16);
      }
    }
    expect([1, 8, 27].map(cubeRoot)).toEqual([1, 2, 3]);
  });
});

describe('CIEDE2000', () => {
  // Test pairs of Sharma, Wu, Dalal 2005, table 1.
  it.each<[Lab, Lab, number]>([
    [[50, 2.6772, -79.7751], [50, 0, -82.7485], 2.0425],
    [[50, 3.1571, -77.2803], [50, 0, -82.7485], 2.8615],
    [[50, 2.8361, -74.02], [50, 0, -82.7485], 3.4412],
    [[50, -1.3802, -84.2814], [50, 0, -82.7485], 1],
    [[50, 0, 0], [50, -1, 2], 2.3669],
    [[50, 2.49, -0.001], [50, -2.49, 0.0009], 7.1792],
    [[50, 2.49, -0.001], [50, -2.49, 0.0011], 7.2195],
    [[50, -0.001, 2.49], [50, 0.0009, -2.49], 4.8045],
    [[50, 2.5, 0], [50, 0, -2.5], 4.3065],
    [[50, 2.5, 0], [73, 25, -18], 27.1492],
    [[50, 2.5, 0], [61, -5, 29], 22.8977],
    [[50, 2.5, 0], [56, -27, -3], 31.903],
    [[50, 2.5, 0], [58, 24, 15], 19.4535],
    [[60.2574, -34.0099, 36.2677], [60.4626, -34.1751, 39.4387], 1.2644],
    [[63.0109, -31.0961, -5.8663], [62.8187, -29.7946, -4.0864], 1.263],
    [[35.0831, -44.1164, 3.7933], [35.0232, -40.0716, 1.5901], 1.8645],
    [[22.7233, 20.0904, -46.694], [23.0331, 14.973, -42.5619], 2.0373],
    [[2.0776, 0.0795, -1.135], [0.9033, -0.0636, -0.5514], 0.9082],
  ])('gives the published difference of %j and %j', (one, two, expected) => {
    expect(colourDifference(one, two)).toBeCloseTo(expected, 4);
    expect(colourDifference(two, one)).toBeCloseTo(expected, 4);
  });

  it('is never less than what lightness alone adds', () => {
    assert(
      property(colour, colour, (one, other) => {
        const [left, right] = [labOf(...one), labOf(...other)];
        const least = Math.abs(lightnessDifference(left[0], right[0]));
        expect(colourDifference(left, right) * (1 + 1e-9)).toBeGreaterThanOrEqual(least);
      }),
    );
  });
});

describe('colourName', () => {
  it.each([
    ['#101010', 'black'],
    ['#fdfdfd', 'white'],
    ['#808080', 'grey'],
    ['#141e46', 'navy'],
    ['#d8c4a6', 'beige'],
    ['#e00d1b', 'red'],
    ['#5a0f22', 'burgundy'],
    ['#0f7a2c', 'green'],
    ['#f7e14a', 'yellow'],
    ['#5d3a21', 'brown'],
    ['#857769', 'taupe'],
    ['#3b6fd4', 'blue'],
    ['#f5b9c9', 'pink'],
  ])('calls %s %s', (hex, name) => {
    const value = Number.parseInt(hex.slice(1), 16);
    expect(colourName(labOf(value >> 16, (value >> 8) & 255, value & 255))).toBe(name);
  });

  it('has a name of the set for every colour', () => {
    assert(
      property(colour, (rgb) => (COLOUR_NAMES as readonly string[]).includes(colourName(labOf(...rgb)))),
    );
  });
});
