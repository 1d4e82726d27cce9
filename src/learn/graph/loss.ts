/** Softmax, and its cross-entropy with soft targets. */
import type { Attribute } from '../onnx/encode.js';
import type { Graph, Tensor } from './graph.js';
import { fixedBatch, mismatch, rowsShape, sameShape } from './shape.js';

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
  const logProbabilities = graph.emit('LogSoftmax', [logits], logits.shape, { attributes: LAST_AXIS });
  const terms = graph.emit('Mul', [targets, logProbabilities], logits.shape);
  const sum = graph.emit('ReduceSum', [terms, graph.integers([0, 1])], [], {
    attributes: [{ name: 'keepdims', type: 'int', value: 0 }],
  });
  const loss = graph.emit('Mul', [sum, graph.scalar(-1 / count)], []);
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
