/**
 * A network small enough to compute by hand, as a real model folder: the picture's average colour, a linear
 * layer (features), a linear layer with a sigmoid (latent), a linear layer with a softmax (probabilities).
 * Red, green and blue pictures are sure; grey ones are not.
 */
import type { CategoryId } from '../../src/domain/ids.js';
import { writeModel } from './model-writer.js';
import type { ModelParts } from './model-writer.js';
import { writeOnnx } from './onnx-writer.js';
import type { Network } from './onnx-writer.js';

export const TINY_SIZE = 8;
export const TINY_LABELS = ['sweater', 'beanie', 'shorts'] as CategoryId[];
export const TINY_BITS = 12;
export const TINY_FEATURES = 5;

const FEATURE_WEIGHTS = [
  [2, 0, 0, 1, 0.5],
  [0, 2, 0, -1, 0.5],
  [0, 0, 2, 0, 0.5],
];
const FEATURE_BIAS = [0.05, -0.02, 0.01, 0.1, -0.3];
const LATENT_WEIGHTS = Array.from({ length: TINY_FEATURES }, (_, feature) =>
  Array.from({ length: TINY_BITS }, (_, bit) => (bit % 3 === feature ? 12 - bit * 0.25 : 0)),
);
const LATENT_BIAS = Array.from({ length: TINY_BITS }, (_, bit) => -6 - bit * 0.125);
const OUTPUT_WEIGHTS = Array.from({ length: TINY_BITS }, (_, bit) =>
  TINY_LABELS.map((_, label) => (bit % 3 === label ? 4 : 0)),
);
const OUTPUT_BIAS = [0.1, 0, -0.1];

const affine = (name: string, weights: number[][], bias: number[]) => [
  { name: `${name}.w`, shape: [weights.length, bias.length], values: weights.flat() },
  { name: `${name}.b`, shape: [bias.length], values: bias },
];

export const TINY_NETWORK: Network = {
  inputs: [{ name: 'pixels', type: 'uint8', shape: ['N', TINY_SIZE, TINY_SIZE, 3] }],
  outputs: [
    { name: 'probabilities', type: 'float32', shape: ['N', TINY_LABELS.length] },
    { name: 'latent', type: 'float32', shape: ['N', TINY_BITS] },
    { name: 'features', type: 'float32', shape: ['N', TINY_FEATURES] },
  ],
  nodes: [
    { op: 'Cast', inputs: ['pixels'], output: 'float', int: { to: 1 } },
    { op: 'Mul', inputs: ['float', 'scale'], output: 'scaled' },
    { op: 'ReduceMean', inputs: ['scaled'], output: 'mean', ints: { axes: [1, 2] }, int: { keepdims: 0 } },
    { op: 'Gemm', inputs: ['mean', 'features.w', 'features.b'], output: 'features' },
    { op: 'Gemm', inputs: ['features', 'latent.w', 'latent.b'], output: 'latent.z' },
    { op: 'Sigmoid', inputs: ['latent.z'], output: 'latent' },
    { op: 'Gemm', inputs: ['latent', 'output.w', 'output.b'], output: 'logits' },
    { op: 'Softmax', inputs: ['logits'], output: 'probabilities', int: { axis: -1 } },
  ],
  weights: [
    { name: 'scale', shape: [], values: [1 / 255] },
    ...affine('features', FEATURE_WEIGHTS, FEATURE_BIAS),
    ...affine('latent', LATENT_WEIGHTS, LATENT_BIAS),
    ...affine('output', OUTPUT_WEIGHTS, OUTPUT_BIAS),
  ],
};

/** Another network of the same shape that answers nearly the same; each number has a fingerprint of its own. */
export function tinyVariant(number: number): Uint8Array {
  return writeOnnx({
    ...TINY_NETWORK,
    weights: TINY_NETWORK.weights.map((one) =>
      one.name === 'features.b' ? { ...one, values: one.values.map((value) => value + number * 1e-4) } : one,
    ),
  });
}

/** The same network in plain float64 arithmetic. `pixels`: [size, size, 3]. */
export function tinyOutputs(pixels: Uint8Array): {
  probabilities: number[];
  latent: number[];
  features: number[];
  /** Log of the summed exponentials of the logits. */
  energy: number;
} {
  const mean = [0, 1, 2].map((channel) => {
    let sum = 0;
    for (let at = channel; at < pixels.length; at += 3) sum += pixels[at]! / 255;
    return sum / (pixels.length / 3);
  });
  const features = apply(mean, FEATURE_WEIGHTS, FEATURE_BIAS);
  const latent = apply(features, LATENT_WEIGHTS, LATENT_BIAS).map((z) => 1 / (1 + Math.exp(-z)));
  const exponentials = apply(latent, OUTPUT_WEIGHTS, OUTPUT_BIAS).map(Math.exp);
  const total = exponentials.reduce((sum, value) => sum + value, 0);
  const probabilities = exponentials.map((value) => value / total);
  return { probabilities, latent, features, energy: Math.log(total) };
}

function apply(input: number[], weights: number[][], bias: number[]): number[] {
  return bias.map((start, column) =>
    input.reduce((sum, value, row) => sum + value * weights[row]![column]!, start),
  );
}

/** Makes `folder` a model folder with the tiny network; gives its path back. */
export async function writeTinyModelTo(
  folder: string,
  options: Pick<Partial<ModelParts>, 'network' | 'manifest' | 'weights'> = {},
): Promise<string> {
  return writeModel(folder, {
    name: 'tiny',
    network: options.network ?? writeOnnx(TINY_NETWORK),
    size: TINY_SIZE,
    labels: TINY_LABELS,
    latentBits: TINY_BITS,
    featureLength: TINY_FEATURES,
    ...(options.weights === undefined ? {} : { weights: options.weights }),
    ...(options.manifest === undefined ? {} : { manifest: options.manifest }),
  });
}
