/** The head on frozen features: dropout, the latent sigmoid layer, one logit a class; to train and to serve. */
import { dense } from '../graph/dense.js';
import { gradients } from '../graph/gradient.js';
import { Graph } from '../graph/graph.js';
import type { Tensor } from '../graph/graph.js';
import { softmaxCrossEntropy } from '../graph/loss.js';
import { dropout, sigmoid } from '../graph/pointwise.js';
import type { NamedValues } from '../networks/served-values.js';
import { gradientName } from '../networks/training-graph.js';
import type { TrainingGraph } from '../networks/training-graph.js';
import { partName } from '../../model/network.js';
import type { Initial, ParameterSpec } from '../../model/network.js';

export interface HeadShape {
  /** Features of a picture. */
  readonly width: number;
  readonly latentBits: number;
  readonly classes: number;
  readonly dropout: number;
}

const FEATURES = 'features';

/** Inputs `features` [batch, width], `targets`, a dropout mask and the parameters; outputs as every training graph's. */
export function buildHeadTraining(
  { width, latentBits, classes, dropout: rate }: HeadShape,
  batch: number,
): TrainingGraph {
  const graph = new Graph();
  const parameters: ParameterSpec[] = [];
  const tensors: Tensor[] = [];
  const parameter = (name: string, shape: readonly number[], initial: Initial): Tensor => {
    parameters.push({ name, shape, initial, decays: initial.kind !== 'constant' });
    const tensor = graph.parameter(name, shape);
    tensors.push(tensor);
    return tensor;
  };
  const layer = (name: string, x: Tensor, fanIn: number, fanOut: number): Tensor => {
    const weight = parameter(partName(name, 'weight'), [fanIn, fanOut], { kind: 'glorot', fanIn, fanOut });
    const bias = parameter(partName(name, 'bias'), [fanOut], { kind: 'constant', value: 0 });
    return dense(graph, name, x, weight, bias);
  };
  const x = graph.input(FEATURES, [batch, width]);
  const targets = graph.input('targets', [batch, classes]);
  const mask = { name: 'mask features', shape: [batch, width], rate };
  const kept = rate === 0 ? x : dropout(graph, 'features', x, graph.input(mask.name, mask.shape));
  const latent = sigmoid(graph, layer('latent', kept, width, latentBits));
  const logits = layer('classifier', latent, latentBits, classes);
  const loss = softmaxCrossEntropy(graph, 'loss', logits, targets);
  const outputs: Record<string, Tensor> = { loss, logits };
  for (const [index, tensor] of gradients(graph, loss, tensors).entries()) {
    outputs[gradientName(parameters[index]?.name ?? '')] = tensor;
  }
  return {
    bytes: graph.encode('head training', outputs),
    parameters,
    statistics: [],
    masks: rate === 0 ? [] : [mask],
    flops: 2 * (width * latentBits + latentBits * classes),
  };
}

/**
 * Adds the head to a graph that has features [N, width]; the outputs by the names that serving expects. Only operators
 * that have been the same since operator set 7.
 */
export function serveHead(
  graph: Graph,
  features: Tensor,
  { width, latentBits, classes }: HeadShape,
  values: NamedValues,
): Record<'probabilities' | 'logits' | 'latent' | 'features', Tensor> {
  const [batch = 'N'] = features.shape;
  const layer = (name: string, x: Tensor, fanIn: number, fanOut: number): Tensor => {
    const constant = (part: 'weight' | 'bias', shape: readonly number[]): Tensor =>
      graph.constant(
        `fashiond.${partName(name, part)}`,
        shape,
        values.get(partName(name, part)) ?? new Float32Array(),
      );
    return graph.emit(
      'Gemm',
      [x, constant('weight', [fanIn, fanOut]), constant('bias', [fanOut])],
      [batch, fanOut],
    );
  };
  const latent = graph.emit('Sigmoid', [layer('latent', features, width, latentBits)], [batch, latentBits]);
  const logits = layer('classifier', latent, latentBits, classes);
  const attributes = [{ name: 'axis', type: 'int', value: 1 }] as const;
  const probabilities = graph.emit('Softmax', [logits], [batch, classes], { attributes });
  return { probabilities, logits, latent, features };
}

/** The head alone: `features` in, `probabilities` out. */
export function headNetwork(shape: HeadShape, values: NamedValues): Uint8Array {
  const graph = new Graph();
  const { probabilities } = serveHead(graph, graph.input(FEATURES, ['N', shape.width]), shape, values);
  return graph.encode('head', { probabilities });
}
