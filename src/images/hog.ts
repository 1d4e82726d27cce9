/**
 * Histograms of oriented gradients after Dalal and Triggs 2005 (sections 4 and 6): centred differences without
 * smoothing, 9 unsigned orientations, blocks of 2 x 2 cells one cell apart, a Gaussian window over each block, votes
 * shared linearly between neighbouring orientations and cells, L2-Hys with clipping at 0.2.
 * Of the readings of that paper this is OpenCV's but for the window's middle, which here lies between the two middle
 * pixels; test/golden/hog.json holds its numbers and scikit-image's.
 */
import { BINS } from './hog-geometry.js';
import type { HogGeometry } from './hog-geometry.js';
import { addBlockVotes } from './hog-votes.js';

const CLIP = 0.2;
/** Keeps a block without gradients at zero instead of dividing by it; in grey levels, small against any edge. */
const EPSILON = 1;

/** Cells of 8 pixels, as in the paper. */
export const HOG_48: HogGeometry = { side: 48, cell: 8 };

/** Blocks in a row, and rows of blocks. */
function hogBlocks({ side, cell }: HogGeometry): number {
  return side / cell - 1;
}

/** Numbers in a descriptor: for each block 2 x 2 cells of 9 bins. */
export function hogLength(geometry: HogGeometry): number {
  return hogBlocks(geometry) ** 2 * 4 * BINS;
}

/** Grey [side, side], 0 to 255 -> hogLength numbers, block by block, cell by cell, bin by bin. */
export function hog(grey: Float32Array, geometry: HogGeometry): Float32Array {
  const out = new Float32Array(hogLength(geometry));
  addBlockVotes(grey, geometry, out);
  const blockLength = 4 * BINS;
  for (let start = 0; start < out.length; start += blockLength) normaliseHys(out, start, start + blockLength);
  return out;
}

/**
 * Each cell once: the sum of its up to four normalised histograms, under a square root (Hellinger). Felzenszwalb et
 * al. 2010 (section 6.2) show that a principal component analysis of HOG leaves about these sums; a quarter of the
 * numbers find as many products (R@1 0.61 either way). Shape [cells, cells, bins].
 */
export function hogCells(blocks: Float32Array, geometry: HogGeometry): Float32Array {
  const perSide = hogBlocks(geometry);
  const cells = perSide + 1;
  const out = new Float32Array(cells * cells * BINS);
  let from = 0;
  for (let block = 0; block < perSide * perSide; block += 1) {
    const [y, x] = [Math.floor(block / perSide), block % perSide];
    for (let cell = 0; cell < 4; cell += 1) {
      const to = ((y + (cell >> 1)) * cells + x + (cell & 1)) * BINS;
      for (let bin = 0; bin < BINS; bin += 1, from += 1) {
        out[to + bin] = (out[to + bin] ?? 0) + (blocks[from] ?? 0);
      }
    }
  }
  return out.map(Math.sqrt);
}

/** L2-Hys: to unit length, clipped, to unit length again. */
function normaliseHys(values: Float32Array, start: number, end: number): void {
  scaleToUnit(values, start, end, EPSILON);
  for (let at = start; at < end; at += 1) values[at] = Math.min(CLIP, values[at] ?? 0);
  scaleToUnit(values, start, end, EPSILON / 255);
}

function scaleToUnit(values: Float32Array, start: number, end: number, epsilon: number): void {
  let sum = epsilon * epsilon;
  for (let at = start; at < end; at += 1) sum += (values[at] ?? 0) ** 2;
  const scale = 1 / Math.sqrt(sum);
  for (let at = start; at < end; at += 1) values[at] = (values[at] ?? 0) * scale;
}
