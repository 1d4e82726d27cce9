/** Vectors as rows and queries of bytes, see blend-kernel.ts. */
import { NOTHING } from './blend-kernel.js';
import type { BlendShape } from './blend-kernel.js';

const MOST = 127;
const MOST_16 = 32_767;

/** Writes a vector's parts, and the scale of each; the name stays. */
export function writeRow(
  { parts }: BlendShape,
  vector: Float32Array,
  bytes: Int8Array,
  floats: Float32Array,
  row: number,
): void {
  let from = 0;
  for (const [part, { start, length }] of parts.entries()) {
    const scale = Math.fround(largest(vector, from, length) / MOST);
    floats[row / 4 + part] = scale;
    for (let at = 0; at < length; at += 1) {
      bytes[row + start + at] = scale === 0 ? 0 : Math.round((vector[from + at] ?? 0) / scale);
    }
    from += length;
  }
}

/** What is left of the vector of a row. */
export function readRow({ parts }: BlendShape, row: Int8Array): Float32Array {
  const scales = new DataView(row.buffer, row.byteOffset);
  const vector = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let to = 0;
  for (const [part, { start, length }] of parts.entries()) {
    const scale = scales.getFloat32(part * 4, true);
    for (let at = 0; at < length; at += 1, to += 1) vector[to] = (row[start + at] ?? 0) * scale;
  }
  return vector;
}

/** What a row is compared with. */
export interface BlendQuery {
  readonly vector: Float32Array;
  /** The other numbers of the part that is compared twice. */
  readonly other: Float32Array | null;
  /** Of each part: what its likeness counts, 0 or more, and how fast it fades. */
  readonly weights: readonly number[];
  readonly sharpness: readonly number[];
}

/** As the kernels take it. Both vectors of a part share one scale. */
export function writeQuery(shape: BlendShape, query: BlendQuery): Uint8Array {
  const { vector, other } = query;
  const words = new Int16Array((shape.restsAt + 16) / 2);
  const floats = new Float32Array(words.buffer);
  floats.fill(NOTHING, shape.restsAt / 4);
  let from = 0;
  let to = 0;
  for (const [part, { length, padded }] of shape.parts.entries()) {
    const turned = part === shape.twice ? (other ?? vector.subarray(from, from + length)) : null;
    // As fine as sums of products stay within 32 bits.
    const most = Math.min(MOST_16, Math.floor((2 ** 31 - 1) / (MOST * length)));
    const peak = Math.max(largest(vector, from, length), turned === null ? 0 : largest(turned, 0, length));
    const scale = peak / most;
    for (let at = 0; at < (scale > 0 ? length : 0); at += 1) {
      words[to + at] = Math.round((vector[from + at] ?? 0) / scale);
      if (turned !== null) words[shape.otherAt / 2 + at] = Math.round((turned[at] ?? 0) / scale);
    }
    const gain = (query.sharpness[part] ?? 0) * Math.LOG2E;
    floats[shape.gainsAt / 4 + part] = gain * scale;
    floats[shape.restsAt / 4 + part] = Math.max(NOTHING, Math.log2(query.weights[part] ?? 0) - gain);
    from += length;
    to += padded;
  }
  return new Uint8Array(words.buffer);
}

function largest(vector: Float32Array, from: number, length: number): number {
  let most = 0;
  for (let at = from; at < from + length; at += 1) most = Math.max(most, Math.abs(vector[at] ?? 0));
  return most;
}
