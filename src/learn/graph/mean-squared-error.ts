/** The mean squared error. */
import type { Graph, Tensor } from './graph.js';
import { mismatch, sameShape, sizeOf } from './shape.js';

/** Mean over all elements of (a - b)^2, a scalar, for two tensors of one shape. Derivatives: 2 (a - b) / count, and less that. */
export function meanSquaredError(graph: Graph, layer: string, a: Tensor, b: Tensor): Tensor {
  const { shape } = a;
  if (!sameShape(shape, b.shape)) throw mismatch(layer, 'two tensors of one shape', [shape, b.shape]);
  const count = sizeOf(shape);
  const difference = graph.emit('Sub', [a, b], shape);
  const squares = graph.emit('Mul', [difference, difference], shape);
  const axes = graph.integers(shape.map((_, axis) => axis));
  const sum = graph.emit('ReduceSum', [squares, axes], [], {
    attributes: [{ name: 'keepdims', type: 'int', value: 0 }],
  });
  const slope = (sign: 1 | -1, dy: Tensor): Tensor => {
    const scaled = graph.emit('Mul', [graph.scalar((sign * 2) / count), dy], []);
    return graph.emit('Mul', [difference, scaled], shape);
  };
  return graph.record(graph.emit('Mul', [sum, graph.scalar(1 / count)], []), [
    [a, (dy) => slope(1, dy)],
    [b, (dy) => slope(-1, dy)],
  ]);
}
