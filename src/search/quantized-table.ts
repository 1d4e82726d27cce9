/**
 * Vectors as bytes in shared memory, for a first look at many of them: a quarter of the memory to read, and how far a
 * dot product may be off is known. Each row has its own scale, its largest component being 127.
 *
 * Memory: the query, ids and results of one call, then the rows, which may grow. Any thread may read it.
 */
import { createMemory, instantiate } from '../platform/wasm-module.js';
import type { Kernel, WasmMemory } from '../platform/wasm-module.js';
import { ROW_HEAD, dotKernel, plainDots } from './dot-kernel.js';

const PAGE = 65_536;
/** All that a 32-bit address reaches. */
const MOST_PAGES = 65_536;
/** Ids of one call. */
const CHUNK = 8192;
const MOST = 127;
const LANES = 16;

/** Addresses. A query takes at most what lies before the ids. */
const IDS_AT = PAGE;
const OUT_AT = IDS_AT + CHUNK * 4;
const ROWS_AT = OUT_AT + CHUNK * 4;

/** Approximate dot products, none further than `slack` from the true one. */
interface Approximate {
  readonly dots: Float32Array;
  readonly slack: number;
}

export class QuantizedTable {
  readonly #length: number;
  /** Padded to whole vectors. */
  readonly #padded: number;
  readonly #stride: number;
  readonly #memory: WasmMemory;
  readonly #dots: Kernel;
  #bytes: Int8Array;
  #floats: Float32Array;
  #rows = 0;
  /** The largest L2 length of what rounding took from a row, and of a row. */
  #residual = 0;
  #norm = 0;

  /** `vector`: whether to use vector units where the machine has them; the results are the same without. */
  constructor(length: number, capacity: number, vector = true) {
    this.#length = length;
    this.#padded = Math.ceil(length / LANES) * LANES;
    this.#stride = ROW_HEAD + this.#padded;
    const initial = Math.ceil((ROWS_AT + capacity * this.#stride) / PAGE);
    const limits = { initial, maximum: MOST_PAGES, shared: true };
    this.#memory = createMemory(limits);
    this.#bytes = new Int8Array(this.#memory.buffer);
    this.#floats = new Float32Array(this.#memory.buffer);
    const kernels = vector
      ? instantiate<'dots'>([dotKernel()], { ...limits, initial: 1 }, this.#memory)
      : null;
    this.#dots =
      kernels?.dots ??
      ((...[table = 0, ids = 0, count = 0, stride = 0, query = 0, size = 0, out = 0]) =>
        plainDots(this.#memory.buffer, table, ids, count, stride, query, size, out));
  }

  get size(): number {
    return this.#rows;
  }

  push(vector: Float32Array): void {
    const end = ROWS_AT + (this.#rows + 1) * this.#stride;
    if (end > this.#bytes.length) {
      const pages = Math.min(this.#bytes.length / PAGE, MOST_PAGES - this.#bytes.length / PAGE);
      this.#memory.grow(Math.max(pages, Math.ceil((end - this.#bytes.length) / PAGE)));
      this.#bytes = new Int8Array(this.#memory.buffer);
      this.#floats = new Float32Array(this.#memory.buffer);
    }
    this.#rows += 1;
    this.set(this.#rows - 1, vector);
  }

  set(row: number, vector: Float32Array): void {
    const from = ROWS_AT + row * this.#stride;
    const largest = vector.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const scale = Math.fround(largest / MOST);
    this.#floats[from / 4] = scale;
    let lost = 0;
    let squares = 0;
    for (let at = 0; at < this.#length; at += 1) {
      const value = vector[at] ?? 0;
      const whole = scale === 0 ? 0 : Math.round(value / scale);
      this.#bytes[from + ROW_HEAD + at] = whole;
      lost += (value - whole * scale) ** 2;
      squares += value * value;
    }
    this.#residual = Math.max(this.#residual, Math.sqrt(lost));
    this.#norm = Math.max(this.#norm, Math.sqrt(squares));
  }

  removeByMovingLast(row: number): void {
    const last = ROWS_AT + (this.#rows - 1) * this.#stride;
    this.#bytes.copyWithin(ROWS_AT + row * this.#stride, last, last + this.#stride);
    this.#rows -= 1;
  }

  /** With the rows named, in their order. */
  dots(rows: Uint32Array, query: Float32Array): Approximate {
    const { scale, lost, norm } = this.#place(query);
    const out = new Float32Array(rows.length);
    const [ids, results] = [IDS_AT / 4, OUT_AT / 4];
    const names = new Uint32Array(this.#memory.buffer, IDS_AT, CHUNK);
    for (let from = 0; from < rows.length; from += CHUNK) {
      const some = rows.subarray(from, from + CHUNK);
      names.set(some);
      this.#dots(ROWS_AT, ids * 4, some.length, this.#stride, 0, this.#padded, results * 4);
      out.set(this.#floats.subarray(results, results + some.length), from);
    }
    for (let at = 0; at < out.length; at += 1) out[at] = (out[at] ?? 0) * scale;
    // |q.r - Q.R| = |q.(r - R) + (q - Q).R| by Cauchy and Schwarz, and single precision.
    const slack = norm * this.#residual + lost * (this.#norm + this.#residual) + 1e-5;
    return { dots: out, slack };
  }

  /** Quantised at the start of the memory. Its own scale is applied to the results. */
  #place(query: Float32Array): { readonly scale: number; readonly lost: number; readonly norm: number } {
    const numbers = new Int16Array(this.#memory.buffer, 0, this.#padded);
    const largest = query.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    // As fine as sums of products of two neighbours stay within 32 bits.
    const most = Math.min(32_767, Math.floor(2 ** 31 / (MOST * this.#padded)));
    const scale = largest / most;
    let lost = 0;
    let squares = 0;
    for (let at = 0; at < this.#length; at += 1) {
      const value = query[at] ?? 0;
      const whole = scale === 0 ? 0 : Math.round(value / scale);
      numbers[at] = whole;
      lost += (value - whole * scale) ** 2;
      squares += value * value;
    }
    return { scale, lost: Math.sqrt(lost), norm: Math.sqrt(squares) };
  }
}
