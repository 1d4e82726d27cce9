/**
 * Texture: joint histograms of rotation-invariant uniform local binary patterns and local contrast, after Ojala,
 * Pietikainen and Maenpaa 2002 (equations 9 to 12), at two radii, over the foreground.
 *
 * Patterns alone do not see how strong a texture is: a plain cloth's noise has patterns too. The paper's joint
 * LBP/VAR distribution does; the contrast is binned softly on a logarithmic scale.
 */
import { vectorRings } from './pattern-kernel.js';
import { POINTS, plainRings } from './pattern-ring.js';
import type { RingReader, Rings } from './pattern-ring.js';
import type { Raster } from './raster.js';

/** Radii in pixels. Sixteen points on the outer ring found no more products (R@1 0.51 to 0.53) at half the speed. */
const RADII: readonly number[] = [1, 3];
/** 0 to 8 for the number of set bits of a uniform pattern, 9 for all others. */
const PATTERNS = POINTS + 2;
/** Standard deviations of the ring, in grey levels, at the contrast nodes: 1, 4, 16. */
const CONTRAST_NODES = 3;
const RING_LENGTH = PATTERNS * CONTRAST_NODES;
/** Pixels with less foreground than this are left out. */
const LEAST_WEIGHT = 0.1;

export const PATTERN_LENGTH = RADII.length * RING_LENGTH;

let readRings: RingReader | undefined;

/**
 * Grey raster and a foreground weight for each of its pixels -> PATTERN_LENGTH non-negative numbers: for each radius
 * [patterns, contrast nodes], adding up to the weight of the pixels whose ring lies inside the picture.
 */
export function patternHistogram(grey: Raster, foreground: Float32Array): Float32Array {
  readRings ??= vectorRings(RADII) ?? plainRings;
  const out = new Float32Array(PATTERN_LENGTH);
  for (const [index, radius] of RADII.entries()) {
    // A smaller picture has no whole ring.
    if (Math.min(grey.width, grey.height) <= 2 * radius) continue;
    const histogram = out.subarray(index * RING_LENGTH, (index + 1) * RING_LENGTH);
    addRings(readRings(grey, radius), grey, foreground, radius, histogram);
  }
  return out;
}

function addRings(
  { stride, bits, variances }: Rings,
  { width, height }: Raster,
  foreground: Float32Array,
  radius: number,
  out: Float32Array,
): void {
  for (let y = radius; y < height - radius; y += 1) {
    for (let x = radius, at = (y - radius) * stride; x < width - radius; x += 1, at += 1) {
      const weight = foreground[y * width + x] ?? 0;
      if (weight >= LEAST_WEIGHT) addVote(out, PATTERN_OF[bits[at] ?? 0] ?? 0, variances[at] ?? 0, weight);
    }
  }
}

/** LBP^riu2 of all bytes: the number of set bits when at most two neighbours around the ring differ, else 9. */
const PATTERN_OF = Uint8Array.from({ length: 1 << POINTS }, (_, bits) => {
  const rotated = (bits >>> 1) | ((bits & 1) << (POINTS - 1));
  return setBits(bits ^ rotated) <= 2 ? setBits(bits) : POINTS + 1;
});

function setBits(bits: number): number {
  let count = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}

function addVote(out: Float32Array, pattern: number, variance: number, weight: number): void {
  // log4 of the standard deviation: 0, 1 and 2 at the three nodes.
  const place = variance <= 1 ? 0 : Math.min(CONTRAST_NODES - 1, Math.log2(variance) / 4);
  const lower = Math.min(CONTRAST_NODES - 2, Math.floor(place));
  const share = place - lower;
  const at = pattern * CONTRAST_NODES + lower;
  out[at] = (out[at] ?? 0) + weight * (1 - share);
  out[at + 1] = (out[at + 1] ?? 0) + weight * share;
}
