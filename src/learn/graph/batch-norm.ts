/**
 * Batch Normalization over batch and positions of [N, C, H, W], training form (Ioffe and Szegedy 2015,
 * algorithm 1 and the gradients of section 3). Batch mean and variance are returned too, so that the trainer
 * can keep running statistics; for serving the layer is folded into the convolution before it.
 */
import type { Attribute } from '../onnx/encode.js';
import type { Graph, Tensor } from './graph.js';
import { fixedBatch, imageShape, mismatch } from './shape.js';

/** Added to the variance. */
export const BATCH_NORM_EPSILON = 1e-5;

const CHANNEL_SUM: readonly Attribute[] = [{ name: 'keepdims', type: 'int', value: 1 }];

export interface Normalized {
  readonly output: Tensor;
  /** Biased (divided by N H W), shape [1, C, 1, 1]. */
  readonly variance: Tensor;
  /** Shape [1, C, 1, 1]. */
  readonly mean: Tensor;
}

/** `scale` and `shift` have shape [1, C, 1, 1]. */
export function batchNorm(graph: Graph, layer: string, x: Tensor, scale: Tensor, shift: Tensor): Normalized {
  const [batch, channels, height, width] = imageShape(layer, x.shape);
  const perChannel = [1, channels, 1, 1];
  for (const parameter of [scale, shift]) {
    if (parameter.shape.join() !== perChannel.join()) {
      throw mismatch(layer, 'scale and shift [1, C, 1, 1]', [x.shape, parameter.shape]);
    }
  }
  const count = fixedBatch(layer, batch) * height * width;
  const channelSum = (opType: 'ReduceSum' | 'ReduceSumSquare', tensor: Tensor): Tensor => {
    // ReduceSum takes its axes as an input since operator set 13, ReduceSumSquare only since 18.
    if (opType === 'ReduceSum') {
      return graph.emit(opType, [tensor, graph.integers([0, 2, 3])], perChannel, { attributes: CHANNEL_SUM });
    }
    const attributes: Attribute[] = [...CHANNEL_SUM, { name: 'axes', type: 'ints', value: [0, 2, 3] }];
    return graph.emit(opType, [tensor], perChannel, { attributes });
  };
  const channel = (opType: string, ...inputs: Tensor[]): Tensor => graph.emit(opType, inputs, perChannel);
  const perCount = graph.scalar(1 / count);
  const mean = channel('Mul', channelSum('ReduceSum', x), perCount);
  const centred = graph.emit('Sub', [x, mean], x.shape);
  const variance = channel('Mul', channelSum('ReduceSumSquare', centred), perCount);
  const deviation = channel('Sqrt', channel('Add', variance, graph.scalar(BATCH_NORM_EPSILON)));
  const inverse = channel('Reciprocal', deviation);
  const gain = channel('Mul', scale, inverse);
  const scaled = graph.emit('Mul', [centred, gain], x.shape);
  const plain = graph.emit('Add', [scaled, shift], x.shape);

  // Both sums are wanted by two of the three derivatives; they are appended once.
  const sums = new Map<string, { readonly ofDy: Tensor; readonly ofDyCentred: Tensor }>();
  const sumsFor = (dy: Tensor): { readonly ofDy: Tensor; readonly ofDyCentred: Tensor } => {
    const known = sums.get(dy.name);
    if (known !== undefined) return known;
    const product = graph.emit('Mul', [dy, centred], x.shape);
    const made = { ofDy: channelSum('ReduceSum', dy), ofDyCentred: channelSum('ReduceSum', product) };
    sums.set(dy.name, made);
    return made;
  };
  const output = graph.record(plain, [
    [shift, (dy) => sumsFor(dy).ofDy],
    [scale, (dy) => channel('Mul', sumsFor(dy).ofDyCentred, inverse)],
    [
      x,
      (dy) => {
        // gain (dy - mean(dy) - centred / (variance + epsilon) mean(dy centred))
        const { ofDy, ofDyCentred } = sumsFor(dy);
        const slope = channel('Mul', channel('Mul', ofDyCentred, perCount), channel('Mul', inverse, inverse));
        const towardsMean = graph.emit('Mul', [centred, slope], x.shape);
        const level = graph.emit('Sub', [dy, channel('Mul', ofDy, perCount)], x.shape);
        return graph.emit('Mul', [graph.emit('Sub', [level, towardsMean], x.shape), gain], x.shape);
      },
    ],
  ]);
  return { output, mean, variance };
}
