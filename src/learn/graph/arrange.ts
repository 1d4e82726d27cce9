/** Operators that only move values: Concat and Reshape. */
import type { Attribute } from '../onnx/encode.js';
import type { Graph, Tensor } from './graph.js';
import { mismatch } from './shape.js';
import type { Shape } from './shape.js';

/** Tensors of one shape but for `axis` (from 0), one after the other along it. Their order is kept. */
export function concat(graph: Graph, layer: string, tensors: readonly Tensor[], axis: number): Tensor {
  const shapes = tensors.map((tensor) => tensor.shape);
  const [first] = shapes;
  const lengths = shapes.map((shape) => shape[axis]).filter((length) => typeof length === 'number');
  const alike = (shape: Shape): boolean =>
    shape.length === first?.length &&
    shape.every((length, index) => index === axis || length === first[index]);
  if (first === undefined || lengths.length < shapes.length || !shapes.every(alike)) {
    throw mismatch(layer, `tensors that differ along axis ${axis} only`, shapes);
  }
  const sum = lengths.reduce((total, length) => total + length, 0);
  const output = graph.emit('Concat', tensors, first.with(axis, sum), {
    attributes: [{ name: 'axis', type: 'int', value: axis }],
  });
  let end = 0;
  const paths = tensors.map((tensor, index) => {
    const start = end;
    end += lengths[index] ?? 0;
    const bounds = [[start], [end], [axis]];
    const slice = (dy: Tensor): Tensor =>
      graph.emit('Slice', [dy, ...bounds.map((values) => graph.integers(values))], tensor.shape);
    return [tensor, slice] as const;
  });
  return graph.record(output, paths);
}

/** The same values in another shape; a symbolic batch may stand first in both. */
export function reshape(graph: Graph, layer: string, x: Tensor, shape: Shape): Tensor {
  if (x.shape.includes('N') !== shape.includes('N') || elements(x.shape) !== elements(shape)) {
    throw mismatch(layer, 'a shape for as many values', [x.shape, shape]);
  }
  return graph.record(reshaped(graph, x, shape), [[x, (dy) => reshaped(graph, dy, x.shape)]]);
}

/** The same values in another shape, without a derivative. */
export function reshaped(graph: Graph, x: Tensor, shape: Shape): Tensor {
  // -1 asks ONNX for the length that is left over.
  const lengths = shape.map((length) => (length === 'N' ? -1 : length));
  const attributes: Attribute[] = [{ name: 'allowzero', type: 'int', value: 0 }];
  return graph.emit('Reshape', [x, graph.integers(lengths)], shape, { attributes });
}

/**
 * Axis `order[i]` of the input becomes axis i; without a derivative. ONNX Runtime is 20 times as fast where a single
 * axis moves, or two neighbours change places: worth two steps instead of one.
 */
export function transposed(graph: Graph, x: Tensor, order: readonly number[]): Tensor {
  const shape = order.map((axis) => x.shape[axis] ?? 0);
  return graph.emit('Transpose', [x], shape, { attributes: [{ name: 'perm', type: 'ints', value: order }] });
}

/** Of one row of the batch where that is symbolic. */
function elements(shape: Shape): number {
  return shape.reduce<number>((product, length) => product * (length === 'N' ? 1 : length), 1);
}
