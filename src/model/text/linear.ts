/**
 * A linear classifier over named features that are there or not: multinomial logistic regression. Scores are the sums
 * of the rows of the features that a text has; divided by the temperature they are logarithms of odds.
 */
import { FashiondError } from '../../domain/errors.js';

/** 16 bits a weight: a step of a thousandth at most moves no decision, and the file is half as large. */
const LARGEST = 32_767;

/** Little-endian int16, preceded by the step as float32. */
export function encodeLinear(weights: Float32Array): Uint8Array {
  let largest = 0;
  for (const weight of weights) largest = Math.max(largest, Math.abs(weight));
  const step = largest === 0 ? 1 : largest / LARGEST;
  const bytes = new DataView(new ArrayBuffer(4 + 2 * weights.length));
  bytes.setFloat32(0, step, true);
  for (const [at, weight] of weights.entries()) bytes.setInt16(4 + 2 * at, Math.round(weight / step), true);
  return new Uint8Array(bytes.buffer);
}

/** Throws FashiondError `corrupt` when the bytes are not those of `count` weights. */
export function decodeLinear(bytes: Uint8Array, count: number, path: string): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.byteLength !== 4 + 2 * count) {
    throw new FashiondError('corrupt', `${path} has ${bytes.byteLength} bytes, not ${4 + 2 * count}`, {
      hint: 'copy the model folder again from where it was made, or train it anew',
    });
  }
  const step = view.getFloat32(0, true);
  return Float32Array.from({ length: count }, (_, at) => view.getInt16(4 + 2 * at, true) * step);
}

/** Sum of the rows: one score a class, before the temperature. */
export function scoresOf(weights: ArrayLike<number>, classes: number, rows: readonly number[]): Float64Array {
  const scores = new Float64Array(classes);
  for (const row of rows) {
    for (let label = 0; label < classes; label += 1) {
      scores[label] = (scores[label] ?? 0) + (weights[row * classes + label] ?? 0);
    }
  }
  return scores;
}

/** In place, from scores to probabilities that add up to 1. */
export function softmax(scores: Float64Array, temperature = 1): Float64Array {
  const largest = scores.reduce((most, score) => Math.max(most, score), Number.NEGATIVE_INFINITY);
  let total = 0;
  for (const [label, score] of scores.entries()) {
    const odds = Math.exp((score - largest) / temperature);
    scores[label] = odds;
    total += odds;
  }
  for (const [label, odds] of scores.entries()) scores[label] = odds / total;
  return scores;
}
