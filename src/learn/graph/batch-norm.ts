/**
 * Batch Normalization over batch and positions of [N, C, H, W], training form (Ioffe and Szegedy 2015,
 * algorithm 1 and the gradients of section 3). Batch mean and variance are returned too, so that the trainer
 * can keep running statistics; for serving the layer is folded into the convolution before it.
 *
 * These operators move more memory than they calculate, so what counts is how often a tensor of full size is read
 * and written: two passes for the statistics, one to normalize, and all that is one number a channel comes first.
 */
import { BATCH_NORM_EPSILON } from '../../model/network.js';
import type { Attribute } from '../onnx/encode.js';
import type { Graph, Tensor } from './graph.js';
import { largestOfSquares, routeToLargest } from './pooling.js';
import { fixedBatch, imageShape, mismatch } from './shape.js';

export interface Normalized {
  readonly output: Tensor;
  /** Biased (divided by N H W), shape [1, C, 1, 1]. */
  readonly variance: Tensor;
  /** Shape [1, C, 1, 1]. */
  readonly mean: Tensor;
}

/** `scale` and `shift` have shape [1, C, 1, 1]. */
export function batchNorm(graph: Graph, layer: string, x: Tensor, scale: Tensor, shift: Tensor): Normalized {
  return normalize(graph, layer, x, scale, shift, {
    values: x,
    route: (dy) => dy,
  });
}

/**
 * Max pooling over 2x2 squares of `batchNorm`'s output, for a `scale` that is nowhere negative: the largest value
 * stays the largest then, so that what is normalized, and summed for the derivatives, is a quarter of the values.
 */
export function pooledBatchNorm(
  graph: Graph,
  layer: string,
  x: Tensor,
  scale: Tensor,
  shift: Tensor,
): Normalized {
  const values = largestOfSquares(graph, layer, x);
  return normalize(graph, layer, x, scale, shift, {
    values,
    route: (dy) => routeToLargest(graph, layer, x, values, dy),
  });
}

/** Those of the input's values that reach the output, and the derivative by the output brought back to their places. */
interface Selection {
  readonly values: Tensor;
  readonly route: (dy: Tensor) => Tensor;
}

function normalize(
  graph: Graph,
  layer: string,
  x: Tensor,
  scale: Tensor,
  shift: Tensor,
  { values, route }: Selection,
): Normalized {
  const [batch, channels, height, width] = imageShape(layer, x.shape);
  const perChannel = [1, channels, 1, 1];
  for (const parameter of [scale, shift]) {
    if (parameter.shape.join() !== perChannel.join()) {
      throw mismatch(layer, 'scale and shift [1, C, 1, 1]', [x.shape, parameter.shape]);
    }
  }
  const channel = (opType: string, ...inputs: Tensor[]): Tensor => graph.emit(opType, inputs, perChannel);
  const perCount = graph.scalar(1 / (fixedBatch(layer, batch) * height * width));
  const mean = channel('Mul', channelSum(graph, x), perCount);
  const square = channel('Mul', channelSum(graph, graph.emit('Mul', [x, x], x.shape)), perCount);
  // Rounding may leave a channel without any variance slightly below zero.
  const variance = channel('Relu', channel('Sub', square, channel('Mul', mean, mean)));
  const deviation = channel('Sqrt', channel('Add', variance, graph.scalar(BATCH_NORM_EPSILON)));
  const inverse = channel('Reciprocal', deviation);
  const gain = channel('Mul', scale, inverse);
  const level = channel('Sub', shift, channel('Mul', gain, mean));

  // Both sums are wanted by all derivatives; they are appended once for each dy.
  const sums = new Map<string, { readonly ofDy: Tensor; readonly ofDyNormal: Tensor }>();
  const sumsFor = (dy: Tensor): { readonly ofDy: Tensor; readonly ofDyNormal: Tensor } => {
    const known = sums.get(dy.name);
    if (known !== undefined) return known;
    const ofDy = channelSum(graph, dy);
    const ofProduct = channelSum(graph, graph.emit('Mul', [dy, values], values.shape));
    const centred = channel('Sub', ofProduct, channel('Mul', mean, ofDy));
    const made = { ofDy, ofDyNormal: channel('Mul', centred, inverse) };
    sums.set(dy.name, made);
    return made;
  };
  const output = graph.record(affine(graph, values, gain, level), [
    [shift, (dy) => sumsFor(dy).ofDy],
    [scale, (dy) => sumsFor(dy).ofDyNormal],
    [
      x,
      (dy) => {
        // gain (dy - mean(dy) - (x - mean) inverse mean(dy normal)), the last two as one line of x.
        const { ofDy, ofDyNormal } = sumsFor(dy);
        const fall = channel('Mul', gain, perCount);
        const slope = channel('Neg', channel('Mul', fall, channel('Mul', inverse, ofDyNormal)));
        const offset = channel('Add', channel('Mul', fall, ofDy), channel('Mul', slope, mean));
        const line = affine(graph, x, slope, channel('Neg', offset));
        const scaled = affine(graph, dy, gain, null);
        return graph.emit('Add', [route(scaled), line], x.shape);
      },
    ],
  ]);
  return { output, mean, variance };
}

/** [N, C, H, W] -> [1, C, 1, 1]. */
function channelSum(graph: Graph, x: Tensor): Tensor {
  const attributes: readonly Attribute[] = [{ name: 'keepdims', type: 'int', value: 1 }];
  const [, channels] = imageShape('sum', x.shape);
  return graph.emit('ReduceSum', [x, graph.integers([0, 2, 3])], [1, channels, 1, 1], { attributes });
}

/** slope x + level for each channel, in one pass: what BatchNormalization does with mean 0 and variance 1. */
function affine(graph: Graph, x: Tensor, slope: Tensor, level: Tensor | null): Tensor {
  if (level === null) return graph.emit('Mul', [x, slope], x.shape);
  const [, channels] = imageShape('affine', x.shape);
  const flat = (tensor: Tensor): Tensor =>
    graph.emit('Reshape', [tensor, graph.integers([channels])], [channels]);
  return graph.emit(
    'BatchNormalization',
    [x, flat(slope), flat(level), graph.filled([channels], 0), graph.filled([channels], 1)],
    x.shape,
    { attributes: [{ name: 'epsilon', type: 'float', value: 0 }] },
  );
}
