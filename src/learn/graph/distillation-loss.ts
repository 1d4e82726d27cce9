/** Learning without Forgetting (Li and Hoiem 2017): a network's answers are held to those of an earlier one. */
import type { Graph, Tensor } from './graph.js';
import { dense } from './dense.js';
import { softmaxCrossEntropy } from './loss.js';
import { fixedBatch, mismatch, rowsShape } from './shape.js';

/** What of an earlier network shapes a training graph. */
export interface Distillation {
  /** Number of its classes that count. */
  readonly classes: number;
  readonly temperature: number;
}

/**
 * Mean over the batch of -sum(softened log softmax(z / T)) T^2, a scalar, where z is the part of `logits` [N, classes]
 * that the earlier network has too: its first K columns, for `softened` [N, K]. The earlier network's probabilities
 * at temperature T may be multiplied by a weight: rows of `softened` need not add up to 1. T^2 keeps the derivative as
 * large as that of the other loss, whatever the temperature (Hinton et al. 2015, section 2.1).
 */
export function distillationLoss(
  graph: Graph,
  layer: string,
  logits: Tensor,
  softened: Tensor,
  temperature: number,
): Tensor {
  const [batch, classes] = rowsShape(layer, logits.shape);
  const [rows, known] = rowsShape(layer, softened.shape);
  if (rows !== batch || known > classes) {
    throw mismatch(layer, 'softened answers [N, K] with K at most the classes of the logits', [
      logits.shape,
      softened.shape,
    ]);
  }
  const selection = graph.constant(
    `${layer} selection`,
    [classes, known],
    knownColumns(classes, known, temperature),
  );
  const ownPart = dense(graph, layer, logits, selection, graph.filled([known], 0));
  const scale = graph.scalar(temperature ** 2);
  const targets = graph.emit('Mul', [softened, scale], [fixedBatch(layer, batch), known]);
  return softmaxCrossEntropy(graph, layer, ownPart, targets);
}

/** [classes, known]: times it, rows of logits become their first `known` columns, divided by the temperature. */
export function knownColumns(classes: number, known: number, temperature: number): Float32Array {
  const selection = new Float32Array(classes * known);
  for (let column = 0; column < known; column += 1) selection[column * known + column] = 1 / temperature;
  return selection;
}
