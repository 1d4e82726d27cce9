/**
 * Histograms of oriented gradients after Dalal and Triggs 2005 (sections 4 and 6): centred differences without
 * smoothing, cells of 8 x 8 pixels, 9 unsigned orientations, blocks of 2 x 2 cells one cell apart, a Gaussian window
 * over each block, votes shared linearly between neighbouring orientations and cells, L2-Hys with clipping at 0.2.
 * Of the readings of that paper this is OpenCV's but for the window's middle, which here lies between the two middle
 * pixels; test/golden/hog.json holds its numbers and scikit-image's.
 */

export const HOG_SIDE = 48;
const CELL = 8;
const BINS = 9;
const BLOCK = 2 * CELL;
const BLOCKS = HOG_SIDE / CELL - 1;
const BLOCK_LENGTH = 4 * BINS;
const CLIP = 0.2;
/** Keeps a block without gradients at zero instead of dividing by it; in grey levels, small against any edge. */
const EPSILON = 1;

/** Numbers in a descriptor: 5 x 5 blocks of 2 x 2 cells of 9 bins. */
export const HOG_LENGTH = BLOCKS * BLOCKS * BLOCK_LENGTH;

/** For each pixel of a block, the weight of its vote in each of the four cells, Gaussian included. */
const CELL_WEIGHTS = cellWeights();

function cellWeights(): Float32Array {
  const weights = new Float32Array(BLOCK * BLOCK * 4);
  const sigma = BLOCK / 2;
  for (let y = 0; y < BLOCK; y += 1) {
    for (let x = 0; x < BLOCK; x += 1) {
      const [dx, dy] = [x + 0.5 - BLOCK / 2, y + 0.5 - BLOCK / 2];
      const window = Math.exp(-(dx * dx + dy * dy) / (2 * sigma * sigma));
      for (let cell = 0; cell < 4; cell += 1) {
        const fromX = Math.abs(x + 0.5 - ((cell % 2) + 0.5) * CELL) / CELL;
        const fromY = Math.abs(y + 0.5 - (Math.floor(cell / 2) + 0.5) * CELL) / CELL;
        weights[(y * BLOCK + x) * 4 + cell] = window * Math.max(0, 1 - fromX) * Math.max(0, 1 - fromY);
      }
    }
  }
  return weights;
}

/** Each pixel's vote: two neighbouring orientation bins and what goes into each. */
interface Votes {
  readonly bins: Uint8Array;
  readonly first: Float32Array;
  readonly second: Float32Array;
}

/** Beyond the picture the edge pixel repeats. */
function votesOf(grey: Float32Array): Votes {
  const last = HOG_SIDE - 1;
  const bins = new Uint8Array(HOG_SIDE * HOG_SIDE);
  const first = new Float32Array(bins.length);
  const second = new Float32Array(bins.length);
  for (let y = 0, pixel = 0; y < HOG_SIDE; y += 1) {
    const above = (y > 0 ? y - 1 : 0) * HOG_SIDE;
    const below = (y < last ? y + 1 : last) * HOG_SIDE;
    for (let x = 0; x < HOG_SIDE; x += 1, pixel += 1) {
      const dx =
        (grey[y * HOG_SIDE + Math.min(x + 1, last)] ?? 0) - (grey[y * HOG_SIDE + Math.max(x - 1, 0)] ?? 0);
      const dy = (grey[below + x] ?? 0) - (grey[above + x] ?? 0);
      const magnitude = Math.sqrt(dx * dx + dy * dy);
      if (magnitude === 0) continue;
      const turn = Math.atan2(dy, dx) / Math.PI;
      // Bin centres lie at (i + 0.5) * 20 degrees; unsigned orientations wrap at 180.
      const place = (turn < 0 ? turn + 1 : turn) * BINS - 0.5;
      const lower = Math.floor(place);
      const share = place - lower;
      bins[pixel] = (lower + BINS) % BINS;
      first[pixel] = magnitude * (1 - share);
      second[pixel] = magnitude * share;
    }
  }
  return { bins, first, second };
}

/** Grey [HOG_SIDE, HOG_SIDE], 0 to 255 -> HOG_LENGTH numbers, block by block, cell by cell, bin by bin. */
export function hog(grey: Float32Array): Float32Array {
  const { bins, first, second } = votesOf(grey);
  const out = new Float32Array(HOG_LENGTH);
  for (let blockY = 0; blockY < BLOCKS; blockY += 1) {
    for (let blockX = 0; blockX < BLOCKS; blockX += 1) {
      const start = (blockY * BLOCKS + blockX) * BLOCK_LENGTH;
      for (let y = 0, at = 0; y < BLOCK; y += 1) {
        let pixel = (blockY * CELL + y) * HOG_SIDE + blockX * CELL;
        for (let x = 0; x < BLOCK; x += 1, pixel += 1, at += 4) {
          const bin = bins[pixel] ?? 0;
          const one = first[pixel] ?? 0;
          const two = second[pixel] ?? 0;
          const next = bin === BINS - 1 ? 0 : bin + 1;
          for (let cell = 0; cell < 4; cell += 1) {
            const weight = CELL_WEIGHTS[at + cell] ?? 0;
            const base = start + cell * BINS;
            out[base + bin] = (out[base + bin] ?? 0) + weight * one;
            out[base + next] = (out[base + next] ?? 0) + weight * two;
          }
        }
      }
      normaliseHys(out.subarray(start, start + BLOCK_LENGTH));
    }
  }
  return out;
}

/** L2-Hys: to unit length, clipped, to unit length again. */
function normaliseHys(block: Float32Array): void {
  scaleToUnit(block, EPSILON);
  for (let at = 0; at < block.length; at += 1) block[at] = Math.min(CLIP, block[at] ?? 0);
  scaleToUnit(block, EPSILON / 255);
}

function scaleToUnit(block: Float32Array, epsilon: number): void {
  let sum = epsilon * epsilon;
  for (let at = 0; at < block.length; at += 1) sum += (block[at] ?? 0) ** 2;
  const scale = 1 / Math.sqrt(sum);
  for (let at = 0; at < block.length; at += 1) block[at] = (block[at] ?? 0) * scale;
}
