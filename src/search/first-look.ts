/**
 * The first look of a search: short vectors of all pictures, as bytes, in one list, or past `PARTITION_FROM` in many of
 * which a query looks at some. What it finds is for a full comparison.
 *
 * A partition is filled row by row while the one list goes on answering; what changes meanwhile changes in both.
 */
import type { LookLayout } from '../domain/picture.js';
import type { BlendSettings, CompactBasis, SearchVectors } from '../domain/similar.js';
import { Random } from '../platform/random.js';
import { PARTS } from './blend.js';
import { compactSlices, compactVector } from './compact-vector.js';
import { withMirroredShape } from './mirror-shape.js';
import type { BestRows } from './vectors/best-rows.js';
import { blendShape } from './vectors/blend-kernel.js';
import type { BlendShape } from './vectors/blend-kernel.js';
import { ByteLists } from './vectors/byte-lists.js';
import { readRow, writeQuery, writeRow } from './vectors/byte-row.js';
import { Partition } from './vectors/partition.js';

/** Pictures from which on a query does not look at all of them. */
const PARTITION_FROM = 200_000;
/** Rows that centroids are trained on, for each of them. */
const SAMPLE = 64;
/**
 * Share of the lists that a query looks at. What is near in one part alone lies in any list, so that a small share misses
 * much: of 10,000 rendered pictures in 128 lists a sixteenth holds 87 % of the ten best, a quarter 95 %, half 98 %.
 */
const PROBED = 1 / 2;
/** A partition is made anew when it holds so many times its first rows. */
const GROWTH = 2;
/** And when a list is so many times as long as the others; before it has grown so much, training again gives the same. */
const SKEW = 12;
const GROWTH_OF_SKEWED = 1.25;

/** The shape of rows and queries of this basis. */
export function shapeOfBasis({ parts }: CompactBasis): BlendShape {
  return blendShape(
    PARTS.map((part) => parts[part].rows),
    PARTS.indexOf('shape'),
  );
}

/** The vectors of a picture as a row of bytes. */
export function shortRow(vectors: SearchVectors, layout: LookLayout, basis: CompactBasis): Int8Array {
  const shape = shapeOfBasis(basis);
  const row = new Int8Array(shape.stride);
  writeRow(shape, compactVector(vectors, layout, basis), row, new Float32Array(row.buffer), 0);
  return row;
}

interface Filling {
  readonly partition: Partition;
  readonly filed: Set<number>;
  at: number;
}

export class FirstLook {
  readonly #layout: LookLayout;
  readonly #basis: CompactBasis;
  readonly #shape: BlendShape;
  #lists: ByteLists;
  #partition: Partition | null = null;
  /** The partition that is being filled: of each row whether it is in, and where to look for the next that is not. */
  #next: Filling | null = null;
  #size = 0;
  #partitionedSize = 0;

  /** `capacity`: rows to have room for at once. */
  constructor(layout: LookLayout, basis: CompactBasis, capacity: number) {
    this.#layout = layout;
    this.#basis = basis;
    this.#shape = shapeOfBasis(basis);
    this.#lists = new ByteLists(this.#shape, capacity);
  }

