/**
 * The votes of HOG, tile by tile. A tile is the pixels of one cell; it lies in up to four blocks, each time as
 * another quadrant, and a pixel votes for four cells in each. So a pixel's sixteen weights depend on its place in
 * the tile alone, and its vote is two multiplications of sixteen numbers: one for each of two neighbouring bins.
 *
 * All arithmetic is in single precision, in the order in which vector units do it.
 */
import { createMemory, instantiate } from '../platform/wasm-module.js';
import type { Kernel } from '../platform/wasm-module.js';
import { tileKernel } from './hog-kernel.js';
import { BINS, LANES } from './hog-geometry.js';
import type { HogGeometry } from './hog-geometry.js';
import { binPlace } from './hog-orientation.js';

/** [pixels of a tile, quadrants, cells]: the Gaussian window over the block times the linear share of each cell. */
function laneWeights(cell: number): Float32Array {
  const weights = new Float32Array(cell * cell * LANES);
  const block = 2 * cell;
  const sigma = block / 2;
  for (let pixel = 0; pixel < cell * cell; pixel += 1) {
    for (let lane = 0; lane < LANES; lane += 1) {
      const quadrant = lane >> 2;
      const x = (quadrant & 1) * cell + (pixel % cell) + 0.5;
      const y = (quadrant >> 1) * cell + Math.floor(pixel / cell) + 0.5;
      const [dx, dy] = [x - block / 2, y - block / 2];
      const window = Math.exp(-(dx * dx + dy * dy) / (2 * sigma * sigma));
      const fromX = Math.abs(x - ((lane & 1) + 0.5) * cell) / cell;
      const fromY = Math.abs(y - (((lane >> 1) & 1) + 0.5) * cell) / cell;
      weights[pixel * LANES + lane] = window * Math.max(0, 1 - fromX) * Math.max(0, 1 - fromY);
    }
  }
  return weights;
}

/** Adds up the votes of all pixels of one tile. */
interface TileAdder {
  /** Takes the picture; `addTile` is of its pixels until the next. */
  begin(grey: Float32Array): void;
  /** [BINS, LANES], valid until the next call. `left` and `top` in pixels. */
  sumsOf(left: number, top: number): Float32Array;
}

const adders = new Map<string, TileAdder>();

/** Adds the votes of grey [side, side] to `out`, shape [blocks, blocks, 4 cells, 9 bins]. */
export function addBlockVotes(grey: Float32Array, geometry: HogGeometry, out: Float32Array): void {
  const { side, cell } = geometry;
  const key = `${side} ${cell}`;
  let adder = adders.get(key);
  if (adder === undefined) {
    adder = vectorAdder(geometry) ?? new PlainAdder(geometry);
    adders.set(key, adder);
  }
  addVotes(grey, geometry, adder, out);
}

/** As `addBlockVotes`, by the given adder. */
export function addVotes(
  grey: Float32Array,
  { side, cell }: HogGeometry,
  adder: TileAdder,
  out: Float32Array,
): void {
  const cells = side / cell;
  adder.begin(grey);
  for (let tile = 0; tile < cells * cells; tile += 1) {
    const [x, y] = [tile % cells, Math.floor(tile / cells)];
    shareOut(adder.sumsOf(x * cell, y * cell), x, y, cells - 1, out);
  }
}

const PAGE = 65_536;
const FLOAT = Float32Array.BYTES_PER_ELEMENT;

/** Null where the machine has no vector units. Memory: the picture with its border, weights, sums, scratch. */
export function vectorAdder({ side, cell }: HogGeometry): TileAdder | null {
  const wide = side + 2;
  const weights = laneWeights(cell);
  const weightsAt = Math.ceil((wide * wide) / 4) * 4 * FLOAT;
  const sumsAt = weightsAt + weights.byteLength;
  const scratchAt = sumsAt + BINS * LANES * FLOAT;
  const pages = Math.ceil((scratchAt + PAGE / 64) / PAGE);
  const limits = { initial: pages, maximum: pages, shared: false };
  const memory = createMemory(limits);
  const addTile: Kernel | undefined = instantiate<'addTile'>([tileKernel()], limits, memory)?.addTile;
  if (addTile === undefined) return null;
  const bordered = new Float32Array(memory.buffer, 0, wide * wide);
  new Float32Array(memory.buffer, weightsAt, weights.length).set(weights);
  const sums = new Float32Array(memory.buffer, sumsAt, BINS * LANES);
  return {
    begin: (grey) => withBorder(grey, side, bordered),
    sumsOf: (left, top) => {
      sums.fill(0);
      const first = ((top + 1) * wide + left + 1) * FLOAT;
      addTile(first, wide * FLOAT, cell, weightsAt, sumsAt, scratchAt);
      return sums;
    },
  };
}

