/**
 * k-means over rows of float32 (Lloyd): centroids from a sample of rows, and the centroid next to each row. A centroid
 * that lost all its rows takes the place of one that has most, moved a little, as in faiss.
 */
import { Random } from '../../platform/random.js';
import { plainKernels } from './plain-kernels.js';
import { NEAREST_STEP, nearestScan } from './scan-kernels.js';
import { ROWS_AT, ScanMemory } from './scan-memory.js';

/** Sampled rows for each centroid, and rounds. Twice as many of either gain no recall at a million rows. */
const SAMPLE = 64;
const ROUNDS = 8;
/** Rows compared in one call. */
const BATCH = 4096;
const NUDGE = 1 / 1024;
/** Numbers of a vector of the kernels. */
const LANES = 4;

/** `rows` has so many numbers for each row; `count` centroids come back one after the other, fewer for fewer rows. */
export function trainCentroids(rows: Float32Array, length: number, count: number, seed = 1): Float32Array {
  const size = rows.length / length;
  const many = Math.min(count, size);
  const sample = sampled(rows, length, Math.min(size, many * SAMPLE), seed);
  let centroids: Float32Array = sample.slice(0, many * length);
  for (let round = 0; round < ROUNDS; round += 1) {
    centroids = meansOf(sample, new Centroids(centroids, length).nearest(sample), centroids, length);
  }
  return centroids;
}

/** Centroids, and which of them is next to a row by L2 distance. */
export class Centroids {
  readonly #length: number;
  /** Numbers of a row in the memory of the kernels, which take whole vectors: zeros follow the row's own. */
  readonly #stride: number;
  readonly #many: number;
  readonly #memory: ScanMemory<'nearest'>;
  /** Addresses. */
  readonly #halves: number;
  readonly #out: number;
  readonly #rows: number;

  constructor(centroids: Float32Array, length: number, vector = true) {
    this.#length = length;
    this.#stride = Math.ceil(length / LANES) * LANES;
    this.#many = centroids.length / length;
    this.#halves = ROWS_AT + this.#many * this.#stride * 4;
    this.#out = this.#halves + this.#many * 4;
    this.#rows = Math.ceil((this.#out + BATCH * 4) / 16) * 16;
    this.#memory = new ScanMemory({
      kernels: [nearestScan(this.#stride)],
      plain: (buffer) => plainKernels(this.#stride, buffer),
      capacity: this.#rows + BATCH * this.#stride * 4,
      vector,
    });
    const { floats } = this.#memory;
    this.#put(centroids, ROWS_AT / 4);
    for (let c = 0; c < this.#many; c += 1) {
      const own = centroids.subarray(c * length, (c + 1) * length);
      floats[this.#halves / 4 + c] = own.reduce((sum, value) => sum + (value * value) / 2, 0);
    }
  }

  /** For each row, one after the other in `rows`. */
  nearest(rows: Float32Array): Uint32Array {
    const length = this.#length;
    const size = rows.length / length;
    const nearest = new Uint32Array(size);
    const { words, kernels } = this.#memory;
    for (let from = 0; from < size; from += BATCH) {
      const some = Math.min(BATCH, size - from);
      this.#put(rows.subarray(from * length, (from + some) * length), this.#rows / 4);
      const whole = Math.ceil(some / NEAREST_STEP) * NEAREST_STEP;
      kernels.nearest(this.#rows, whole, ROWS_AT, this.#many, this.#halves, this.#out);
      nearest.set(words.subarray(this.#out / 4, this.#out / 4 + some), from);
    }
    return nearest;
  }

  /** Rows one after the other to `at`, in numbers. */
  #put(rows: Float32Array, at: number): void {
    const { floats } = this.#memory;
    if (this.#stride === this.#length) {
      floats.set(rows, at);
      return;
    }
    for (let from = 0, to = at; from < rows.length; from += this.#length, to += this.#stride) {
      floats.set(rows.subarray(from, from + this.#length), to);
    }
  }
}

/** So many different rows, by a partial Fisher-Yates shuffle. */
function sampled(rows: Float32Array, length: number, wanted: number, seed: number): Float32Array {
  const random = new Random(seed);
  const order = new Uint32Array(rows.length / length).map((_, at) => at);
  const sample = new Float32Array(wanted * length);
  for (let at = 0; at < wanted; at += 1) {
    const other = at + Math.floor(random.next() * (order.length - at));
    const chosen = order[other] ?? 0;
    order[other] = order[at] ?? 0;
    sample.set(rows.subarray(chosen * length, (chosen + 1) * length), at * length);
  }
  return sample;
}

function meansOf(
  rows: Float32Array,
  nearest: Uint32Array,
  before: Float32Array,
  length: number,
): Float32Array {
  const many = before.length / length;
  const sums = new Float64Array(before.length);
  const counts = new Uint32Array(many);
  for (const [row, c] of nearest.entries()) {
    counts[c] = (counts[c] ?? 0) + 1;
    for (let at = 0; at < length; at += 1) {
      sums[c * length + at] = (sums[c * length + at] ?? 0) + (rows[row * length + at] ?? 0);
    }
  }
  const means = Float32Array.from(sums, (sum, at) => sum / Math.max(1, counts[Math.floor(at / length)] ?? 0));
  for (let c = 0; c < many; c += 1) {
    if ((counts[c] ?? 0) > 0) continue;
    const most = counts.indexOf(counts.reduce((one, other) => Math.max(one, other)));
    for (let at = 0; at < length; at += 1) {
      const value = means[most * length + at] ?? 0;
      const sign = at % 2 === 0 ? 1 : -1;
      means[c * length + at] = value * (1 + sign * NUDGE);
      means[most * length + at] = value * (1 - sign * NUDGE);
    }
    const half = (counts[most] ?? 0) >> 1;
    counts[c] = half;
    counts[most] = (counts[most] ?? 0) - half;
  }
  return means;
}
