/**
 * The three training steps, each one ONNX graph: a batch and parameters in, losses and gradients out.
 *
 * The discriminator's and the generator's losses are those of Goodfellow et al. 2014, the generator's in the form that
 * does not saturate (section 3). The encoder learns to invert the generator that it is given: the code of a drawn
 * picture is known, and the picture drawn from a real picture's code should be that picture.
 */
import { binaryCrossEntropy } from '../graph/loss.js';
import { meanSquaredError } from '../graph/mean-squared-error.js';
import { gradients } from '../graph/gradient.js';
import { Graph } from '../graph/graph.js';
import type { Tensor } from '../graph/graph.js';
import { pictureInput } from '../graph/picture-input.js';
import { add } from '../graph/pointwise.js';
import { sizeOf } from '../graph/shape.js';
import { gradientName } from '../networks/training-graph.js';
import type { NamedValues } from '../networks/served-values.js';
import { ServedLayers, TrainedLayers } from './layers.js';
import type { DcganParameter } from './layers.js';
import { CODE_LENGTH, discriminator, encoder, generator, SIDE, TANH_SPREAD } from './networks.js';

export interface StepGraph {
  /** Outputs: the losses, `logits ...`, `gradient NAME` of each parameter that learns, and each statistic. */
  readonly bytes: Uint8Array;
  /** Of the network that learns, in the order of its weights. */
  readonly parameters: readonly DcganParameter[];
  /** Means and variances of a network whose running statistics are kept: one that will serve. */
  readonly statistics: readonly { readonly name: string; readonly channels: number }[];
}

/** The network's size and the pictures of a batch. */
export interface StepShape {
  readonly width: number;
  readonly batch: number;
}

/** Outputs `loss`, the sum of the two cross-entropies, `logits real` and `logits drawn`; no statistics. */
export function discriminatorStep({ width, batch }: StepShape): StepGraph {
  const graph = new Graph();
  const drawing = new TrainedLayers(graph, false);
  const judging = new TrainedLayers(graph, true);
  const drawn = generator(drawing, codesInput(graph, batch), width);
  const pictures = pictureInput(graph, batch, SIDE, TANH_SPREAD);
  // Apart, as in the paper's own code: the batch's statistics would tell a mixed one's halves from each other.
  const real = discriminator(judging, pictures, width);
  const invented = discriminator(judging, drawn, width);
  const loss = add(
    graph,
    'loss',
    binaryCrossEntropy(graph, 'loss of real pictures', real, graph.filled([batch, 1], 1)),
    binaryCrossEntropy(graph, 'loss of drawn pictures', invented, graph.filled([batch, 1], 0)),
  );
  const outputs = { loss, 'logits real': real, 'logits drawn': invented };
  return encoded(graph, 'discriminator step', loss, judging, outputs, []);
}

/** Outputs `loss` and `logits drawn`. */
export function generatorStep({ width, batch }: StepShape): StepGraph {
  const graph = new Graph();
  const drawing = new TrainedLayers(graph, true);
  const judging = new TrainedLayers(graph, false);
  const logits = discriminator(judging, generator(drawing, codesInput(graph, batch), width), width);
  const loss = binaryCrossEntropy(graph, 'loss', logits, graph.filled([batch, 1], 1));
  const outputs = { loss, 'logits drawn': logits };
  return encoded(graph, 'generator step', loss, drawing, outputs, [...drawing.statistics]);
}

/**
 * Outputs `loss`, `loss of codes` and `loss of pictures`, whose sum it is. Statistics are those of real pictures,
 * which is what the encoder will be asked about.
 */
export function encoderStep({ width, batch }: StepShape, values: NamedValues): StepGraph {
  const graph = new Graph();
  const drawing = new ServedLayers(graph, values);
  const encoding = new TrainedLayers(graph, true);
  const codes = codesInput(graph, batch);
  const pictures = pictureInput(graph, batch, SIDE, TANH_SPREAD);
  const found = encoder(encoding, generator(drawing, codes, width), width);
  const drawnAgain = generator(drawing, encoder(encoding, pictures, width), width);
  const ofCodes = meanSquaredError(graph, 'loss of codes', found, codes);
  const ofPictures = meanSquaredError(graph, 'loss of pictures', drawnAgain, pictures);
  const loss = add(graph, 'loss', ofCodes, ofPictures);
  const outputs = { loss, 'loss of codes': ofCodes, 'loss of pictures': ofPictures };
  return encoded(graph, 'encoder step', loss, encoding, outputs, [...encoding.statistics]);
}

/** Input `codes` [N, 100], output `pictures` [N, 3, 64, 64], -1 to 1. */
export function servedGenerator(width: number, values: NamedValues): Uint8Array {
  const graph = new Graph();
  const codes = graph.input('codes', ['N', CODE_LENGTH]);
  return graph.encode('generator', { pictures: generator(new ServedLayers(graph, values), codes, width) });
}

/** Input `pixels` uint8 [N, 64, 64, 3], output `codes` [N, 100], -1 to 1. */
export function servedEncoder(width: number, values: NamedValues): Uint8Array {
  const graph = new Graph();
  const pictures = pictureInput(graph, 'N', SIDE, TANH_SPREAD);
  return graph.encode('encoder', { codes: encoder(new ServedLayers(graph, values), pictures, width) });
}

function codesInput(graph: Graph, batch: number): Tensor {
  return graph.input('codes', [batch, CODE_LENGTH]);
}

function encoded(
  graph: Graph,
  name: string,
  loss: Tensor,
  { parameters, tensors }: TrainedLayers,
  outputs: Readonly<Record<string, Tensor>>,
  statistics: readonly (readonly [name: string, tensor: Tensor])[],
): StepGraph {
  const derivatives = gradients(graph, loss, tensors).map(
    (tensor, at) => [gradientName(parameters[at]?.name ?? ''), tensor] as const,
  );
  return {
    bytes: graph.encode(name, {
      ...outputs,
      ...Object.fromEntries(derivatives),
      ...Object.fromEntries(statistics),
    }),
    parameters,
    statistics: statistics.map(([statistic, { shape }]) => ({ name: statistic, channels: sizeOf(shape) })),
  };
}