/** Beyond the picture the edge pixel repeats. */
function withBorder(grey: Float32Array, side: number, out: Float32Array): void {
  const wide = side + 2;
  for (let y = 0; y < wide; y += 1) {
    const from = Math.min(side - 1, Math.max(0, y - 1)) * side;
    const to = y * wide;
    out.set(grey.subarray(from, from + side), to + 1);
    out[to] = grey[from] ?? 0;
    out[to + side + 1] = grey[from + side - 1] ?? 0;
  }
}

/** Without vector units. */
export class PlainAdder implements TileAdder {
  readonly #geometry: HogGeometry;
  readonly #weights: Float32Array;
  readonly #bordered: Float32Array;
  readonly #sums = new Float32Array(BINS * LANES);

  constructor(geometry: HogGeometry) {
    this.#geometry = geometry;
    this.#weights = laneWeights(geometry.cell);
    this.#bordered = new Float32Array((geometry.side + 2) ** 2);
  }

  begin(grey: Float32Array): void {
    withBorder(grey, this.#geometry.side, this.#bordered);
  }

  sumsOf(left: number, top: number): Float32Array {
    const { side, cell } = this.#geometry;
    const [grey, weights, sums] = [this.#bordered, this.#weights, this.#sums];
    const wide = side + 2;
    sums.fill(0);
    let lane = 0;
    for (let y = top + 1; y <= top + cell; y += 1) {
      for (let at = y * wide + left + 1, end = at + cell; at < end; at += 1, lane += LANES) {
        const dx = Math.fround((grey[at + 1] ?? 0) - (grey[at - 1] ?? 0));
        const dy = Math.fround((grey[at + wide] ?? 0) - (grey[at - wide] ?? 0));
        const squares = Math.fround(Math.fround(dx * dx) + Math.fround(dy * dy));
        const magnitude = Math.fround(Math.sqrt(squares));
        if (magnitude > 0) this.#vote(magnitude, binPlace(dx, dy), weights, lane);
      }
    }
    return sums;
  }

  #vote(magnitude: number, place: number, weights: Float32Array, lane: number): void {
    const sums = this.#sums;
    const lower = Math.floor(place);
    const second = Math.fround(magnitude * Math.fround(place - lower));
    const first = Math.fround(magnitude - second);
    const one = (lower < 0 ? BINS - 1 : lower) * LANES;
    const two = (lower + 1 === BINS ? 0 : lower + 1) * LANES;
    for (let at = 0; at < LANES; at += 1) {
      const weight = weights[lane + at] ?? 0;
      sums[one + at] = (sums[one + at] ?? 0) + Math.fround(weight * first);
      sums[two + at] = (sums[two + at] ?? 0) + Math.fround(weight * second);
    }
  }
}

/** The tile's sums go to the blocks in which it is a quadrant. */
function shareOut(sums: Float32Array, tileX: number, tileY: number, blocks: number, out: Float32Array): void {
  for (let quadrant = 0; quadrant < 4; quadrant += 1) {
    const blockX = tileX - (quadrant & 1);
    const blockY = tileY - (quadrant >> 1);
    if (blockX < 0 || blockY < 0 || blockX >= blocks || blockY >= blocks) continue;
    let to = (blockY * blocks + blockX) * 4 * BINS;
    for (let cell = 0; cell < 4; cell += 1) {
      for (let bin = 0; bin < BINS; bin += 1, to += 1) {
        out[to] = (out[to] ?? 0) + (sums[bin * LANES + quadrant * 4 + cell] ?? 0);
      }
    }
  }
}
