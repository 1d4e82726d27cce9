/**
 * A network's training step as one ONNX graph: pixels, soft targets, dropout masks and parameters in; loss,
 * logits, gradients and batch statistics out. Where an earlier network's answers are to be kept, they go in as
 * `remembered` [N, K].
 */
import { FashiondError } from '../../domain/errors.js';
import { batchNorm } from '../graph/batch-norm.js';
import { convolution, convolutionShape } from '../graph/convolution.js';
import { dense } from '../graph/dense.js';
import { distillationLoss } from '../graph/distillation-loss.js';
import type { Distillation } from '../graph/distillation-loss.js';
import { gradients } from '../graph/gradient.js';
import { Graph } from '../graph/graph.js';
import type { GraphOptions, Tensor } from '../graph/graph.js';
import { softmaxCrossEntropy, squaredError } from '../graph/loss.js';
import { contrastiveLoss, l2Normalize } from '../graph/metric-loss.js';
import { pictureInput } from '../graph/picture-input.js';
import { add, dropout, relu } from '../graph/pointwise.js';
import { pooledConvolution } from '../graph/pooled-convolution.js';
import { imageShape, rowsShape, sizeOf } from '../graph/shape.js';
import type { NamedTensor } from '../../model/safetensors.js';
import { forward } from './forward.js';
import type { ConvolutionShape, LayerBuilder } from './forward.js';
import type { NamedValues } from './served-values.js';
import { partName } from '../../model/network.js';
import type { Initial, NetworkSpec, ParameterSpec } from '../../model/network.js';

/** Tells the facts of a garment; it is not served. */
const FACTS_LAYER = 'facts';
/** Of the facts' mean squared error beside the contrastive loss. */
const FACTS_WEIGHT = 6;

interface DropoutMask {
  readonly name: string;
  readonly shape: readonly number[];
  readonly rate: number;
}

/** A layer whose running statistics are kept. */
interface Statistic {
  readonly name: string;
  readonly channels: number;
}

export interface TrainingGraph {
  /** Outputs: `loss` [], `logits`, `gradient NAME` of each parameter, and NAME of each statistic. */
  readonly bytes: Uint8Array;
  readonly parameters: readonly ParameterSpec[];
  /** Means and variances, in the order met. */
  readonly statistics: readonly Statistic[];
  readonly masks: readonly DropoutMask[];
  /** Floating-point operations of one picture's forward pass, two for each multiply-add. */
  readonly flops: number;
}

/** Name of the output that holds the derivative by a parameter. */
export function gradientName(parameter: string): string {
  return `gradient ${parameter}`;
}

/** `options`: for which device; `channelBlock` as ../runtime.ts finds it. `distillation`: null without a teacher. */
export function buildTrainingGraph(
  spec: NetworkSpec,
  batch: number,
  options: GraphOptions = {},
  distillation: Distillation | null = null,
): TrainingGraph {
  const graph = new Graph(options);
  const builder = new TrainingBuilder(graph);
  const x = pictureInput(graph, batch, spec.size);
  const { logits, loss } = lossOf(spec, builder, x, distillation);
  const derivatives = gradients(graph, loss, builder.tensors);
  const outputs: Record<string, Tensor> = { loss, logits, ...builder.statisticTensors };
  for (const [index, tensor] of derivatives.entries()) {
    outputs[gradientName(builder.parameters[index]?.name ?? '')] = tensor;
  }
  return {
    bytes: graph.encode(`${spec.name} training`, outputs),
    parameters: builder.parameters,
    statistics: Object.entries(builder.statisticTensors).map(([name, tensor]) => ({
      name,
      channels: sizeOf(tensor.shape),
    })),
    masks: builder.masks,
    flops: builder.flops,
  };
}

/** Of a contrastive network `logits` are its embeddings, and `targets` [batch, batch] say which rows belong together. */
function lossOf(
  spec: NetworkSpec,
  builder: TrainingBuilder,
  x: Tensor,
  distillation: Distillation | null,
): { readonly logits: Tensor; readonly loss: Tensor } {
  const { graph } = builder;
  const { logits, features } = forward(spec, builder, x);
  const [batch = 1] = logits.shape;
  if (spec.contrastive !== undefined) {
    const { temperature, facts } = spec.contrastive;
    const rows = l2Normalize(graph, 'embedding', logits);
    const positives = graph.input('targets', [batch, batch]);
    const loss = contrastiveLoss(graph, 'loss', rows, positives, temperature);
    if (facts === 0) return { logits: rows, loss };
    const told = builder.dense(FACTS_LAYER, features, facts);
    const compared = [told, graph.input('facts', told.shape), graph.input('known', told.shape)] as const;
    const error = squaredError(graph, FACTS_LAYER, compared, FACTS_WEIGHT);
    return { logits: rows, loss: add(graph, 'loss', loss, error) };
  }
  const targets = graph.input('targets', [batch, spec.classes]);
  const byLabels = softmaxCrossEntropy(graph, 'loss', logits, targets);
  if (distillation === null) return { logits, loss: byLabels };
  return { logits, loss: add(graph, 'loss', byLabels, kept(graph, logits, distillation)) };
}

