/** The look of a picture: colour, shape and pattern, whatever its size and encoding. */
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { LOOK_LAYOUT } from '../../../src/images/look.js';
import type { Drawing } from './pictures.js';
import { SHIRT, cosine, draw } from './pictures.js';
import { OPTIONS, part, prepared } from './prepared.js';

describe('look vector', () => {
  const look = async (drawing: Drawing): Promise<Float32Array> =>
    (await prepared(await draw(drawing).png().toBuffer())).look;

  it('has parts of unit length that cover it without gaps', async () => {
    const vector = await look(SHIRT);
    expect(LOOK_LAYOUT.colour[0]).toBe(0);
    expect(LOOK_LAYOUT.shape[0]).toBe(LOOK_LAYOUT.colour[1]);
    expect(LOOK_LAYOUT.pattern[0]).toBe(LOOK_LAYOUT.shape[1]);
    for (const name of ['colour', 'shape', 'pattern'] as const) {
      expect(part(vector, name).reduce((sum, value) => sum + value * value, 0)).toBeCloseTo(1, 5);
    }
  });

  it('hardly changes with size, encoding and framing', async () => {
    const original = await look(SHIRT);
    const half = await look({ ...SHIRT, width: 300, height: 400 });
    const jpeg = (await prepared(await draw(SHIRT).jpeg({ quality: 70 }).toBuffer())).look;
    const framed = await draw(SHIRT)
      .extend({ top: 150, bottom: 50, left: 60, right: 200, background: SHIRT.ground })
      .png()
      .toBuffer();
    expect(cosine(original, half)).toBeGreaterThan(0.95);
    expect(cosine(original, jpeg)).toBeGreaterThan(0.95);
    expect(cosine(original, (await prepared(framed)).look)).toBeGreaterThan(0.85);
  });

  it('does not depend on the size of the network', async () => {
    const bytes = await draw(SHIRT).jpeg().toBuffer();
    const [small, large] = await Promise.all(
      [64, 320].map(async (size) => prepared(bytes, { ...OPTIONS, size })),
    );
    expect(cosine(small!.look, large!.look)).toBeGreaterThan(0.98);
  });

  it('has the same colours in a mirror', async () => {
    const mirrored = await prepared(await draw(SHIRT).flop().png().toBuffer());
    expect(cosine(part(await look(SHIRT), 'colour'), part(mirrored.look, 'colour'))).toBeGreaterThan(0.999);
  });

  it('tells colour, shape and pattern apart', async () => {
    const plain: Drawing = { width: 600, height: 800, ground: '#f4f4f4', colour: '#1d2a55' };
    const [base, red, striped, wide] = await Promise.all([
      look(plain),
      look({ ...plain, colour: '#b01020' }),
      look({ ...plain, stripes: '#e9e2d0' }),
      look({ ...plain, width: 900, height: 450 }),
    ]);
    const compare = (other: Float32Array, name: 'colour' | 'shape' | 'pattern'): number =>
      cosine(part(base, name), part(other, name));
    expect(compare(red, 'colour')).toBeLessThan(0.3);
    expect(compare(red, 'shape')).toBeGreaterThan(0.95);
    expect(compare(striped, 'pattern')).toBeLessThan(compare(red, 'pattern'));
    expect(compare(wide, 'shape')).toBeLessThan(0.8);
    expect(compare(wide, 'colour')).toBeGreaterThan(0.9);
  });

  it('leaves shape at zero where nothing has one', async () => {
    const flat = await sharp({ create: { width: 80, height: 80, channels: 3, background: '#888888' } })
      .png()
      .toBuffer();
    expect(part((await prepared(flat)).look, 'shape').every((value) => value === 0)).toBe(true);
  });
});
