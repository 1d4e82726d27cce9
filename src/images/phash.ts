/**
 * Perceptual hash: the signs of a picture's lowest frequencies about their median, 64 bits. Re-encoding and
 * resizing a picture change few bits; another picture differs in about half of them.
 */
import type { Raster } from './raster.js';
import { wholeOf } from './raster.js';
import { resample } from './resample.js';

const SIDE = 32;
const KEPT = 8;
/** Coefficients this small are rounding noise of a flat picture and count as zero. */
const NOISE = 1e-3;

/** The first KEPT rows of the orthonormal DCT-II matrix of order SIDE, row-major. */
const BASIS = Float64Array.from({ length: KEPT * SIDE }, (_, at) => {
  const [k, n] = [Math.floor(at / SIDE), at % SIDE];
  return Math.sqrt((k === 0 ? 1 : 2) / SIDE) * Math.cos((Math.PI * (2 * n + 1) * k) / (2 * SIDE));
});

/**
 * The 8 x 8 lowest coefficients of the orthonormal two-dimensional DCT-II (Ahmed, Natarajan, Rao 1974) of a
 * 32 x 32 block; row = vertical frequency.
 */
export function lowFrequencies(block: Float32Array): Float64Array {
  const half = new Float64Array(SIDE * KEPT);
  for (let y = 0; y < SIDE; y += 1) {
    for (let u = 0; u < KEPT; u += 1) {
      let sum = 0;
      for (let x = 0; x < SIDE; x += 1) sum += (BASIS[u * SIDE + x] ?? 0) * (block[y * SIDE + x] ?? 0);
      half[y * KEPT + u] = sum;
    }
  }
  const out = new Float64Array(KEPT * KEPT);
  for (let v = 0; v < KEPT; v += 1) {
    for (let u = 0; u < KEPT; u += 1) {
      let sum = 0;
      for (let y = 0; y < SIDE; y += 1) sum += (BASIS[v * SIDE + y] ?? 0) * (half[y * KEPT + u] ?? 0);
      out[v * KEPT + u] = sum;
    }
  }
  return out;
}

/**
 * Grey raster of any shape -> 16 hex digits. The picture is stretched to 32 x 32; bit i (most significant first,
 * row-major) is set where coefficient i lies above the median of the 64. After Zauner 2010, section 3.2.1.
 */
export function perceptualHash(grey: Raster): string {
  const coefficients = lowFrequencies(resample(grey, wholeOf(grey), SIDE, SIDE)).map((value) =>
    Math.abs(value) < NOISE ? 0 : value,
  );
  const sorted = coefficients.toSorted();
  const median = ((sorted[31] ?? 0) + (sorted[32] ?? 0)) / 2;
  let hex = '';
  for (let at = 0; at < coefficients.length; at += 4) {
    let digit = 0;
    for (let bit = 0; bit < 4; bit += 1) digit = digit * 2 + ((coefficients[at + bit] ?? 0) > median ? 1 : 0);
    hex += digit.toString(16);
  }
  return hex;
}

/** Number of differing bits of two hashes of 16 hex digits, 0 to 64. */
export function hammingDistance(left: string, right: string): number {
  let bits = BigInt(`0x${left}`) ^ BigInt(`0x${right}`);
  let count = 0;
  for (; bits !== 0n; bits &= bits - 1n) count += 1;
  return count;
}
