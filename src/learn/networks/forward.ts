/** A network's forward pass, written once; a `LayerBuilder` decides whether it is for training or serving. */
import { FashiondError, unreachable } from '../../domain/errors.js';
import type { Graph, Tensor } from '../graph/graph.js';
import { sigmoid } from '../graph/pointwise.js';
import { globalAveragePool } from '../graph/pooling.js';
import type { Layer, NetworkSpec } from '../../model/network.js';

export interface ConvolutionShape {
  readonly channels: number;
  readonly kernel: 1 | 3;
  readonly stride: 1 | 2;
  readonly pool: boolean;
  readonly relu: boolean;
}

/** What differs between the two forms of a network. */
export interface LayerBuilder {
  readonly graph: Graph;
  /**
   * Convolution, padded so that stride 1 keeps the size, Batch Normalization, 2x2 max pooling if `pool`, and Relu if
   * `relu`.
   */
  convolution(name: string, x: Tensor, shape: ConvolutionShape): Tensor;
  /** Relu of the sum of two tensors of one shape. */
  sum(name: string, x: Tensor, y: Tensor): Tensor;
  dense(name: string, x: Tensor, units: number): Tensor;
  dropout(name: string, x: Tensor, rate: number): Tensor;
}

export interface ForwardOutputs {
  /** [N, classes]. */
  readonly logits: Tensor;
  /** [N, C], the global average before dropout. */
  readonly features: Tensor;
  /** [N, bits] in 0..1, or null for a network without a latent layer. */
  readonly latent: Tensor | null;
}

/** `x` is float32 [N, 3, size, size]. */
export function forward(spec: NetworkSpec, builder: LayerBuilder, x: Tensor): ForwardOutputs {
  const kept: { features: Tensor | null; latent: Tensor | null } = { features: null, latent: null };
  let last = x;
  for (const layer of spec.layers) last = step(spec, builder, layer, last, kept);
  if (kept.features === null || spec.layers.at(-1)?.kind !== 'classifier') {
    throw new FashiondError('internal', `network ${spec.name} must have features and end in a classifier`);
  }
  return { logits: last, features: kept.features, latent: kept.latent };
}

function step(
  spec: NetworkSpec,
  builder: LayerBuilder,
  layer: Layer,
  x: Tensor,
  kept: { features: Tensor | null; latent: Tensor | null },
): Tensor {
  const { graph } = builder;
  switch (layer.kind) {
    case 'convolution':
      return builder.convolution(layer.name, x, { ...layer, relu: true });
    case 'residual': {
      const channels = Number(x.shape[1]);
      const shape = { channels, kernel: 3, stride: 1, pool: false } as const;
      const inner = builder.convolution(`${layer.name}.a`, x, { ...shape, relu: true });
      const outer = builder.convolution(`${layer.name}.b`, inner, { ...shape, relu: false });
      return builder.sum(layer.name, x, outer);
    }
    case 'features':
      kept.features = globalAveragePool(graph, layer.name, x);
      return builder.dropout(layer.name, kept.features, layer.dropout);
    case 'latent':
      kept.latent = sigmoid(graph, builder.dense(layer.name, x, layer.bits));
      return kept.latent;
    case 'classifier':
      return builder.dense(layer.name, x, spec.classes);
    default:
      return unreachable(layer);
  }
}
