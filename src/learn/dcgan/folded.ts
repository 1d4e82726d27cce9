/** Batch Normalization with its running statistics, folded into the layer before it, of whichever arrangement. */
import { FashiondError } from '../../domain/errors.js';
import { BATCH_NORM_EPSILON, partName } from '../../model/network.js';
import type { Affine, NamedValues } from '../networks/served-values.js';

/**
 * `channelAt`: the output channel of the weight at a place; null for a layer with a bias instead of a normalization.
 * Throws FashiondError `corrupt` for weights of another network.
 */
export function foldedInto(
  values: NamedValues,
  name: string,
  length: number,
  channels: number,
  channelAt: ((at: number) => number) | null,
): Affine {
  const weight = valueOf(values, partName(name, 'weight'), length);
  if (channelAt === null) return { weight, bias: valueOf(values, partName(name, 'bias'), channels) };
  const part = (of: 'scale' | 'shift' | 'mean' | 'variance'): Float32Array =>
    valueOf(values, partName(name, of), channels);
  const [scale, shift, mean, variance] = [part('scale'), part('shift'), part('mean'), part('variance')];
  const gain = scale.map((value, at) => value / Math.sqrt((variance[at] ?? 1) + BATCH_NORM_EPSILON));
  return {
    weight: weight.map((value, at) => value * (gain[channelAt(at)] ?? 1)),
    bias: shift.map((value, at) => value - (mean[at] ?? 0) * (gain[at] ?? 1)),
  };
}

function valueOf(values: NamedValues, name: string, length: number): Float32Array {
  const value = values.get(name);
  if (value?.length === length) return value;
  throw new FashiondError(
    'corrupt',
    `weights ${name}: expected ${length} values, got ${value?.length ?? 'none'}`,
    { hint: 'the weights belong to another network; train it again' },
  );
}
