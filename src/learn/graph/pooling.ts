/** Max pooling over 2x2 squares, and the average over all positions. */
import type { Attribute } from '../onnx/encode.js';
import type { Graph, Tensor } from './graph.js';
import { fixedBatch, imageShape, mismatch } from './shape.js';

const SQUARES: readonly Attribute[] = [
  { name: 'kernel_shape', type: 'ints', value: [2, 2] },
  { name: 'strides', type: 'ints', value: [2, 2] },
];

/** [N, C, H, W] -> [N, C, H / 2, W / 2]; both sides must be even. Ties send the derivative to one of them. */
export function maxPool(graph: Graph, layer: string, x: Tensor): Tensor {
  const [batch, channels, height, width] = imageShape(layer, x.shape);
  if (height % 2 !== 0 || width % 2 !== 0) throw mismatch(layer, 'even height and width', [x.shape]);
  const shape = [batch, channels, height / 2, width / 2];
  if (!x.tracked) return graph.emit('MaxPool', [x], shape, { attributes: SQUARES });
  const { values, indices } = graph.emitWithIndices('MaxPool', [x], shape, SQUARES);
  return graph.record(values, [
    [
      x,
      (dy) => {
        const full = graph.integers([fixedBatch(layer, batch), channels, height, width]);
        return graph.emit('MaxUnpool', [dy, indices, full], x.shape, { attributes: SQUARES });
      },
    ],
  ]);
}

/** [N, C, H, W] -> [N, C], the mean over positions. */
export function globalAveragePool(graph: Graph, layer: string, x: Tensor): Tensor {
  const [batch, channels, height, width] = imageShape(layer, x.shape);
  const pooled = graph.emit('GlobalAveragePool', [x], [batch, channels, 1, 1]);
  const flat = graph.emit('Flatten', [pooled], [batch, channels]);
  return graph.record(flat, [
    [
      x,
      (dy) => {
        const count = fixedBatch(layer, batch);
        const share = graph.emit('Mul', [dy, graph.scalar(1 / (height * width))], dy.shape);
        const square = graph.emit('Reshape', [share, graph.integers([count, channels, 1, 1])], pooled.shape);
        return graph.emit('Expand', [square, graph.integers([count, channels, height, width])], x.shape);
      },
    ],
  ]);
}
