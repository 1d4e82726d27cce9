/**
 * Vectors of one length, one after the other in a single Float32Array, so that a scan reads memory in order.
 * Rows are dense: removing one moves the last row into its place.
 */
import { FashiondError } from '../domain/errors.js';

export class VectorTable {
  #data: Float32Array;
  #rows = 0;
  readonly length: number;

  /** `length` is the number of components of each vector. */
  constructor(length: number, capacity = 64) {
    this.length = length;
    this.#data = new Float32Array(length * capacity);
  }

  get size(): number {
    return this.#rows;
  }

  push(vector: Float32Array): void {
    if ((this.#rows + 1) * this.length > this.#data.length) {
      const larger = new Float32Array(Math.max(64, this.#rows * 2) * this.length);
      larger.set(this.#data);
      this.#data = larger;
    }
    this.#rows += 1;
    this.set(this.#rows - 1, vector);
  }

  set(row: number, vector: Float32Array): void {
    this.#data.set(vector, row * this.length);
  }

  /** A copy. */
  row(row: number): Float32Array {
    return this.#data.slice(row * this.length, (row + 1) * this.length);
  }

  removeByMovingLast(row: number): void {
    const last = this.#rows - 1;
    this.#data.copyWithin(row * this.length, last * this.length, this.#rows * this.length);
    this.#rows = last;
  }

  /** Of all rows, in their order. */
  dots(query: Float32Array, start: number, end: number): Float32Array {
    return Float32Array.from({ length: this.#rows }, (_, row) => this.dot(row, query, start, end));
  }

  /** Dot product of components `start` to `end` of a row with those of a query, in double precision. */
  dot(row: number, query: Float32Array, start: number, end: number): number {
    const data = this.#data;
    const offset = row * this.length;
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
