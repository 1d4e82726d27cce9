/**
 * Texture: joint histograms of rotation-invariant uniform local binary patterns and local contrast, after Ojala,
 * Pietikainen and Maenpaa 2002 (equations 9 to 12), at two radii, over the foreground.
 *
 * Patterns alone do not see how strong a texture is: a plain cloth's noise has patterns too. The paper's joint
 * LBP/VAR distribution does; the contrast is binned softly on a logarithmic scale.
 */
import type { Raster } from './raster.js';

/** Radii in pixels. Sixteen points on the outer ring found no more products (R@1 0.51 to 0.53) at half the speed. */
const RADII: readonly number[] = [1, 3];
const POINTS = 8;
/** 0 to 8 for the number of set bits of a uniform pattern, 9 for all others. */
const PATTERNS = POINTS + 2;
/** Standard deviations of the ring, in grey levels, at the contrast nodes: 1, 4, 16. */
const CONTRAST_NODES = 3;
const RING_LENGTH = PATTERNS * CONTRAST_NODES;
/** Neighbours this little darker than the centre count as equal: interpolation must not turn flat into noise. */
const TOLERANCE = 0.01;
/** Pixels with less foreground than this are left out. */
const LEAST_WEIGHT = 0.1;

export const PATTERN_LENGTH = RADII.length * RING_LENGTH;

/** What a ring reads around a pixel: for each point the offsets and weights of bilinear interpolation. */
interface Sampling {
  readonly offsets: Int32Array;
  readonly weights: Float32Array;
}

function samplingOf(radius: number, width: number): Sampling {
  const offsets = new Int32Array(POINTS * 4);
  const weights = new Float32Array(POINTS * 4);
  for (let point = 0; point < POINTS; point += 1) {
    const angle = (2 * Math.PI * point) / POINTS;
    // Rounding keeps a point on the grid on the grid, where the sine misses it by 1e-16.
    const x = Math.round(radius * Math.cos(angle) * 1e9) / 1e9;
    const y = Math.round(-radius * Math.sin(angle) * 1e9) / 1e9;
    const [left, top] = [Math.floor(x), Math.floor(y)];
    for (let corner = 0; corner < 4; corner += 1) {
      const [onX, onY] = [corner & 1, corner >> 1];
      const weight = (onX === 1 ? x - left : 1 - x + left) * (onY === 1 ? y - top : 1 - y + top);
      weights[point * 4 + corner] = weight;
      // A corner without weight may lie outside the picture; the pixel itself is read instead.
      offsets[point * 4 + corner] = weight === 0 ? 0 : (top + onY) * width + left + onX;
    }
  }
  return { offsets, weights };
}

/**
 * Grey raster and a foreground weight for each of its pixels -> PATTERN_LENGTH non-negative numbers: for each radius
 * [patterns, contrast nodes], adding up to the weight of the pixels whose ring lies inside the picture.
 */
export function patternHistogram(grey: Raster, foreground: Float32Array): Float32Array {
  const out = new Float32Array(PATTERN_LENGTH);
  for (const [index, radius] of RADII.entries()) {
    addRing(grey, foreground, radius, out.subarray(index * RING_LENGTH, (index + 1) * RING_LENGTH));
  }
  return out;
}

function addRing(grey: Raster, foreground: Float32Array, radius: number, out: Float32Array): void {
  const { data, width, height } = grey;
  const { offsets, weights } = samplingOf(radius, width);
  for (let y = radius; y < height - radius; y += 1) {
    for (let x = radius; x < width - radius; x += 1) {
      const pixel = y * width + x;
      const weight = foreground[pixel] ?? 0;
      if (weight < LEAST_WEIGHT) continue;
      const centre = data[pixel] ?? 0;
      let bits = 0;
      let sum = 0;
      let squares = 0;
      for (let point = 0, at = 0; point < POINTS; point += 1, at += 4) {
        const difference =
          (weights[at] ?? 0) * (data[pixel + (offsets[at] ?? 0)] ?? 0) +
          (weights[at + 1] ?? 0) * (data[pixel + (offsets[at + 1] ?? 0)] ?? 0) +
          (weights[at + 2] ?? 0) * (data[pixel + (offsets[at + 2] ?? 0)] ?? 0) +
          (weights[at + 3] ?? 0) * (data[pixel + (offsets[at + 3] ?? 0)] ?? 0) -
          centre;
        if (difference >= -TOLERANCE) bits |= 1 << point;
        sum += difference;
        squares += difference * difference;
      }
      const variance = squares / POINTS - (sum / POINTS) ** 2;
      addVote(out, PATTERN_OF[bits] ?? 0, variance, weight);
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
