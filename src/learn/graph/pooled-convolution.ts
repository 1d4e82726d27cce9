/**
 * Convolution, Batch Normalization and 2x2 max pooling, in that order, calculated in a cheaper one.
 *
 * Normalizing keeps the order of a channel's values where its scale is positive, and turns it round where it is
 * negative. Kernels of negative scale are therefore turned round first, (-w, -scale) for (w, scale), which leaves
 * the result as it is; then pooling may come before normalizing.
 */
import { pooledBatchNorm } from './batch-norm.js';
import type { Normalized } from './batch-norm.js';
import { convolution } from './convolution.js';
import type { ConvolutionOptions } from './convolution.js';
import type { Graph, Tensor } from './graph.js';

/** `weight` is [O, C, K, K], `scale` and `shift` are [1, O, 1, 1]; mean and variance are those of the convolution. */
export function pooledConvolution(
  graph: Graph,
  x: Tensor,
  weight: Tensor,
  scale: Tensor,
  shift: Tensor,
  options: ConvolutionOptions,
): Normalized {
  const negative = graph.emit('Less', [scale, graph.scalar(0)], scale.shape, { type: 'bool' });
  const sign = graph.emit('Where', [negative, graph.scalar(-1), graph.scalar(1)], scale.shape);
  const [channels] = weight.shape.map(Number);
  const kernelShape = [channels ?? 0, 1, 1, 1];
  const kernelSign = graph.emit('Reshape', [sign, graph.integers(kernelShape)], kernelShape);
  const y = convolution(graph, x, signed(graph, weight, kernelSign), options);
  const norm = pooledBatchNorm(graph, options.layer, y, signed(graph, scale, sign), shift);
  return { ...norm, mean: graph.emit('Mul', [norm.mean, sign], norm.mean.shape) };
}

function signed(graph: Graph, x: Tensor, sign: Tensor): Tensor {
  return graph.record(graph.emit('Mul', [x, sign], x.shape), [
    [x, (dy) => graph.emit('Mul', [dy, sign], x.shape)],
  ]);
}