function kept(graph: Graph, logits: Tensor, { classes, temperature }: Distillation): Tensor {
  const [batch = 1] = logits.shape;
  const answers = graph.input('remembered', [batch, classes]);
  return distillationLoss(graph, 'distillation', logits, answers, temperature);
}

/** Values by name with their shapes, as weights.safetensors keeps them: parameters, then statistics. */
export function namedTensors(
  { parameters, statistics }: Pick<TrainingGraph, 'parameters' | 'statistics'>,
  values: NamedValues,
): Map<string, NamedTensor> {
  const shapes = [
    ...parameters.map(({ name, shape }) => ({ name, shape })),
    ...statistics.map(({ name, channels }) => ({ name, shape: [channels] })),
  ];
  return new Map(
    shapes.map(({ name, shape }) => {
      const data = values.get(name);
      if (data?.length === sizeOf(shape)) return [name, { shape, data }];
      throw new FashiondError(
        'internal',
        `${name}: expected [${shape.join(', ')}], got ${data?.length} values`,
      );
    }),
  );
}

class TrainingBuilder implements LayerBuilder {
  readonly parameters: ParameterSpec[] = [];
  readonly tensors: Tensor[] = [];
  readonly masks: DropoutMask[] = [];
  readonly statisticTensors: Record<string, Tensor> = {};
  readonly graph: Graph;
  flops = 0;

  constructor(graph: Graph) {
    this.graph = graph;
  }

  convolution(name: string, x: Tensor, shape: ConvolutionShape): Tensor {
    const { channels, kernel, stride, pool } = shape;
    const [, inChannels] = imageShape(name, x.shape);
    const fanIn = inChannels * kernel * kernel;
    const weight = this.#parameter(partName(name, 'weight'), [channels, inChannels, kernel, kernel], {
      kind: 'he',
      fanIn,
    });
    const perChannel = [1, channels, 1, 1];
    const scale = this.#parameter(partName(name, 'scale'), perChannel, { kind: 'constant', value: 1 });
    const shift = this.#parameter(partName(name, 'shift'), perChannel, { kind: 'constant', value: 0 });
    const options = { layer: name, stride, padding: (kernel - 1) / 2 };
    const [, , height, width] = convolutionShape(x, weight, options);
    this.flops += 2 * fanIn * channels * height * width;
    const { output, mean, variance } = pool
      ? pooledConvolution(this.graph, x, weight, scale, shift, options)
      : batchNorm(this.graph, name, convolution(this.graph, x, weight, options), scale, shift);
    this.statisticTensors[partName(name, 'mean')] = mean;
    this.statisticTensors[partName(name, 'variance')] = variance;
    // Relu and max pooling commute; pooling first leaves Relu a quarter of the values.
    return shape.relu ? relu(this.graph, output) : output;
  }

  sum(name: string, x: Tensor, y: Tensor): Tensor {
    return relu(this.graph, add(this.graph, name, x, y));
  }

  dense(name: string, x: Tensor, units: number): Tensor {
    const [, inUnits] = rowsShape(name, x.shape);
    const initial: Initial = { kind: 'glorot', fanIn: inUnits, fanOut: units };
    const weight = this.#parameter(partName(name, 'weight'), [inUnits, units], initial);
    const bias = this.#parameter(partName(name, 'bias'), [units], { kind: 'constant', value: 0 });
    this.flops += 2 * inUnits * units;
    return dense(this.graph, name, x, weight, bias);
  }

  dropout(name: string, x: Tensor, rate: number): Tensor {
    if (rate === 0) return x;
    const mask = { name: `mask ${name}`, shape: x.shape.map(Number), rate };
    this.masks.push(mask);
    return dropout(this.graph, name, x, this.graph.input(mask.name, mask.shape));
  }

  #parameter(name: string, shape: readonly number[], initial: Initial): Tensor {
    this.parameters.push({ name, shape, initial, decays: initial.kind !== 'constant' });
    const tensor = this.graph.parameter(name, shape);
    this.tensors.push(tensor);
    return tensor;
  }
}