  push(bytes: Int8Array): void {
    const row = this.#size;
    this.#size += 1;
    if (this.#partition === null) this.#lists.addBytes(row, bytes);
    else this.#partition.add(row, bytes);
  }

  set(row: number, bytes: Int8Array): void {
    this.#lists.remove(row);
    if (this.#partition === null) this.#lists.addBytes(row, bytes);
    else this.#partition.add(row, bytes);
    if (this.#next?.filed.delete(row) === true) {
      this.#next.partition.lists.remove(row);
      this.#next.at = Math.min(this.#next.at, row);
    }
  }

  removeByMovingLast(row: number): void {
    this.#size -= 1;
    this.#lists.remove(row);
    if (row !== this.#size) this.#lists.rename(this.#size, row);
    if (this.#next !== null) this.#forget(this.#next, row);
  }

  /** A copy. */
  bytesOf(row: number): Int8Array {
    const bytes = this.#lists.bytesOf(row).slice();
    // The name is the row's, which is another one in the next index.
    bytes.fill(0, this.#shape.nameAt, this.#shape.nameAt + 4);
    return bytes;
  }

  /** Of the rows named, or of all that the lists near the query hold; null for those. */
  scan(query: SearchVectors, settings: BlendSettings, rows: Uint32Array | null, best: BestRows): void {
    const asked = this.#asked(query, settings);
    if (rows !== null) this.#lists.pick(rows, asked, best);
    else if (this.#partition === null) this.#lists.scan(asked, best);
    else this.#partition.scan(asked, best, Math.ceil(this.#lists.counts.length * PROBED));
  }

  /** Every row, whatever the partition. */
  scanAll(query: SearchVectors, settings: BlendSettings, best: BestRows): void {
    this.#lists.scan(this.#asked(query, settings), best);
  }

  /** Whether the rows should be divided, or divided anew. */
  get wantsPartition(): boolean {
    if (this.#next !== null || this.#size < PARTITION_FROM) return false;
    if (this.#partition === null || this.#size > GROWTH * this.#partitionedSize) return true;
    if (this.#size <= GROWTH_OF_SKEWED * this.#partitionedSize) return false;
    const { counts } = this.#lists;
    return Math.max(...counts) > (SKEW * this.#size) / counts.length;
  }

  /** What centroids are trained on, drawn at random: rows of numbers one after the other, and how many centroids. */
  sample(): { readonly rows: Float32Array<ArrayBuffer>; readonly length: number; readonly lists: number } {
    const lists = 2 ** Math.round(Math.log2(Math.sqrt(this.#size)));
    const wanted = Math.min(this.#size, lists * SAMPLE);
    const length = this.#shape.parts.reduce((sum, part) => sum + part.length, 0);
    const rows = new Float32Array(wanted * length);
    const random = new Random(this.#size);
    for (let at = 0; at < wanted; at += 1) {
      const row = random.int(0, this.#size - 1);
      rows.set(readRow(this.#shape, this.#lists.bytesOf(row)), at * length);
    }
    return { rows, length, lists };
  }

  /** Begins to divide the rows; `divide` goes on with it. */
  beginPartition(centroids: Float32Array): void {
    const partition = new Partition(this.#shape, centroids, this.#size);
    this.#next = { partition, filed: new Set(), at: 0 };
  }

  /** Puts so many more rows into the partition. Returns whether there are more. */
  divide(count: number): boolean {
    const next = this.#next;
    if (next === null) return false;
    for (let left = count; left > 0 && next.at < this.#size; next.at += 1) {
      if (next.filed.has(next.at)) continue;
      next.partition.add(next.at, this.#lists.bytesOf(next.at));
      next.filed.add(next.at);
      left -= 1;
    }
    if (next.at < this.#size) return true;
    this.#partition = next.partition;
    this.#lists = next.partition.lists;
    this.#partitionedSize = this.#size;
    this.#next = null;
    return false;
  }

  #asked(query: SearchVectors, { weights, sharpness }: BlendSettings): Uint8Array {
    const look = withMirroredShape(query.look, this.#layout);
    const mirrored = look === null ? null : compactVector({ ...query, look }, this.#layout, this.#basis);
    return writeQuery(this.#shape, {
      vector: compactVector(query, this.#layout, this.#basis),
      other: mirrored?.subarray(...compactSlices(this.#basis).shape) ?? null,
      weights: PARTS.map((part) => weights[part]),
      sharpness: PARTS.map((part) => sharpness[part]),
    });
  }

  #forget(next: Filling, row: number): void {
    const { filed, partition } = next;
    const last = this.#size;
    // Rows that come after the last one was taken away are not filed yet.
    next.at = Math.min(next.at, last);
    if (filed.delete(row)) partition.lists.remove(row);
    if (row === last) return;
    if (filed.delete(last)) {
      partition.lists.rename(last, row);
      filed.add(row);
    } else next.at = Math.min(next.at, row);
  }
}
