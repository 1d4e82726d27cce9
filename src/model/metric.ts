/**
 * What makes of a picture's look and of the lookalike network's embedding the vector that garments are compared by: a
 * linear map along which pictures of one garment differ little and garments differ much, then unit length.
 */
import { FashiondError } from '../domain/errors.js';
import { decodeTensors, encodeTensors } from './safetensors.js';

export const METRIC_FILE = 'metric.safetensors';

export interface Metric {
  /** Of the looks it takes. */
  readonly lookVersion: string;
  readonly length: number;
  /** [length, numbers of a look], row-major. */
  readonly look: Float32Array;
  /** [length, numbers of an embedding]. */
  readonly embedding: Float32Array;
  /** [length], added. */
  readonly offset: Float32Array;
}

/** Unit length, or zeros. Throws FashiondError `incompatible` for vectors of another length. */
export function garmentVector(
  metric: Metric,
  look: Float32Array,
  embedding: Float32Array,
): Float32Array<ArrayBuffer> {
  const { length } = metric;
  if (look.length * length !== metric.look.length || embedding.length * length !== metric.embedding.length) {
    throw new FashiondError(
      'incompatible',
      `the metric takes other vectors than ${look.length} and ${embedding.length} numbers`,
      {
        hint: 'fit it anew with `fashiond search metric`',
      },
    );
  }
  const vector = new Float32Array(length);
  let squares = 0;
  for (let row = 0; row < length; row += 1) {
    const value =
      (metric.offset[row] ?? 0) + rowDot(metric.look, row, look) + rowDot(metric.embedding, row, embedding);
    vector[row] = value;
    squares += value * value;
  }
  const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0;
  for (let row = 0; row < length; row += 1) vector[row] = (vector[row] ?? 0) * scale;
  return vector;
}

function rowDot(matrix: Float32Array, row: number, vector: Float32Array): number {
  const from = row * vector.length;
  let sum = 0;
  for (let at = 0; at < vector.length; at += 1) sum += (matrix[from + at] ?? 0) * (vector[at] ?? 0);
  return sum;
}

/** A bit for each number that is above 0, least significant bit first: near vectors differ in few. */
export function signBits(vector: Float32Array): Uint8Array<ArrayBuffer> {
  const bits = new Uint8Array(Math.ceil(vector.length / 8));
  for (const [at, value] of vector.entries()) {
    if (value > 0) bits[at >> 3] = (bits[at >> 3] ?? 0) | (1 << (at & 7));
  }
  return bits;
}

export function encodeMetric({ lookVersion, length, look, embedding, offset }: Metric): Uint8Array {
  const tensors = new Map([
    ['look', { shape: [length, look.length / length], data: look }],
    ['embedding', { shape: [length, embedding.length / length], data: embedding }],
    ['offset', { shape: [length], data: offset }],
  ]);
  return encodeTensors({ tensors, metadata: { lookVersion } });
}

/** `path` stands in errors. Throws FashiondError `corrupt` for anything but a metric. */
export function decodeMetric(bytes: Uint8Array, path: string): Metric {
  const { tensors, metadata } = decodeTensors(bytes, path);
  const [look, embedding, offset] = ['look', 'embedding', 'offset'].map((name) => tensors.get(name));
  const length = offset?.shape[0] ?? 0;
  const { lookVersion } = metadata;
  if (
    look === undefined ||
    embedding === undefined ||
    offset === undefined ||
    lookVersion === undefined ||
    look.shape[0] !== length ||
    embedding.shape[0] !== length
  ) {
    throw new FashiondError('corrupt', `${path} is no metric of looks and embeddings`, {
      hint: 'copy the model folder again from where it was made, or fit it anew with `fashiond search metric`',
    });
  }
  return { lookVersion, length, look: look.data, embedding: embedding.data, offset: offset.data };
}
