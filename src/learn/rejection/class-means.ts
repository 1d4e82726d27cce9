/**
 * Distance to the nearest class mean in a network's features: Mahalanobis with one covariance for all classes (Lee,
 * Lee, Lee and Shin 2018, "A Simple Unified Framework for Detecting Out-of-Distribution Samples and Adversarial
 * Attacks", equations 1 and 2), on the last features only and without their input perturbation.
 */
import { cholesky, solveLower } from './cholesky.js';

export interface ClassMeans {
  readonly width: number;
  /** Means of the classes that have pictures, [width] each, with the covariance's factor divided out. */
  readonly means: readonly Float64Array[];
  /** Lower triangular factor of the shared covariance, [width, width]. */
  readonly factor: Float64Array;
}

/** Added to the covariance's diagonal, as a share of its mean: features may be constant or depend on each other. */
const RIDGE = 1e-3;

/** `features`: [rows, width], of pictures that the network was trained on; `labels`: class of each row. */
export function fitClassMeans(
  features: Float32Array,
  labels: readonly number[],
  classes: number,
  width: number,
): ClassMeans {
  const sums = Array.from({ length: classes }, () => ({ count: 0, mean: new Float64Array(width) }));
  for (const [row, label] of labels.entries()) {
    const own = sums[label];
    if (own === undefined) continue;
    own.count += 1;
    for (let at = 0; at < width; at += 1) {
      own.mean[at] = (own.mean[at] ?? 0) + (features[row * width + at] ?? 0);
    }
  }
  for (const { count, mean } of sums)
    for (let at = 0; at < width; at += 1) mean[at] = (mean[at] ?? 0) / count;
  const covariance = new Float64Array(width * width);
  const centred = new Float64Array(width);
  for (const [row, label] of labels.entries()) {
    const mean = sums[label]?.mean;
    for (let at = 0; at < width; at += 1) {
      centred[at] = (features[row * width + at] ?? 0) - (mean?.[at] ?? 0);
    }
    addOuter(covariance, centred, 1 / labels.length);
  }
  const factor = cholesky(ridged(covariance, width), width);
  const means = sums.filter(({ count }) => count > 0).map(({ mean }) => solveLower(factor, mean));
  return { width, means, factor };
}

/** Minus the squared distance of each row to the nearest mean. `features`: [rows, width]. */
export function nearness({ width, means, factor }: ClassMeans, features: Float32Array): Float64Array {
  return Float64Array.from({ length: features.length / width }, (_, row) => {
    const whitened = solveLower(factor, Float64Array.from(features.subarray(row * width, (row + 1) * width)));
    let nearest = Number.POSITIVE_INFINITY;
    for (const mean of means) {
      let sum = 0;
      for (let at = 0; at < width; at += 1) sum += ((whitened[at] ?? 0) - (mean[at] ?? 0)) ** 2;
      nearest = Math.min(nearest, sum);
    }
    return -nearest;
  });
}

/** The lower triangle alone: nothing reads the rest. */
function addOuter(matrix: Float64Array, vector: Float64Array, weight: number): void {
  const width = vector.length;
  for (let row = 0; row < width; row += 1) {
    const factor = weight * (vector[row] ?? 0);
    if (factor === 0) continue;
    for (let column = 0, at = row * width; column <= row; column += 1, at += 1) {
      matrix[at] = (matrix[at] ?? 0) + factor * (vector[column] ?? 0);
    }
  }
}

function ridged(covariance: Float64Array, width: number): Float64Array {
  let trace = 0;
  for (let at = 0; at < width; at += 1) trace += covariance[at * (width + 1)] ?? 0;
  const ridge = Math.max(RIDGE * (trace / width), Number.MIN_VALUE ** 0.5);
  const copy = Float64Array.from(covariance);
  for (let at = 0; at < width; at += 1) copy[at * (width + 1)] = (copy[at * (width + 1)] ?? 0) + ridge;
  return copy;
}
