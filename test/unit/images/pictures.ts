/** Pictures drawn for the tests of src/images. */
import sharp from 'sharp';
import type { Sharp } from 'sharp';

export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly ground: string;
  readonly colour: string;
  /** Stripes across the body, or nothing. */
  readonly stripes?: string;
  /** Drawn beside the body, so that the picture is no mirror image of itself. */
  readonly pocket?: string;
}

export const SHIRT: Drawing = {
  width: 600,
  height: 800,
  ground: '#f4f4f4',
  colour: '#1d2a55',
  stripes: '#e9e2d0',
  pocket: '#c0392b',
};

/** A T-shirt on a plain ground, as a sharp pipeline. */
export function draw(drawing: Drawing): Sharp {
  const { width, height, ground, colour, stripes, pocket } = drawing;
  const body = 'M30 20 L42 14 Q50 20 58 14 L70 20 L86 40 L74 50 L70 44 L70 88 L30 88 L30 44 L26 50 L14 40 Z';
  const lines = [50, 60, 70, 80].map(
    (y) => `<rect x="30" y="${y}" width="40" height="4" fill="${stripes}"/>`,
  );
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 100 100"
    preserveAspectRatio="none"><rect width="100" height="100" fill="${ground}"/>
    <path d="${body}" fill="${colour}"/>${stripes === undefined ? '' : lines.join('')}
    ${pocket === undefined ? '' : `<rect x="54" y="28" width="10" height="12" fill="${pocket}"/>`}</svg>`;
  return sharp(Buffer.from(svg)).removeAlpha();
}

/** Numbers in [0, 1) that are the same in every run (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) / 4294967296;
  };
}

/** Grey noise, smoothed by averaging each value with its left and upper neighbours. */
export function noise(width: number, height: number, seed: number): Float32Array {
  const random = seeded(seed);
  const out = new Float32Array(width * height);
  for (let at = 0; at < out.length; at += 1) {
    out[at] = 0.6 * 255 * random() + 0.2 * (out[at - 1] ?? 128) + 0.2 * (out[at - width] ?? 128);
  }
  return out;
}

export function cosine(left: Float32Array, right: Float32Array): number {
  let [dot, one, two] = [0, 0, 0];
  for (let at = 0; at < left.length; at += 1) {
    dot += left[at]! * right[at]!;
    one += left[at]! ** 2;
    two += right[at]! ** 2;
  }
  return dot / Math.sqrt(one * two);
}

export function meanDifference(left: Uint8Array, right: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < left.length; at += 1) sum += Math.abs(left[at]! - right[at]!);
  return sum / left.length;
}
