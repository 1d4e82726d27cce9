/**
 * The reference network of the throughput bar: 64 x 64 pictures, four 3 x 3 convolutions (3-32-64-128-128
 * channels), each with Batch Normalization folded in, ReLU and 2 x 2 max pooling, then the global average, a latent
 * layer and the classes behind it: 101 MFLOP a picture. Weights are seeded noise, since time does not depend on them.
 */
import { writeOnnx } from '../support/onnx-writer.js';
import type { Node, Weight } from '../support/onnx-writer.js';

export const REFERENCE_SIZE = 64;
export const REFERENCE_LABELS = 10;
export const REFERENCE_BITS = 64;
const CHANNELS = [3, 32, 64, 128, 128];
export const REFERENCE_FEATURES = 128;

/** Park and Miller's minimal standard generator, as a number in -1..1. */
export function noise(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return (state / 2_147_483_647) * 2 - 1;
  };
}

/** Multiplications and additions for one picture, counted as two operations. */
export function referenceFlop(): number {
  let flop = 0;
  let side = REFERENCE_SIZE;
  for (let layer = 1; layer < CHANNELS.length; layer += 1) {
    flop += 2 * side * side * 9 * CHANNELS[layer - 1]! * CHANNELS[layer]!;
    side /= 2;
  }
  return flop + 2 * REFERENCE_BITS * (REFERENCE_FEATURES + REFERENCE_LABELS);
}

export function referenceNetwork(): Uint8Array {
  const random = noise(1);
  const nodes: Node[] = [
    { op: 'Cast', inputs: ['pixels'], output: 'float', int: { to: 1 } },
    { op: 'Transpose', inputs: ['float'], output: 'planes', ints: { perm: [0, 3, 1, 2] } },
    { op: 'Mul', inputs: ['planes', 'scale'], output: 'layer0' },
  ];
  const weights: Weight[] = [{ name: 'scale', shape: [], values: [1 / 255] }];
  const add = (name: string, shape: number[], spread: number) => {
    const length = shape.reduce((product, size) => product * size, 1);
    weights.push({ name, shape, values: Float32Array.from({ length }, () => random() * spread) });
  };
  for (let layer = 1; layer < CHANNELS.length; layer += 1) {
    const [from, to] = [CHANNELS[layer - 1]!, CHANNELS[layer]!];
    add(`w${layer}`, [to, from, 3, 3], Math.sqrt(6 / (9 * from)));
    add(`b${layer}`, [to], 0.1);
    nodes.push(
      {
        op: 'Conv',
        inputs: [`layer${layer - 1}`, `w${layer}`, `b${layer}`],
        output: `conv${layer}`,
        ints: { kernel_shape: [3, 3], pads: [1, 1, 1, 1] },
      },
      { op: 'Relu', inputs: [`conv${layer}`], output: `relu${layer}` },
      {
        op: 'MaxPool',
        inputs: [`relu${layer}`],
        output: `layer${layer}`,
        ints: { kernel_shape: [2, 2], strides: [2, 2] },
      },
    );
  }
  const dense = (name: string, [input, inWidth]: readonly [string, number], width: number) => {
    add(`${name}.w`, [inWidth, width], 0.2);
    add(`${name}.b`, [width], 0.1);
    nodes.push({ op: 'Gemm', inputs: [input, `${name}.w`, `${name}.b`], output: `${name}.z` });
  };
  nodes.push(
    { op: 'GlobalAveragePool', inputs: [`layer${CHANNELS.length - 1}`], output: 'average' },
    { op: 'Flatten', inputs: ['average'], output: 'features', int: { axis: 1 } },
  );
  dense('latent', ['features', REFERENCE_FEATURES], REFERENCE_BITS);
  nodes.push({ op: 'Sigmoid', inputs: ['latent.z'], output: 'latent' });
  dense('output', ['latent', REFERENCE_BITS], REFERENCE_LABELS);
  nodes.push({ op: 'Softmax', inputs: ['output.z'], output: 'probabilities', int: { axis: -1 } });
  return writeOnnx({
    inputs: [{ name: 'pixels', type: 'uint8', shape: ['N', REFERENCE_SIZE, REFERENCE_SIZE, 3] }],
    outputs: [
      { name: 'probabilities', type: 'float32', shape: ['N', REFERENCE_LABELS] },
      { name: 'latent', type: 'float32', shape: ['N', REFERENCE_BITS] },
      { name: 'features', type: 'float32', shape: ['N', REFERENCE_FEATURES] },
    ],
    nodes,
    weights,
  });
}
