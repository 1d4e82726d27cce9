import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { hammingDistance, lowFrequencies, perceptualHash } from '../../../src/images/phash.js';
import { preparePicture } from '../../../src/images/prepare.js';
import type { Drawing } from './pictures.js';
import { SHIRT, draw, noise, seeded } from './pictures.js';

async function hashOf(bytes: Uint8Array): Promise<string> {
  const outcome = await preparePicture(bytes, { size: 64, fill: 128, maxPixels: 4e7 });
  if (outcome.kind !== 'prepared') throw new Error(outcome.detail);
  return outcome.picture.facts.phash;
}

/** Shapes of many sizes in random places. */
async function scene(seed: number): Promise<Buffer> {
  const random = seeded(seed);
  const number = (limit: number): number => Math.round(random() * limit);
  const shapes = Array.from(
    { length: 12 },
    () =>
      `<ellipse cx="${number(600)}" cy="${number(800)}" rx="${20 + number(200)}" ry="${20 + number(200)}"
        fill="rgb(${number(255)},${number(255)},${number(255)})"/>`,
  );
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="600" height="800">${shapes.join('')}</svg>`;
  return sharp(Buffer.from(svg)).flatten({ background: '#888888' }).png().toBuffer();
}

describe('lowFrequencies', () => {
  it('equals the double sum that defines the DCT-II', () => {
    const block = noise(32, 32, 3);
    const actual = lowFrequencies(block);
    for (const [v, u] of [
      [0, 0],
      [0, 1],
      [1, 0],
      [3, 5],
      [7, 7],
      [6, 2],
    ] as const) {
      let sum = 0;
      for (let y = 0; y < 32; y += 1) {
        for (let x = 0; x < 32; x += 1) {
          sum +=
            block[y * 32 + x]! *
            Math.cos(((2 * x + 1) * u * Math.PI) / 64) *
            Math.cos(((2 * y + 1) * v * Math.PI) / 64);
        }
      }
      const scale = (u === 0 ? Math.SQRT1_2 : 1) * (v === 0 ? Math.SQRT1_2 : 1) * (2 / 32);
      expect(actual[v * 8 + u]).toBeCloseTo(sum * scale, 6);
    }
  });
});

describe('perceptualHash', () => {
  it.each([11, 12, 13, 14])('survives re-encoding and resizing of scene %i', async (seed) => {
    const original = await scene(seed);
    const hash = await hashOf(original);
    const copies = [
      sharp(original).jpeg({ quality: 60 }),
      sharp(original).resize(300, 400).jpeg({ quality: 80 }),
      sharp(original).resize(170).webp({ quality: 70 }),
      sharp(original).modulate({ brightness: 1.05 }).jpeg(),
    ];
    for (const copy of copies) {
      expect(hammingDistance(hash, await hashOf(await copy.toBuffer()))).toBeLessThanOrEqual(6);
    }
  });

  it('differs between scenes', async () => {
    const hashes = await Promise.all([21, 22, 23, 24, 25].map(async (seed) => hashOf(await scene(seed))));
    for (const [index, one] of hashes.entries()) {
      for (const two of hashes.slice(index + 1)) expect(hammingDistance(one, two)).toBeGreaterThan(14);
    }
  });

  it('does not see the colour of a garment, but its cut', async () => {
    const red: Drawing = { ...SHIRT, colour: '#8c1020' };
    const dress: Drawing = { ...SHIRT, width: 300, height: 900 };
    const [one, two, three] = await Promise.all(
      [SHIRT, red, dress].map(async (each) => hashOf(await draw(each).png().toBuffer())),
    );
    expect(hammingDistance(one!, two!)).toBeLessThanOrEqual(10);
    expect(three).toMatch(/^[0-9a-f]{16}$/);
  });

  it('is stable on a flat picture', () => {
    const flat = { data: new Float32Array(50 * 70).fill(123.4), width: 50, height: 70, channels: 1 } as const;
    expect(perceptualHash(flat)).toBe('8000000000000000');
  });

  it('counts differing bits', () => {
    expect(hammingDistance('0000000000000000', 'ffffffffffffffff')).toBe(64);
    expect(hammingDistance('8000000000000001', '0000000000000003')).toBe(2);
  });
});
