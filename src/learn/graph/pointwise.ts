/** Operators that work element by element: Relu, LeakyRelu, Sigmoid, Tanh, Add, Dropout. */
import type { Attribute } from '../onnx/encode.js';
import type { Graph, Tensor } from './graph.js';
import { mismatch, sameShape } from './shape.js';

/** So steep that every positive normal float32 times it is above 1. */
const STEEPEST = 3.4e38;
/** 0 for 0, 1 for all positive normal numbers: clip(STEEPEST x, 0, 1), six times as fast as Sign. */
const STEP: readonly Attribute[] = [
  { name: 'alpha', type: 'float', value: STEEPEST },
  { name: 'beta', type: 'float', value: 0 },
];

/** max(x, 0); the derivative at 0 is taken as 0. */
export function relu(graph: Graph, x: Tensor): Tensor {
  const output = graph.emit('Relu', [x], x.shape);
  const mask = (): Tensor => graph.emit('HardSigmoid', [output], x.shape, { attributes: STEP });
  return graph.record(output, [[x, (dy) => graph.emit('Mul', [dy, mask()], x.shape)]]);
}

/** x where it is positive, `slope` x elsewhere (Maas et al. 2013); the derivative at 0 is taken as `slope`. */
export function leakyRelu(graph: Graph, x: Tensor, slope: number): Tensor {
  const attributes: Attribute[] = [{ name: 'alpha', type: 'float', value: slope }];
  return graph.record(graph.emit('LeakyRelu', [x], x.shape, { attributes }), [
    [
      x,
      (dy) => {
        const positive = graph.emit('Greater', [x, graph.scalar(0)], x.shape, { type: 'bool' });
        const slopes = graph.emit('Where', [positive, graph.scalar(1), graph.scalar(slope)], x.shape);
        return graph.emit('Mul', [dy, slopes], x.shape);
      },
    ],
  ]);
}

/** The hyperbolic tangent, with derivative 1 - y^2. */
export function tanh(graph: Graph, x: Tensor): Tensor {
  const y = graph.emit('Tanh', [x], x.shape);
  return graph.record(y, [
    [
      x,
      (dy) => {
        const square = graph.emit('Mul', [y, y], x.shape);
        return graph.emit('Mul', [dy, graph.emit('Sub', [graph.scalar(1), square], x.shape)], x.shape);
      },
    ],
  ]);
}

/** 1 / (1 + exp(-x)), with derivative y (1 - y). */
export function sigmoid(graph: Graph, x: Tensor): Tensor {
  const y = graph.emit('Sigmoid', [x], x.shape);
  return graph.record(y, [
    [
      x,
      (dy) => {
        const slope = graph.emit('Mul', [y, graph.emit('Sub', [graph.scalar(1), y], x.shape)], x.shape);
        return graph.emit('Mul', [dy, slope], x.shape);
      },
    ],
  ]);
}

/** Sum of two tensors of one shape. */
export function add(graph: Graph, layer: string, a: Tensor, b: Tensor): Tensor {
  if (!sameShape(a.shape, b.shape)) throw mismatch(layer, 'two tensors of one shape', [a.shape, b.shape]);
  return graph.record(graph.emit('Add', [a, b], a.shape), [
    [a, (dy) => dy],
    [b, (dy) => dy],
  ]);
}

/**
 * Inverted dropout (Srivastava et al. 2014): `mask` has the shape of `x` and holds 0 with the dropout rate and
 * 1 / (1 - rate) otherwise. It is an input of the graph, so that a seed decides it.
 */
export function dropout(graph: Graph, layer: string, x: Tensor, mask: Tensor): Tensor {
  if (!sameShape(x.shape, mask.shape))
    throw mismatch(layer, 'a mask of the same shape', [x.shape, mask.shape]);
  return graph.record(graph.emit('Mul', [x, mask], x.shape), [
    [x, (dy) => graph.emit('Mul', [dy, mask], x.shape)],
  ]);
}
