/**
 * Vectors of one length, one after the other in blocks of memory, so that a scan reads memory in order and a table that
 * grows copies nothing. Rows are dense: removing one moves the last row into its place.
 */
import { FashiondError } from '../domain/errors.js';

/** Rows of a block, a power of two. */
const BLOCK_BITS = 8;
const IN_BLOCK = 2 ** BLOCK_BITS - 1;

export class VectorTable {
  readonly #blocks: Float32Array[] = [];
  #rows = 0;
  readonly length: number;

  /** `length` is the number of components of each vector. */
  constructor(length: number) {
    this.length = length;
  }

  get size(): number {
    return this.#rows;
  }

  push(vector: Float32Array): void {
    if (this.#rows >>> BLOCK_BITS === this.#blocks.length) {
      this.#blocks.push(new Float32Array(2 ** BLOCK_BITS * this.length));
    }
    this.#rows += 1;
    this.set(this.#rows - 1, vector);
  }

  set(row: number, vector: Float32Array): void {
    this.#block(row).set(vector, this.#offset(row));
  }

  /** A copy. */
  row(row: number): Float32Array {
    const offset = this.#offset(row);
    return this.#block(row).slice(offset, offset + this.length);
  }

  removeByMovingLast(row: number): void {
    this.set(row, this.row(this.#rows - 1));
    this.#rows -= 1;
  }

  /** Of all rows, in their order. */
  dots(query: Float32Array, start: number, end: number): Float32Array {
    return Float32Array.from({ length: this.#rows }, (_, row) => this.dot(row, query, start, end));
  }

  /** Dot product of components `start` to `end` of a row with those of a query, in double precision. */
  dot(row: number, query: Float32Array, start: number, end: number): number {
    const data = this.#block(row);
    const offset = this.#offset(row);
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    let index = start;
    // Four sums that do not wait for each other: an addition takes several cycles, and one can start in each.
    for (; index + 3 < end; index += 4) {
      a += (data[offset + index] ?? 0) * (query[index] ?? 0);
      b += (data[offset + index + 1] ?? 0) * (query[index + 1] ?? 0);
      c += (data[offset + index + 2] ?? 0) * (query[index + 2] ?? 0);
      d += (data[offset + index + 3] ?? 0) * (query[index + 3] ?? 0);
    }
    for (; index < end; index++) a += (data[offset + index] ?? 0) * (query[index] ?? 0);
    return a + b + (c + d);
  }

  #block(row: number): Float32Array {
    const block = this.#blocks[row >>> BLOCK_BITS];
    if (block === undefined) throw new FashiondError('internal', `there is no row ${row} of ${this.#rows}`);
    return block;
  }

  #offset(row: number): number {
    return (row & IN_BLOCK) * this.length;
  }
}

/** Refuses a vector of another length or with components that are no numbers, naming whose it is. */
export function requireVector(vector: Float32Array, length: number, what: string): void {
  if (vector.length !== length) {
    throw new FashiondError('incompatible', `${what} has ${vector.length} components, expected ${length}`, {
      hint: 'vectors of different models or look versions are never compared: classify the pictures again',
    });
  }
  for (const component of vector) {
    if (!Number.isFinite(component)) {
      throw new FashiondError('corrupt', `${what} holds ${component}`, {
        hint: 'classify the picture again',
      });
    }
  }
}
