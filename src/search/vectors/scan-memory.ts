/**
 * Shared memory that rows are scanned in: a head for the query, ids and results of one call, then the rows, which may
 * grow. One thread scans; any other may read the rows.
 */
import { createMemory, instantiate } from '../../platform/wasm-module.js';
import type { WasmFunction } from '../../platform/wasm-assembler.js';
import type { Kernel, WasmMemory } from '../../platform/wasm-module.js';
import type { BestRows } from './best-rows.js';

const PAGE = 65_536;
/** All that a 32-bit address reaches. */
const MOST_PAGES = 65_536;
/** Rows of one call. */
const CHUNK = 4096;

/** Addresses. A query takes what lies before the bar: vectors of up to 4,096 bytes. */
const BAR_AT = 4096;
const TALLY_AT = BAR_AT + 4;
const IDS_AT = BAR_AT + 16;
const OUT_AT = IDS_AT + CHUNK * 4;
export const ROWS_AT = PAGE;

export interface ScanOptions<Name extends string> {
  readonly kernels: readonly WasmFunction[];
  /** The same without vector units. */
  readonly plain: (buffer: () => ArrayBufferLike) => Readonly<Record<Name, Kernel>>;
  /** Bytes to have room for at once, for rows. */
  readonly capacity: number;
  /** Whether to use vector units where the machine has them; the results are the same without. */
  readonly vector: boolean;
}

export class ScanMemory<Name extends string> {
  readonly #memory: WasmMemory;
  readonly kernels: Readonly<Record<Name, Kernel>>;
  bytes: Int8Array;
  floats: Float32Array;
  words: Uint32Array;

  constructor({ kernels, plain, capacity, vector }: ScanOptions<Name>) {
    const initial = Math.ceil((ROWS_AT + capacity) / PAGE);
    const limits = { initial, maximum: MOST_PAGES, shared: true };
    this.#memory = createMemory(limits);
    const fast = vector ? instantiate<Name>(kernels, { ...limits, initial: 1 }, this.#memory) : null;
    this.kernels = fast ?? plain(() => this.#memory.buffer);
    this.bytes = new Int8Array(this.#memory.buffer);
    this.floats = new Float32Array(this.#memory.buffer);
    this.words = new Uint32Array(this.#memory.buffer);
  }

  /** For another thread to read from. */
  get buffer(): ArrayBuffer | SharedArrayBuffer {
    return this.#memory.buffer;
  }

  /** Makes the memory reach to an address, doubling it while that is possible. */
  reach(end: number): void {
    if (end <= this.bytes.length) return;
    const pages = this.bytes.length / PAGE;
    const needed = Math.ceil(end / PAGE) - pages;
    this.#memory.grow(Math.max(needed, Math.min(pages, MOST_PAGES - pages)));
    this.bytes = new Int8Array(this.#memory.buffer);
    this.floats = new Float32Array(this.#memory.buffer);
    this.words = new Uint32Array(this.#memory.buffer);
  }

  /** Places what the next scans compare with. */
  ask(query: Float32Array | Uint8Array): void {
    const bytes = new Uint8Array(query.buffer, query.byteOffset, query.byteLength);
    new Uint8Array(this.#memory.buffer, 0, BAR_AT).set(bytes);
  }

  /** Compares `count` rows from an address on, and adds those above its bar to `best`. */
  scan(kernel: Name, from: number, stride: number, count: number, best: BestRows): void {
    for (let at = 0; at < count; at += CHUNK) {
      this.#take(kernel, from + at * stride, Math.min(CHUNK, count - at), at, best);
    }
  }

  /** Compares the rows whose places are named. */
  pick(kernel: Name, places: Uint32Array, best: BestRows): void {
    for (let at = 0; at < places.length; at += CHUNK) {
      const some = places.subarray(at, at + CHUNK);
      this.words.set(some, IDS_AT / 4);
      this.#take(kernel, ROWS_AT, some.length, IDS_AT, best);
    }
  }

  #take(kernel: Name, from: number, count: number, last: number, best: BestRows): void {
    this.floats[BAR_AT / 4] = best.bar;
    this.kernels[kernel](from, count, 0, BAR_AT, OUT_AT, TALLY_AT, last);
    const end = (OUT_AT + (this.words[TALLY_AT / 4] ?? 0)) / 4;
    for (let at = OUT_AT / 4; at < end; at += 2) best.add(this.floats[at] ?? 0, this.words[at + 1] ?? 0);
  }
}
