/**
 * Short vectors as bytes in shared memory, in lists that are read one after the other: a first look at many rows for a
 * quarter of the memory traffic. Each part of a row has its own scale, its largest component being 127.
 *
 * A list is a chain of chunks of `CHUNK_ROWS` places; only its last may be part empty. A row's place is known, so that
 * rows can be compared one by one as well, and removed: the last of the list moves into the hole.
 */
import type { BestRows } from './best-rows.js';
import { blendKernels, plainBlendKernels } from './blend-kernel.js';
import type { BlendShape } from './blend-kernel.js';
import { writeRow } from './byte-row.js';
import { ROWS_AT, ScanMemory } from './scan-memory.js';

const CHUNK_ROWS = 64;

interface List {
  readonly chunks: number[];
  count: number;
}

export class ByteLists {
  readonly shape: BlendShape;
  readonly #memory: ScanMemory<'blends' | 'someBlends'>;
  readonly #lists: readonly List[];
  /** Of each row, its place; places of one chunk follow each other. */
  #places = new Uint32Array(1024);
  /** Of each chunk, its list. */
  readonly #owners: number[] = [];
  readonly #free: number[] = [];

  /** `capacity`: rows to have room for at once; `lists`: how many; `vector`: see ScanMemory. */
  constructor(shape: BlendShape, capacity = 0, lists = 1, vector = true) {
    this.shape = shape;
    this.#lists = Array.from({ length: lists }, () => ({ chunks: [], count: 0 }));
    this.#memory = new ScanMemory({
      kernels: blendKernels(shape),
      plain: (buffer) => plainBlendKernels(shape, buffer),
      // Every list may have a chunk that is part empty.
      capacity: (capacity + (lists * CHUNK_ROWS) / 2) * shape.stride,
      vector,
    });
  }

  /** How many rows each list has. */
  get counts(): readonly number[] {
    return this.#lists.map(({ count }) => count);
  }

  add(row: number, vector: Float32Array, list = 0): void {
    const place = this.#take(list);
    this.#name(place, row);
    this.set(row, vector);
  }

  /** A row as `bytesOf` gave it; its name there is not looked at. */
  addBytes(row: number, bytes: Int8Array, list = 0): void {
    const place = this.#take(list);
    this.#memory.bytes.set(bytes, this.#at(place));
    this.#name(place, row);
  }

  set(row: number, vector: Float32Array): void {
    const { bytes, floats } = this.#memory;
    writeRow(this.shape, vector, bytes, floats, this.#at(this.#places[row] ?? 0));
  }

  remove(row: number): void {
    const hole = this.#places[row] ?? 0;
    const list = this.#lists[this.#owners[Math.floor(hole / CHUNK_ROWS)] ?? 0];
    const chunk = list?.chunks.at(-1);
    if (list === undefined || chunk === undefined) return;
    list.count -= 1;
    const last = chunk * CHUNK_ROWS + (list.count % CHUNK_ROWS);
    if (last !== hole) {
      const from = this.#at(last);
      this.#memory.bytes.copyWithin(this.#at(hole), from, from + this.shape.stride);
      this.#places[this.#memory.words[(this.#at(hole) + this.shape.nameAt) / 4] ?? 0] = hole;
    }
    if (list.count % CHUNK_ROWS === 0) this.#free.push(list.chunks.pop() ?? 0);
  }

  /** A row goes by another number from now on. */
  rename(from: number, to: number): void {
    this.#name(this.#places[from] ?? 0, to);
  }

  /** A row as it lies there, its name included. A view, valid until rows are added. */
  bytesOf(row: number): Int8Array {
    const from = this.#at(this.#places[row] ?? 0);
    return this.#memory.bytes.subarray(from, from + this.shape.stride);
  }

  /** Compares with the rows of these lists, or of all. `query` from `writeQuery`. */
  scan(query: Uint8Array, best: BestRows, lists: Iterable<number> = this.#lists.keys()): void {
    this.#memory.ask(query);
    for (const one of lists) {
      const { chunks, count } = this.#lists[one] ?? { chunks: [], count: 0 };
      let left = count;
      for (let at = 0, run = 1; at < chunks.length; at += run) {
        const first = chunks[at] ?? 0;
        for (run = 1; chunks[at + run] === first + run;) run += 1;
        const rows = Math.min(left, run * CHUNK_ROWS);
        this.#memory.scan('blends', this.#at(first * CHUNK_ROWS), this.shape.stride, rows, best);
        left -= rows;
      }
    }
  }

  /** Of the rows named alone. */
  pick(rows: Uint32Array, query: Uint8Array, best: BestRows): void {
    this.#memory.ask(query);
    const places = rows.map((row) => this.#places[row] ?? 0);
    this.#memory.pick('someBlends', places, best);
  }

  #take(at: number): number {
    const list = this.#lists[at];
    if (list === undefined) throw new RangeError(`there is no list ${at}`);
    const inChunk = list.count % CHUNK_ROWS;
    if (inChunk === 0) {
      const chunk = this.#free.pop() ?? this.#owners.length;
      this.#owners[chunk] = at;
      this.#memory.reach(this.#at((chunk + 1) * CHUNK_ROWS));
      list.chunks.push(chunk);
    }
    list.count += 1;
    return (list.chunks.at(-1) ?? 0) * CHUNK_ROWS + inChunk;
  }

  #at(place: number): number {
    return ROWS_AT + place * this.shape.stride;
  }

  #name(place: number, row: number): void {
    if (row >= this.#places.length) {
      const places = new Uint32Array(Math.max(row + 1, this.#places.length * 2));
      places.set(this.#places);
      this.#places = places;
    }
    this.#places[row] = place;
    this.#memory.words[(this.#at(place) + this.shape.nameAt) / 4] = row;
  }
}
