/**
 * How much a picture looks like the pictures that a network was taught, from what the network makes of it. Higher
 * is more alike. Both scores cost little beside the network: no picture waits for them.
 */
import { FashiondError } from '../domain/errors.js';

/**
 * Negative energy of one picture, log of the sum of exp(logit) (Liu, Wang, Owens and Li 2020, "Energy-based
 * Out-of-distribution Detection", equation 4, with T = 1). `logits`: [classes].
 */
export function negativeEnergy(logits: ArrayLike<number>): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < logits.length; at += 1) largest = Math.max(largest, logits[at] ?? 0);
  let sum = 0;
  for (let at = 0; at < logits.length; at += 1) sum += Math.exp((logits[at] ?? 0) - largest);
  return largest + Math.log(sum);
}

/** Class means under one covariance, both in the space where that covariance is the identity. */
export interface ClassMeans {
  readonly width: number;
  /** Lower triangular factor of the covariance, row by row: [width * (width + 1) / 2]. */
  readonly factor: Float32Array;
  /** [any number of classes, width] */
  readonly means: Float32Array;
}

/**
 * Minus the squared distance to the nearest class mean: Mahalanobis with one covariance for all classes (Lee, Lee,
 * Lee and Shin 2018, "A Simple Unified Framework for Detecting Out-of-Distribution Samples and Adversarial
 * Attacks", equation 2), on the last features only. `features`: [width], of unit length.
 */
export function nearness({ width, factor, means }: ClassMeans, features: ArrayLike<number>): number {
  const whitened = new Float64Array(width);
  for (let row = 0, at = 0; row < width; row += 1) {
    let sum = features[row] ?? 0;
    for (let column = 0; column < row; column += 1, at += 1)
      sum -= (factor[at] ?? 0) * (whitened[column] ?? 0);
    whitened[row] = sum / (factor[at] ?? 1);
    at += 1;
  }
  let nearest = Number.POSITIVE_INFINITY;
  for (let start = 0; start < means.length; start += width) {
    let sum = 0;
    for (let at = 0; at < width; at += 1) sum += ((whitened[at] ?? 0) - (means[start + at] ?? 0)) ** 2;
    nearest = Math.min(nearest, sum);
  }
  return -nearest;
}

/** The file of class means: the factor, then the means, as float32, little-endian. */
export function encodeClassMeans({ factor, means }: ClassMeans): Uint8Array {
  const bytes = new Uint8Array((factor.length + means.length) * 4);
  const view = new DataView(bytes.buffer);
  for (const [at, value] of factor.entries()) view.setFloat32(at * 4, value, true);
  for (const [at, value] of means.entries()) view.setFloat32((factor.length + at) * 4, value, true);
  return bytes;
}

/** Throws FashiondError `corrupt` when the bytes are no class means of features of this width. */
export function decodeClassMeans(bytes: Uint8Array, width: number): ClassMeans {
  const triangle = (width * (width + 1)) / 2;
  const means = bytes.length / 4 - triangle;
  if (!Number.isInteger(means / width) || means < width) {
    throw new FashiondError(
      'corrupt',
      `${bytes.length} bytes are no class means of ${width} features: expected ${4 * triangle} and ${4 * width} a class`,
      { hint: 'calibrate the model anew: fashiond calibrate' },
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const values = Float32Array.from({ length: triangle + means }, (_, at) => view.getFloat32(at * 4, true));
  const broken = values.findIndex((value) => !Number.isFinite(value));
  if (broken >= 0) {
    throw new FashiondError('corrupt', `number ${broken} of the class means is not finite`, {
      hint: 'calibrate the model anew: fashiond calibrate',
    });
  }
  return { width, factor: values.subarray(0, triangle), means: values.subarray(triangle) };
}
