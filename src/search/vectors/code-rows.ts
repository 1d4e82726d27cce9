/**
 * Binary codes of 128 bits in dense rows of shared memory, compared by Hamming distance: a coarse first look, a
 * thirtieth of what vectors of 128 float32 take. What it finds is to be compared by vectors (Lin et al., Deep Learning
 * of Binary Hash Codes for Fast Image Retrieval, CVPRW 2015).
 */
import type { BestRows } from './best-rows.js';
import { plainKernels } from './plain-kernels.js';
import { ROWS_AT, ScanMemory } from './scan-memory.js';
import { CODE_BYTES, codeScan } from './scan-kernels.js';

export class CodeRows {
  readonly #memory: ScanMemory<'codes'>;
  #size = 0;

  constructor(capacity = 0, vector = true) {
    this.#memory = new ScanMemory({
      kernels: [codeScan()],
      plain: (buffer) => plainKernels(0, buffer),
      capacity: capacity * CODE_BYTES,
      vector,
    });
  }

  get size(): number {
    return this.#size;
  }

  push(code: Uint8Array): void {
    this.#size += 1;
    this.#memory.reach(ROWS_AT + this.#size * CODE_BYTES);
    this.set(this.#size - 1, code);
  }

  set(row: number, code: Uint8Array): void {
    this.#memory.bytes.set(code, ROWS_AT + row * CODE_BYTES);
  }

  removeByMovingLast(row: number): void {
    const last = ROWS_AT + (this.#size - 1) * CODE_BYTES;
    this.#memory.bytes.copyWithin(ROWS_AT + row * CODE_BYTES, last, last + CODE_BYTES);
    this.#size -= 1;
  }

  /** The score of a row is its distance in bits, negated. */
  scan(query: Uint8Array, best: BestRows): void {
    this.#memory.ask(query);
    this.#memory.scan('codes', ROWS_AT, CODE_BYTES, this.#size, best);
  }
}
