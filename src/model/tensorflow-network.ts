/**
 * A network's forward pass in TensorFlow: the same layers as in ONNX, from the same description and the same
 * weights, in tfjs's order of axes (channels last). What differs between training and serving are the parts.
 */
import { FashiondError, unreachable } from '../domain/errors.js';
import { BATCH_NORM_EPSILON, partName, PIXEL_MIDDLE, PIXEL_SPREAD } from './network.js';
import type { Layer, NetworkSpec } from './network.js';
import type { TensorFlow, TfTensor } from './tensorflow.js';

export interface NetworkParts {
  /** Kernel [K, K, C, O] of a convolution. */
  kernel(layer: string, size: readonly [kernel: number, inChannels: number, outChannels: number]): TfTensor;
  /** Batch Normalization of [N, H, W, C]. */
  normalize(layer: string, x: TfTensor): TfTensor;
  /** Weight [in, out] and bias [out] of a fully connected layer. */
  dense(layer: string, size: readonly [inUnits: number, outUnits: number]): readonly [TfTensor, TfTensor];
  dropout(layer: string, x: TfTensor): TfTensor;
}

export interface NetworkOutputs {
  /** [N, classes]. */
  readonly logits: TfTensor;
  /** [N, C]. */
  readonly features: TfTensor;
  /** [N, bits] in 0..1, or null for a network without a latent layer. */
  readonly latent: TfTensor | null;
}

/** `pixels`: uint8 [count, size, size, 3]. To be called within `tidy`. */
export function forwardInTensorFlow(
  tf: TensorFlow,
  spec: NetworkSpec,
  parts: NetworkParts,
  pixels: Uint8Array,
  count: number,
): NetworkOutputs {
  const input = tf.tensor(Float32Array.from(pixels), [count, spec.size, spec.size, 3]);
  let x = tf.mul(tf.sub(input, PIXEL_MIDDLE), 1 / PIXEL_SPREAD);
  let features: TfTensor | null = null;
  let latent: TfTensor | null = null;
  for (const layer of spec.layers) {
    x = step(tf, spec, parts, layer, x);
    if (layer.kind === 'features') {
      features = x;
      x = parts.dropout(layer.name, x);
    } else if (layer.kind === 'latent') {
      latent = x;
    }
  }
  if (features === null || spec.layers.at(-1)?.kind !== 'classifier') {
    throw new FashiondError('internal', `network ${spec.name} must have features and end in a classifier`);
  }
  return { logits: x, features, latent };
}

function step(tf: TensorFlow, spec: NetworkSpec, parts: NetworkParts, layer: Layer, x: TfTensor): TfTensor {
  const width = x.shape.at(-1) ?? 0;
  const dense = (units: number): TfTensor => {
    const [weight, bias] = parts.dense(layer.name, [width, units]);
    return tf.add(tf.matMul(x, weight), bias);
  };
  switch (layer.kind) {
    case 'convolution': {
      const y = convolution(tf, parts, layer.name, x, layer);
      return tf.relu(layer.pool ? tf.maxPool(y, 2, 2, 'valid') : y);
    }
    case 'residual': {
      const shape = { channels: width, kernel: 3, stride: 1 };
      const inner = tf.relu(convolution(tf, parts, `${layer.name}.a`, x, shape));
      return tf.relu(tf.add(x, convolution(tf, parts, `${layer.name}.b`, inner, shape)));
    }
    case 'features':
      return tf.mean(x, [1, 2]);
    case 'latent':
      return tf.sigmoid(dense(layer.bits));
    case 'classifier':
      return dense(spec.classes);
    default:
      return unreachable(layer);
  }
}

function convolution(
  tf: TensorFlow,
  parts: NetworkParts,
  name: string,
  x: TfTensor,
  {
    channels,
    kernel,
    stride,
  }: { readonly channels: number; readonly kernel: number; readonly stride: number },
): TfTensor {
  const weight = parts.kernel(name, [kernel, x.shape.at(-1) ?? 0, channels]);
  // TensorFlow's own padding is lopsided under a stride; ONNX's and ours is the same on all sides.
  const side = [(kernel - 1) / 2, (kernel - 1) / 2] as const;
  const padded = kernel === 1 ? x : tf.pad(x, [[0, 0], side, side, [0, 0]]);
  return parts.normalize(name, tf.conv2d(padded, weight, stride, 'valid'));
}

/** [O, C, K, K], as weights are kept, to tfjs's [K, K, C, O]. */
export const KERNEL_AXES = [2, 3, 1, 0] as const;

/** The statistics of a batch [N, H, W, C] and its values normalized by them; mean and variance have shape [C]. */
export function normalizeBatch(
  tf: TensorFlow,
  x: TfTensor,
  scale: TfTensor,
  shift: TfTensor,
): { readonly output: TfTensor; readonly mean: TfTensor; readonly variance: TfTensor } {
  const mean = tf.mean(x, [0, 1, 2]);
  const centred = tf.sub(x, mean);
  const variance = tf.mean(tf.square(centred), [0, 1, 2]);
  const normal = tf.div(centred, tf.sqrt(tf.add(variance, BATCH_NORM_EPSILON)));
  return { output: tf.add(tf.mul(normal, scale), shift), mean, variance };
}

/** The two numbers a channel that normalizing by running statistics comes down to: x gain + level. */
export function foldedNormalization(
  layer: string,
  value: (name: string) => Float32Array,
): { readonly gain: Float32Array; readonly level: Float32Array } {
  const [scale, shift, mean, variance] = (['scale', 'shift', 'mean', 'variance'] as const).map((part) =>
    value(partName(layer, part)),
  );
  const gain = Float32Array.from(
    variance ?? [],
    (square, channel) => (scale?.[channel] ?? 1) / Math.sqrt(square + BATCH_NORM_EPSILON),
  );
  const level = gain.map((factor, channel) => (shift?.[channel] ?? 0) - (mean?.[channel] ?? 0) * factor);
  return { gain, level };
}
