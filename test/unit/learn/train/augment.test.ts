import { describe, expect, it } from 'vitest';
import {
  augment,
  AUGMENTATIONS,
  DEFAULT_AUGMENTATION,
  NO_AUGMENTATION,
} from '../../../../src/learn/train/augment.js';
import type { Augmentation } from '../../../../src/learn/train/augment.js';
import { findGround, recolourGround } from '../../../../src/learn/train/background.js';
import { dropoutMask, makeBatch } from '../../../../src/learn/train/batch.js';
import { Random } from '../../../../src/platform/random.js';

const SIZE = 32;

/** A red square on grey ground, between white bars at the left and right. */
function picture(): Uint8Array {
  const pixels = new Uint8Array(SIZE * SIZE * 3).fill(255);
  for (let row = 0; row < SIZE; row += 1) {
    for (let column = 4; column < 28; column += 1) {
      const garment = row >= 8 && row < 24 && column >= 10 && column < 22;
      pixels.set(garment ? [200, 20, 20] : [120, 120, 120], (row * SIZE + column) * 3);
    }
  }
  return pixels;
}

function altered(options: Partial<Augmentation>, seed = 1): Uint8Array {
  const target = new Uint8Array(SIZE * SIZE * 3);
  augment(picture(), target, SIZE, { ...NO_AUGMENTATION, ...options }, new Random(seed));
  return target;
}

const pixel = (pixels: Uint8Array, column: number, row: number): number[] => [
  ...pixels.subarray((row * SIZE + column) * 3, (row * SIZE + column) * 3 + 3),
];

describe('augment', () => {
  it('without options copies the picture exactly', () => {
    expect(altered({})).toEqual(picture());
  });

  it('mirrors left and right', () => {
    const source = picture();
    source.set([1, 2, 3], (5 * SIZE + 2) * 3);
    const target = new Uint8Array(source.length);
    augment(source, target, SIZE, { ...NO_AUGMENTATION, flip: 1 }, new Random(1));
    expect(pixel(target, SIZE - 1 - 2, 5)).toEqual([1, 2, 3]);
  });

  it('zooms about the middle', () => {
    const near = altered({ zoom: [2, 2] });
    // Twice as large, the square reaches from 16 - 2 * 6 to 16 + 2 * 6.
    expect(pixel(near, 5, 16)).toEqual([200, 20, 20]);
    expect(pixel(altered({ zoom: [0.5, 0.5] }), 9, 16)).not.toEqual([200, 20, 20]);
  });

  it('gives the same picture for the same seed and another for another', () => {
    expect(altered(DEFAULT_AUGMENTATION, 5)).toEqual(altered(DEFAULT_AUGMENTATION, 5));
    expect(altered(DEFAULT_AUGMENTATION, 5)).not.toEqual(altered(DEFAULT_AUGMENTATION, 6));
  });

  it('alters less when it is mild, and nothing when it is none', () => {
    const source = picture();
    const change = (how: keyof typeof AUGMENTATIONS): number => {
      let sum = 0;
      for (let seed = 1; seed <= 100; seed += 1) {
        const target = altered(AUGMENTATIONS[how], seed);
        for (const [at, value] of target.entries()) sum += Math.abs(value - (source[at] ?? 0));
      }
      return sum;
    };
    expect(change('none')).toBe(0);
    expect(change('mild')).toBeGreaterThan(0);
    expect(change('mild')).toBeLessThan(change('wide'));
  });

  it('leaves its source alone', () => {
    const source = picture();
    augment(source, new Uint8Array(source.length), SIZE, DEFAULT_AUGMENTATION, new Random(3));
    expect(source).toEqual(picture());
  });
});

describe('the ground', () => {
  it('is found inside the letterbox bars', () => {
    const { content, colour, even } = findGround(picture(), SIZE);
    expect(content).toEqual({ left: 4, top: 0, right: 28, bottom: SIZE });
    expect(colour.map(Math.round)).toEqual([120, 120, 120]);
    expect(even).toBe(true);
  });

  it('takes another colour while the garment keeps its own', () => {
    const pixels = picture();
    recolourGround(pixels, SIZE, findGround(pixels, SIZE), [10, 200, 30]);
    expect(pixel(pixels, 6, 4)).toEqual([10, 200, 30]);
    expect(pixel(pixels, 15, 15)).toEqual([200, 20, 20]);
    expect(pixel(pixels, 1, 4)).toEqual([255, 255, 255]);
  });

  it('counts as uneven where the edge has many colours', () => {
    const pixels = Uint8Array.from({ length: SIZE * SIZE * 3 }, (_, index) => (index * 97) % 251);
    expect(findGround(pixels, SIZE).even).toBe(false);
  });
});

describe('makeBatch', () => {
  const source = {
    pixels: Uint8Array.from({ length: 4 * 12 }, (_, index) => (index < 12 ? 0 : 200)),
    labels: Int32Array.of(0, 1, 1, 2),
  };
  const options = { size: 2, classes: 3, augmentation: NO_AUGMENTATION, labelSmoothing: 0.3, mixup: 0 };

  it('smooths the labels', () => {
    const { targets } = makeBatch([0, 3], source, options, new Random(1));
    const expected = [0.8, 0.1, 0.1, 0.1, 0.1, 0.8];
    for (const [index, value] of targets.entries()) expect(value).toBeCloseTo(expected[index]!, 6);
  });

  it('mixes pictures and their labels with one share', () => {
    const plain = { ...options, labelSmoothing: 0, mixup: 1 };
    const shares = Array.from({ length: 8 }, (_, seed) => {
      const { pixels, targets } = makeBatch([0, 1], source, plain, new Random(seed));
      for (let row = 0; row < 2; row += 1) {
        const own = targets.subarray(row * 3, row * 3 + 3);
        expect(own[0]! + own[1]! + own[2]!).toBeCloseTo(1, 6);
        // Picture 0 is black and of class 0, picture 1 is of value 200 and of class 1.
        expect(Math.abs(pixels[row * 12]! - 200 * own[1]!)).toBeLessThanOrEqual(0.51);
      }
      return targets[0]!;
    });
    expect(shares.some((value) => value > 0.05 && value < 0.95)).toBe(true);
  });
});

it('a dropout mask keeps the expected value', () => {
  const mask = dropoutMask(20_000, 0.2, new Random(1));
  const mean = mask.reduce((sum, value) => sum + value, 0) / mask.length;
  expect(mean).toBeGreaterThan(0.98);
  expect(mean).toBeLessThan(1.02);
  expect(new Set(mask)).toEqual(new Set([0, 1.25]));
});
