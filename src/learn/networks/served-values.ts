/** A trained network's values as they are served: Batch Normalization folded in, logits divided by the temperature. */
import { FashiondError } from '../../domain/errors.js';
import { BATCH_NORM_EPSILON, partName } from '../../model/network.js';

/** Parameters and running statistics by name. */
export type NamedValues = ReadonlyMap<string, Float32Array>;

export interface Affine {
  readonly weight: Float32Array;
  readonly bias: Float32Array;
}

export class ServedValues {
  readonly #values: NamedValues;
  readonly #temperature: number;

  constructor(values: NamedValues, temperature: number) {
    this.#values = values;
    this.#temperature = temperature;
  }

  /** `weight`: [channels, fanIn]; `bias`: [channels]. Throws FashiondError `corrupt` for weights of another network. */
  convolution(name: string, channels: number, fanIn: number): Affine {
    const weight = this.#value(partName(name, 'weight'), channels * fanIn);
    const [scale, shift, mean, variance] = (['scale', 'shift', 'mean', 'variance'] as const).map((part) =>
      this.#value(partName(name, part), channels),
    );
    const folded = new Float32Array(weight.length);
    const bias = new Float32Array(channels);
    for (let channel = 0; channel < channels; channel += 1) {
      const gain = (scale?.[channel] ?? 1) / Math.sqrt((variance?.[channel] ?? 1) + BATCH_NORM_EPSILON);
      bias[channel] = (shift?.[channel] ?? 0) - (mean?.[channel] ?? 0) * gain;
      for (let index = channel * fanIn; index < (channel + 1) * fanIn; index += 1) {
        folded[index] = (weight[index] ?? 0) * gain;
      }
    }
    return { weight: folded, bias };
  }

  /** `weight`: [inUnits, units]; `bias`: [units]. Throws likewise. */
  dense(name: string, inUnits: number, units: number): Affine {
    // Only the classifier's logits are scaled; the latent layer's meaning must not change.
    const divisor = name === 'classifier' ? this.#temperature : 1;
    return {
      weight: this.#value(partName(name, 'weight'), inUnits * units).map((value) => value / divisor),
      bias: this.#value(partName(name, 'bias'), units).map((value) => value / divisor),
    };
  }

  #value(name: string, length: number): Float32Array {
    const value = this.#values.get(name);
    if (value?.length === length) return value;
    throw new FashiondError(
      'corrupt',
      `weights ${name}: expected ${length} values, got ${value?.length ?? 'none'}`,
      {
        hint: 'the weights belong to another network; train it again',
      },
    );
  }
}
