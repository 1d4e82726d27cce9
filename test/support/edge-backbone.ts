/** A foreign network small enough to know by heart: how much light changes across and down, and how much there is. */
import type { Network, Node, Weight } from './onnx-writer.js';

const SIZE = 16;

/** Kernels [4, 3, 3, 3]: steps to the right, to the left, down and up, over the sum of the channels. */
function kernels(): number[] {
  const right = [0, 0, 0, 0, -1, 1, 0, 0, 0];
  const down = [0, 0, 0, 0, -1, 0, 0, 1, 0];
  const signed = [right, right.map((value) => -value), down, down.map((value) => -value)];
  return signed.flatMap((kernel) => [0, 1, 2].flatMap(() => kernel));
}

const convolution: readonly Weight[] = [
  { name: 'classifier.weight', shape: [4, 3, 3, 3], values: kernels() },
  { name: 't1', shape: [4], values: [0, 0, 0, 0] },
];
const nodes: readonly Node[] = [
  {
    op: 'Conv',
    inputs: ['pixels', 'classifier.weight', 't1'],
    output: 'logits',
    ints: { kernel_shape: [3, 3] },
  },
  { op: 'Relu', inputs: ['logits'], output: 'features' },
];

/** Takes planes in any batch and gives maps. Its names are those that a joined network has itself. */
export const EDGES: Network = {
  inputs: [{ name: 'pixels', type: 'float32', shape: ['batch', 3, SIZE, SIZE] }],
  outputs: [{ name: 'features', type: 'float32', shape: ['batch', 4, SIZE - 2, SIZE - 2] }],
  nodes,
  weights: convolution,
};

/** The same with channels last, for one picture at a time, as rows of features. */
export const EDGES_LAST: Network = {
  inputs: [{ name: 'picture', type: 'float32', shape: [1, SIZE, SIZE, 3] }],
  outputs: [{ name: 'rows', type: 'float32', shape: [1, 4] }],
  nodes: [
    { op: 'Transpose', inputs: ['picture'], output: 'pixels', ints: { perm: [0, 3, 1, 2] } },
    ...nodes,
    { op: 'ReduceMean', inputs: ['features'], output: 'rows', ints: { axes: [2, 3] }, int: { keepdims: 0 } },
  ],
  weights: convolution,
};

/** Mean over all places of the four maps, for values of the picture [size, size, 3] as the network gets them. */
export function edgeFeatures(values: readonly number[]): number[] {
  const at = (row: number, column: number): number =>
    [0, 1, 2].reduce((sum, channel) => sum + values[(row * SIZE + column) * 3 + channel]!, 0);
  const sums = [0, 0, 0, 0];
  for (let row = 1; row < SIZE - 1; row += 1) {
    for (let column = 1; column < SIZE - 1; column += 1) {
      const right = at(row, column + 1) - at(row, column);
      const down = at(row + 1, column) - at(row, column);
      for (const [index, value] of [right, -right, down, -down].entries()) sums[index]! += Math.max(0, value);
    }
  }
  return sums.map((sum) => sum / (SIZE - 2) ** 2);
}
