/** Max pooling over 2x2 squares, and the average over all positions. */
import type { Attribute } from '../onnx/encode.js';
import type { Graph, Tensor } from './graph.js';
import { fixedBatch, imageShape, mismatch } from './shape.js';

const SQUARES: readonly Attribute[] = [
  { name: 'kernel_shape', type: 'ints', value: [2, 2] },
  { name: 'strides', type: 'ints', value: [2, 2] },
];

/** [N, C, H, W] -> [N, C, H / 2, W / 2]; both sides must be even. Ties share the derivative evenly. */
export function maxPool(graph: Graph, layer: string, x: Tensor): Tensor {
  const pooled = largestOfSquares(graph, layer, x);
  return graph.record(pooled, [[x, (dy) => routeToLargest(graph, layer, x, pooled, dy)]]);
}

/** The forward part of max pooling. */
export function largestOfSquares(graph: Graph, layer: string, x: Tensor): Tensor {
  const [batch, channels, height, width] = imageShape(layer, x.shape);
  if (height % 2 !== 0 || width % 2 !== 0) throw mismatch(layer, 'even height and width', [x.shape]);
  const shape = [batch, channels, height / 2, width / 2];
  return graph.emit('MaxPool', [x], shape, { attributes: SQUARES });
}

/**
 * `values` [N, C, H / 2, W / 2], each put where its square of `x` has its largest value `pooled`, and zero elsewhere.
 *
 * Comparing with the pooled values costs half of what MaxPool asks for its positions. Equal values in a square
 * are common (even ground), so each gets its share.
 */
export function routeToLargest(
  graph: Graph,
  layer: string,
  x: Tensor,
  pooled: Tensor,
  values: Tensor,
): Tensor {
  const [batch, channels, height, width] = imageShape(layer, x.shape);
  const rowPairs = (fixedBatch(layer, batch) * channels * height) / 2;
  const pairs = [rowPairs, 2, width];
  const inPairs = graph.emit('Reshape', [x, graph.integers(pairs)], pairs);
  const equal = graph.emit('Equal', [inPairs, doubledWidth(graph, pooled, rowPairs, width, 1)], pairs, {
    type: 'bool',
  });
  const mask = graph.emit('Cast', [equal], pairs, { attributes: [{ name: 'to', type: 'int', value: 1 }] });
  const full = graph.integers([fixedBatch(layer, batch), channels, height, width]);
  const share = graph.emit('AveragePool', [graph.emit('Reshape', [mask, full], x.shape)], pooled.shape, {
    attributes: SQUARES,
  });
  const shared = graph.emit('Div', [values, share], pooled.shape);
  const routed = graph.emit('Mul', [mask, doubledWidth(graph, shared, rowPairs, width, 1 / 4)], pairs);
  return graph.emit('Reshape', [routed, full], x.shape);
}

/** Every value twice along the width and times `factor`, as [rows, 1, width] to be broadcast over two rows. */
function doubledWidth(graph: Graph, x: Tensor, rows: number, width: number, factor: number): Tensor {
  const column = [(rows * width) / 2, 1];
  const twice = graph.filled([1, 2], factor);
  // A product with one column: Expand and broadcasting copy value by value, twenty times as slow.
  const doubled = graph.emit(
    'MatMul',
    [graph.emit('Reshape', [x, graph.integers(column)], column), twice],
    [(rows * width) / 2, 2],
  );
  const shape = [rows, 1, width];
  return graph.emit('Reshape', [doubled, graph.integers(shape)], shape);
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
