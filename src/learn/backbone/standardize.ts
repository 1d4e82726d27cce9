/** Features to zero mean and unit spread for training, and a head for them back to one for features as they are. */
import { partName } from '../../model/network.js';
import type { NamedValues } from '../networks/served-values.js';

export interface Standardization {
  readonly mean: Float64Array;
  /** 1 where a feature does not vary. */
  readonly spread: Float64Array;
}

/** Of rows of `width` features. */
export function fitStandardization(rows: Float32Array, width: number): Standardization {
  const count = Math.max(1, rows.length / width);
  const mean = new Float64Array(width);
  const spread = new Float64Array(width);
  for (const [at, value] of rows.entries()) mean[at % width] = (mean[at % width] ?? 0) + value / count;
  for (const [at, value] of rows.entries()) {
    const column = at % width;
    spread[column] = (spread[column] ?? 0) + (value - (mean[column] ?? 0)) ** 2 / count;
  }
  return { mean, spread: spread.map((variance) => (variance > 1e-12 ? Math.sqrt(variance) : 1)) };
}

export function standardized(rows: Float32Array, { mean, spread }: Standardization): Float32Array {
  const width = mean.length;
  return rows.map((value, at) => (value - (mean[at % width] ?? 0)) / (spread[at % width] ?? 1));
}

/** W x' + b with x' = (x - mean) / spread, as W' x + b'; and the logits divided by the temperature. */
export function folded(
  values: NamedValues,
  { mean, spread }: Standardization,
  temperature: number,
): Map<string, Float32Array> {
  const weight = values.get(partName('latent', 'weight')) ?? new Float32Array();
  const bias = Float64Array.from(values.get(partName('latent', 'bias')) ?? []);
  const bits = bias.length;
  const scaled = weight.map((value, at) => value / (spread[Math.floor(at / bits)] ?? 1));
  for (const [at, value] of weight.entries()) {
    const row = Math.floor(at / bits);
    bias[at % bits] = (bias[at % bits] ?? 0) - (value * (mean[row] ?? 0)) / (spread[row] ?? 1);
  }
  const cooled = (part: 'weight' | 'bias'): Float32Array =>
    (values.get(partName('classifier', part)) ?? new Float32Array()).map((value) => value / temperature);
  return new Map([
    [partName('latent', 'weight'), scaled],
    [partName('latent', 'bias'), Float32Array.from(bias)],
    [partName('classifier', 'weight'), cooled('weight')],
    [partName('classifier', 'bias'), cooled('bias')],
  ]);
}
