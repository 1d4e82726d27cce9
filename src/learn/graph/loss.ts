/** Softmax, and cross-entropies with soft targets. */
import type { Attribute } from '../onnx/encode.js';
import type { Graph, Tensor } from './graph.js';
import { fixedBatch, mismatch, rowsShape, sameShape, sizeOf } from './shape.js';

const LAST_AXIS: readonly Attribute[] = [{ name: 'axis', type: 'int', value: -1 }];

/** Rows of probabilities; for serving, so it takes no derivative. */
export function softmax(graph: Graph, logits: Tensor): Tensor {
  return graph.emit('Softmax', [logits], logits.shape, { attributes: LAST_AXIS });
}

/**
 * Mean over the batch of -sum(targets log softmax(logits)), a scalar. `targets` has the logits' shape; its rows
 * need not be one-hot (label smoothing, mixup). Derivative: (softmax(logits) sum(targets) - targets) / N.
 */
export function softmaxCrossEntropy(graph: Graph, layer: string, logits: Tensor, targets: Tensor): Tensor {
  const [batch] = rowsShape(layer, logits.shape);
  if (!sameShape(logits.shape, targets.shape)) {
    throw mismatch(layer, 'targets of the same shape as the logits', [logits.shape, targets.shape]);
  }
  const count = fixedBatch(layer, batch);
  const logProbabilities = logSoftmax(graph, logits);
  const terms = graph.emit('Mul', [targets, logProbabilities], logits.shape);
  const loss = graph.emit('Mul', [total(graph, terms), graph.scalar(-1 / count)], []);
  return graph.record(loss, [
    [
      logits,
      (dy) => {
        const probabilities = graph.emit('Exp', [logProbabilities], logits.shape);
        const mass = graph.emit('ReduceSum', [targets, graph.integers([1])], [count, 1], {
          attributes: [{ name: 'keepdims', type: 'int', value: 1 }],
        });
        const expected = graph.emit('Mul', [probabilities, mass], logits.shape);
        const difference = graph.emit('Sub', [expected, targets], logits.shape);
        const mean = graph.emit('Mul', [difference, graph.scalar(1 / count)], logits.shape);
        return graph.emit('Mul', [mean, dy], logits.shape);
      },
    ],
  ]);
}

function logSoftmax(graph: Graph, logits: Tensor): Tensor {
  const { shape } = logits;
  if (!graph.everyDevice) return graph.emit('LogSoftmax', [logits], shape, { attributes: LAST_AXIS });
  const column = [shape[0] ?? 1, 1];
  const keepdims: Attribute = { name: 'keepdims', type: 'int', value: 1 };
  const largest = graph.emit('ReduceMax', [logits], column, {
    attributes: [keepdims, { name: 'axes', type: 'ints', value: [-1] }],
  });
  // Less the largest, so that no power overflows.
  const below = graph.emit('Sub', [logits, largest], shape);
  const powers = graph.emit('Exp', [below], shape);
  const sum = graph.emit('ReduceSum', [powers, graph.integers([-1])], column, { attributes: [keepdims] });
  return graph.emit('Sub', [below, graph.emit('Log', [sum], column)], shape);
}

/**
 * Mean over all elements of -(t log sigmoid(z) + (1 - t) log(1 - sigmoid(z))), a scalar, for `targets` t in 0..1 of
 * the logits' shape. Written as max(z, 0) - z t + log(1 + exp(-|z|)), which overflows for no z. Derivative:
 * (sigmoid(z) - t) / count.
 */
export function binaryCrossEntropy(graph: Graph, layer: string, logits: Tensor, targets: Tensor): Tensor {
  const { shape } = logits;
  if (!sameShape(shape, targets.shape)) {
    throw mismatch(layer, 'targets of the same shape as the logits', [shape, targets.shape]);
  }
  const count = sizeOf(shape);
  const distance = graph.emit('Neg', [graph.emit('Abs', [logits], shape)], shape);
  const rest = graph.emit('Softplus', [distance], shape);
  const hinge = graph.emit('Relu', [logits], shape);
  const agreement = graph.emit('Mul', [logits, targets], shape);
  const terms = graph.emit('Add', [graph.emit('Sub', [hinge, agreement], shape), rest], shape);
  const loss = graph.emit('Mul', [total(graph, terms), graph.scalar(1 / count)], []);
  return graph.record(loss, [
    [
      logits,
      (dy) => {
        const difference = graph.emit('Sub', [graph.emit('Sigmoid', [logits], shape), targets], shape);
        const mean = graph.emit('Mul', [difference, graph.scalar(1 / count)], shape);
        return graph.emit('Mul', [mean, dy], shape);
      },
    ],
  ]);
}

/**
 * `weight` times the sum over the elements with `known` 1 of (x - wanted)^2, divided by the number of all elements, a
 * scalar. `known` holds 1 or 0. Derivative: 2 weight known (x - wanted) / count.
 */
export function squaredError(
  graph: Graph,
  layer: string,
  [x, wanted, known]: readonly [x: Tensor, wanted: Tensor, known: Tensor],
  weight: number,
): Tensor {
  const { shape } = x;
  for (const other of [wanted, known]) {
    if (!sameShape(shape, other.shape)) throw mismatch(layer, 'tensors of one shape', [shape, other.shape]);
  }
  const share = weight / sizeOf(shape);
  const difference = graph.emit('Mul', [graph.emit('Sub', [x, wanted], shape), known], shape);
  const squares = graph.emit('Mul', [difference, difference], shape);
  const loss = graph.emit('Mul', [total(graph, squares), graph.scalar(share)], []);
  return graph.record(loss, [
    [
      x,
      (dy) => {
        const slope = graph.emit('Mul', [difference, graph.scalar(2 * share)], shape);
        return graph.emit('Mul', [slope, dy], shape);
      },
    ],
  ]);
}

/** The sum of all elements, a scalar. */
function total(graph: Graph, x: Tensor): Tensor {
  const axes = graph.integers(x.shape.map((_, axis) => axis));
  return graph.emit('ReduceSum', [x, axes], [], {
    attributes: [{ name: 'keepdims', type: 'int', value: 0 }],
  });
}
