/**
 * A trained network as the ONNX file that is shipped: weights inside, Batch Normalization with its running
 * statistics folded into the convolutions, pixels in, probabilities, logits, latent values and features out.
 */
import { FashiondError } from '../../domain/errors.js';
import { BATCH_NORM_EPSILON } from '../../model/network.js';
import { convolution } from '../graph/convolution.js';
import { dense } from '../graph/dense.js';
import { Graph } from '../graph/graph.js';
import type { Tensor } from '../graph/graph.js';
import { softmax } from '../graph/loss.js';
import { meanOfMirrored, mirroredPictureInput, pictureInput } from '../graph/picture-input.js';
import { maxPool } from '../graph/pooling.js';
import { imageShape, rowsShape } from '../graph/shape.js';
import { forward } from './forward.js';
import type { ConvolutionShape, LayerBuilder } from './forward.js';
import { partName } from '../../model/network.js';
import type { NetworkSpec } from '../../model/network.js';

/** Parameters and running statistics by name. */
export type NamedValues = ReadonlyMap<string, Float32Array>;

/**
 * Input `pixels` uint8 [N, size, size, 3]; outputs `probabilities` and `logits` [N, classes], `features` [N, C] and,
 * where the network has such a layer, `latent` [N, bits]. Logits are divided by `temperature` (Guo et al. 2017), which is
 * folded into the classifier's weights. A symbolic batch serves any number of pictures. Where the network is
 * `mirrored`, probabilities are those of the mean logits.
 */
export function buildServingGraph(spec: NetworkSpec, values: NamedValues, temperature = 1): Uint8Array {
  const graph = new Graph();
  const builder = new ServingBuilder(graph, values, temperature);
  const mirrored = spec.mirrored === true;
  const input = mirrored ? mirroredPictureInput(graph, spec.size) : pictureInput(graph, 'N', spec.size);
  const outputs = forward(spec, builder, input);
  const served = (name: string, x: Tensor): Tensor => (mirrored ? meanOfMirrored(graph, name, x) : x);
  const logits = served('logits', outputs.logits);
  return graph.encode(spec.name, {
    probabilities: softmax(graph, logits),
    logits,
    ...(outputs.latent === null ? {} : { latent: served('latent', outputs.latent) }),
    features: served('features', outputs.features),
  });
}

class ServingBuilder implements LayerBuilder {
  readonly graph: Graph;
  readonly #values: NamedValues;
  readonly #temperature: number;

  constructor(graph: Graph, values: NamedValues, temperature: number) {
    this.graph = graph;
    this.#values = values;
    this.#temperature = temperature;
  }

  convolution(name: string, x: Tensor, { channels, kernel, stride, pool }: ConvolutionShape): Tensor {
    const [, inChannels] = imageShape(name, x.shape);
    const fanIn = inChannels * kernel * kernel;
    const weight = this.#value(partName(name, 'weight'), channels * fanIn);
    const [scale, shift, mean, variance] = (['scale', 'shift', 'mean', 'variance'] as const).map((part) =>
      this.#value(partName(name, part), channels),
    );
    const folded = new Float32Array(weight.length);
    const bias = new Float32Array(channels);
    for (let channel = 0; channel < channels; channel += 1) {
      const gain = (scale?.[channel] ?? 1) / Math.sqrt((variance?.[channel] ?? 1) + BATCH_NORM_EPSILON);
      bias[channel] = (shift?.[channel] ?? 0) - (mean?.[channel] ?? 0) * gain;
      for (let index = channel * fanIn; index < (channel + 1) * fanIn; index += 1) {
        folded[index] = (weight[index] ?? 0) * gain;
      }
    }
    const shape = [channels, inChannels, kernel, kernel];
    const options = { layer: name, stride, padding: (kernel - 1) / 2 };
    const weightTensor = this.graph.constant(partName(name, 'weight'), shape, folded);
    const biasTensor = this.graph.constant(partName(name, 'bias'), [channels], bias);
    const y = convolution(this.graph, x, weightTensor, options, biasTensor);
    return pool ? maxPool(this.graph, name, y) : y;
  }

  dense(name: string, x: Tensor, units: number): Tensor {
    const [, inUnits] = rowsShape(name, x.shape);
    // Only the classifier's logits are scaled; the latent layer's meaning must not change.
    const divisor = name === 'classifier' ? this.#temperature : 1;
    const weight = this.#value(partName(name, 'weight'), inUnits * units).map((value) => value / divisor);
    const bias = this.#value(partName(name, 'bias'), units).map((value) => value / divisor);
    const weightTensor = this.graph.constant(partName(name, 'weight'), [inUnits, units], weight);
    const biasTensor = this.graph.constant(partName(name, 'bias'), [units], bias);
    return dense(this.graph, name, x, weightTensor, biasTensor);
  }

  dropout(_name: string, x: Tensor): Tensor {
    return x;
  }

  #value(name: string, length: number): Float32Array {
    const value = this.#values.get(name);
    if (value?.length === length) return value;
    throw new FashiondError(
      'corrupt',
      `weights ${name}: expected ${length} values, got ${value?.length ?? 'none'}`,
      {
        hint: 'the weights belong to another network; train it again',
      },
    );
  }
}
