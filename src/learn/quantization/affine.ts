/**
 * Whole numbers for real ones: x is about scale (q - zeroPoint).
 *
 * Source: Jacob et al. 2018, "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only
 * Inference", equation 1; the weights of each output channel have a scale of their own (Krishnamoorthi 2018).
 */

/** Closed; holds 0, which padding needs to be exact. */
export interface Range {
  readonly low: number;
  readonly high: number;
}

export interface Quantization {
  /** float32. */
  readonly scale: number;
  /** uint8. */
  readonly zeroPoint: number;
}

const LEVELS = 255;
/**
 * Weights are whole numbers of -64 to 64. Processors without VNNI add two products of an activation (to 255) and a
 * weight in 16 bits, saturating: 2 x 255 x 64 = 32,640 fits, 2 x 255 x 127 does not.
 */
export const LARGEST_WEIGHT = 64;

/** Of activations, as uint8. A range of one point gets the scale 1. */
export function quantizationOf({ low, high }: Range): Quantization {
  const width = Math.max(0, high) - Math.min(0, low);
  const scale = Math.fround(width > 0 ? width / LEVELS : 1);
  return { scale, zeroPoint: clamp(Math.round(-Math.min(0, low) / scale), 0, LEVELS) };
}

/** The real number that stands for `value`: at most half a scale away inside the range, the nearest end outside. */
export function rounded(value: number, { scale, zeroPoint }: Quantization): number {
  return scale * (clamp(Math.round(value / scale) + zeroPoint, 0, LEVELS) - zeroPoint);
}

export interface QuantizedWeights {
  /** -64 to 64, in the order of the weights. */
  readonly values: Int8Array;
  /** float32, one a channel. */
  readonly scales: Float32Array;
}

/** `weights`: [channels, any]; symmetric, by the largest of each channel. A channel of zeros gets the scale 1. */
export function quantizeWeights(weights: Float32Array, channels: number): QuantizedWeights {
  const length = weights.length / channels;
  const values = new Int8Array(weights.length);
  const scales = new Float32Array(channels);
  for (let channel = 0; channel < channels; channel += 1) {
    const own = weights.subarray(channel * length, (channel + 1) * length);
    const largest = own.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0);
    const scale = Math.fround(largest > 0 ? largest / LARGEST_WEIGHT : 1);
    scales[channel] = scale;
    for (const [at, weight] of own.entries()) {
      values[channel * length + at] = clamp(Math.round(weight / scale), -LARGEST_WEIGHT, LARGEST_WEIGHT);
    }
  }
  return { values, scales };
}

/** As int32 in units of the products that they are added to: scale of the input by the channel's. */
export function quantizeBias(bias: Float32Array, inputScale: number, scales: Float32Array): Int32Array {
  return Int32Array.from(bias, (value, channel) =>
    clamp(Math.round(value / (inputScale * (scales[channel] ?? 1))), -(2 ** 31), 2 ** 31 - 1),
  );
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
