/** What a network answers when it serves, from the picture it is given, or from it and its mirror image. */
import type { Tensor } from '../graph/graph.js';
import { softmax } from '../graph/loss.js';
import { l2Normalize } from '../graph/metric-loss.js';
import { meanOfMirrored } from '../graph/picture-input.js';
import type { NetworkSpec } from '../../model/network.js';
import { forward } from './forward.js';
import type { LayerBuilder } from './forward.js';

/** By the names of the outputs. `x`: pictures and, where the network is `mirrored`, behind them their mirror images. */
export function servedOutputs(spec: NetworkSpec, builder: LayerBuilder, x: Tensor): Record<string, Tensor> {
  const { graph } = builder;
  const outputs = forward(spec, builder, x);
  const served = (name: string, tensor: Tensor): Tensor =>
    spec.mirrored === true ? meanOfMirrored(graph, name, tensor) : tensor;
  if (spec.contrastive !== undefined) {
    return { embedding: l2Normalize(graph, 'embedding', served('embedding', outputs.logits)) };
  }
  const logits = served('logits', outputs.logits);
  return {
    probabilities: softmax(graph, logits),
    logits,
    ...(outputs.latent === null ? {} : { latent: served('latent', outputs.latent) }),
    features: served('features', outputs.features),
  };
}
