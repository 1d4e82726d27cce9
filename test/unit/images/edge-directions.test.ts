import { describe, expect, it } from 'vitest';
import { edgeDirections } from '../../../src/images/edge-directions.js';
import { preparePixels } from '../../../src/images/prepare.js';
import type { Drawing } from './pictures.js';
import { SHIRT, cosine, draw, noise } from './pictures.js';

const SIZE = 64;

async function directions(bytes: Buffer): Promise<Float32Array> {
  const outcome = await preparePixels(bytes, { size: SIZE, fill: 255, maxPixels: 1e7 });
  if (outcome.kind === 'refused') throw new Error(outcome.detail);
  return edgeDirections({ data: outcome.pixels, width: SIZE, height: SIZE, channels: 3 }, outcome.box);
}

const png = async (drawing: Drawing): Promise<Float32Array> =>
  directions(await draw(drawing).png().toBuffer());

describe('edgeDirections', () => {
  it('stays when a photograph is encoded again, made smaller, lightened or recoloured', async () => {
    const original = await png(SHIRT);
    const copies = {
      encoded: await directions(await draw(SHIRT).jpeg({ quality: 50 }).toBuffer()),
      smaller: await directions(await draw(SHIRT).resize(200).png().toBuffer()),
      lighter: await directions(await draw(SHIRT).modulate({ brightness: 1.2 }).png().toBuffer()),
      recoloured: await png({ ...SHIRT, colour: '#20552a', stripes: '#f0d0e2' }),
    };
    for (const [name, copy] of Object.entries(copies)) {
      expect({ name, alike: cosine(original, copy) > 0.9 }).toEqual({ name, alike: true });
    }
  });

  it('differs for another garment and another framing', async () => {
    const original = await png(SHIRT);
    const { stripes: _, ...plain } = SHIRT;
    const others = {
      plain: await png(plain),
      framed: await directions(
        await draw(SHIRT)
          .extend({ top: 80, bottom: 80, left: 60, right: 60, background: SHIRT.ground })
          .png()
          .toBuffer(),
      ),
    };
    for (const [name, other] of Object.entries(others)) {
      expect({ name, alike: cosine(original, other) > 0.8 }).toEqual({ name, alike: false });
    }
  });

  it('has unit length, and is zero where there is no edge', () => {
    const box = { left: 0, top: 0, width: SIZE, height: SIZE };
    const data = new Float32Array(SIZE * SIZE * 3);
    const grey = noise(SIZE, SIZE, 4);
    for (let at = 0; at < data.length; at += 1) data[at] = grey[Math.floor(at / 3)]!;
    const length = edgeDirections({ data, width: SIZE, height: SIZE, channels: 3 }, box).reduce(
      (sum, value) => sum + value * value,
      0,
    );
    expect(length).toBeCloseTo(1, 5);
    const flat = edgeDirections({ data: data.fill(77), width: SIZE, height: SIZE, channels: 3 }, box);
    expect(flat.every((value) => value === 0)).toBe(true);
  });
});
