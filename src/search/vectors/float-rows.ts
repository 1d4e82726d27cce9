/**
 * Vectors of float32 in dense rows of shared memory, to compare exactly. Removing a row moves the last into its place.
 * A length is a multiple of 16.
 */
import type { BestRows } from './best-rows.js';
import { plainKernels } from './plain-kernels.js';
import { ROWS_AT, ScanMemory } from './scan-memory.js';
import { floatPick, floatScan } from './scan-kernels.js';

export class FloatRows {
  readonly length: number;
  readonly #stride: number;
  readonly #memory: ScanMemory<'floats' | 'someFloats'>;
  #size = 0;

  /** `capacity`: rows to have room for at once; `vector`: see ScanMemory. */
  constructor(length: number, capacity = 0, vector = true) {
    this.length = length;
    this.#stride = length * 4;
    this.#memory = new ScanMemory({
      kernels: [floatScan(length), floatPick(length)],
      plain: (buffer) => plainKernels(length, buffer),
      capacity: capacity * this.#stride,
      vector,
    });
  }

  get size(): number {
    return this.#size;
  }

  /** Where the rows lie, for another thread to read: float32, row after row, from `offset` bytes on. */
  get shared(): { readonly buffer: ArrayBuffer | SharedArrayBuffer; readonly offset: number } {
    return { buffer: this.#memory.buffer, offset: ROWS_AT };
  }

  push(vector: Float32Array): void {
    this.#size += 1;
    this.#memory.reach(ROWS_AT + this.#size * this.#stride);
    this.set(this.#size - 1, vector);
  }

  set(row: number, vector: Float32Array): void {
    this.#memory.floats.set(vector, this.#at(row));
  }

  /** A view, valid until rows are added. */
  row(row: number): Float32Array {
    return this.#memory.floats.subarray(this.#at(row), this.#at(row) + this.length);
  }

  removeByMovingLast(row: number): void {
    this.set(row, this.row(this.#size - 1));
    this.#size -= 1;
  }

  /** The dot product of every row with the query. */
  scan(query: Float32Array, best: BestRows): void {
    this.#memory.ask(query);
    this.#memory.scan('floats', ROWS_AT, this.#stride, this.#size, best);
  }

  /** Of the rows named alone. */
  pick(rows: Uint32Array, query: Float32Array, best: BestRows): void {
    this.#memory.ask(query);
    this.#memory.pick('someFloats', rows, best);
  }

  #at(row: number): number {
    return ROWS_AT / 4 + row * this.length;
  }
}
