/**
 * A trained network as the ONNX file that is shipped: weights inside, Batch Normalization with its running
 * statistics folded into the convolutions, pixels in, probabilities, logits, latent values and features out.
 */
import { convolution } from '../graph/convolution.js';
import { dense } from '../graph/dense.js';
import { Graph } from '../graph/graph.js';
import type { Tensor } from '../graph/graph.js';
import { mirroredPictureInput, pictureInput } from '../graph/picture-input.js';
import { add, relu } from '../graph/pointwise.js';
import { maxPool } from '../graph/pooling.js';
import { imageShape, rowsShape } from '../graph/shape.js';
import { forward } from './forward.js';
import type { ConvolutionShape, LayerBuilder } from './forward.js';
import { servedOutputs } from './served-outputs.js';
import { ServedValues } from './served-values.js';
import type { NamedValues } from './served-values.js';
import { partName } from '../../model/network.js';
import type { NetworkSpec } from '../../model/network.js';

/**
 * Input `pixels` uint8 [N, size, size, 3]; outputs `probabilities` and `logits` [N, classes], `features` [N, C] and,
 * where the network has such a layer, `latent` [N, bits]. Logits are divided by `temperature` (Guo et al. 2017), which is
 * folded into the classifier's weights. `precision` is how weights are kept; all is calculated in float32. A symbolic batch serves any number of pictures. Where the network is
 * `mirrored`, probabilities are those of the mean logits.
 */
export function buildServingGraph(
  spec: NetworkSpec,
  values: NamedValues,
  temperature = 1,
  precision: 'float32' | 'float16' = 'float32',
): Uint8Array {
  const graph = new Graph();
  const builder = new ServingBuilder(graph, new ServedValues(values, temperature), precision);
  const mirrored = spec.mirrored === true;
  const input = mirrored ? mirroredPictureInput(graph, spec.size) : pictureInput(graph, 'N', spec.size);
  return graph.encode(spec.name, servedOutputs(spec, builder, input));
}

/** The same network with what its convolutions and sums give as outputs, by the names of the layers. */
export function buildObservedGraph(
  spec: NetworkSpec,
  values: NamedValues,
): { readonly network: Uint8Array; readonly points: readonly string[] } {
  const graph = new Graph();
  const builder = new ServingBuilder(graph, new ServedValues(values, 1));
  forward(spec, builder, pictureInput(graph, 'N', spec.size));
  const network = graph.encode(`${spec.name} observed`, Object.fromEntries(builder.observed));
  return { network, points: [...builder.observed.keys()] };
}

class ServingBuilder implements LayerBuilder {
  readonly graph: Graph;
  readonly observed = new Map<string, Tensor>();
  readonly #values: ServedValues;
  readonly #precision: 'float32' | 'float16';

  constructor(graph: Graph, values: ServedValues, precision: 'float32' | 'float16' = 'float32') {
    this.graph = graph;
    this.#values = values;
    this.#precision = precision;
  }

  convolution(name: string, x: Tensor, shape: ConvolutionShape): Tensor {
    const { channels, kernel, stride } = shape;
    const [, inChannels] = imageShape(name, x.shape);
    const { weight, bias } = this.#values.convolution(name, channels, inChannels * kernel * kernel);
    const options = { layer: name, stride, padding: (kernel - 1) / 2 };
    const weightShape = [channels, inChannels, kernel, kernel];
    const weightTensor = this.#weight(name, weightShape, weight);
    const biasTensor = this.graph.constant(partName(name, 'bias'), [channels], bias);
    const y = convolution(this.graph, x, weightTensor, options, biasTensor);
    // Relu and max pooling commute; pooling first leaves Relu a quarter of the values.
    const pooled = shape.pool ? maxPool(this.graph, name, y) : y;
    return this.#observe(name, shape.relu ? relu(this.graph, pooled) : pooled);
  }

  sum(name: string, x: Tensor, y: Tensor): Tensor {
    return this.#observe(name, relu(this.graph, add(this.graph, name, x, y)));
  }

  dense(name: string, x: Tensor, units: number): Tensor {
    const [, inUnits] = rowsShape(name, x.shape);
    const { weight, bias } = this.#values.dense(name, inUnits, units);
    const weightTensor = this.#weight(name, [inUnits, units], weight);
    const biasTensor = this.graph.constant(partName(name, 'bias'), [units], bias);
    return dense(this.graph, name, x, weightTensor, biasTensor);
  }

  dropout(_name: string, x: Tensor): Tensor {
    return x;
  }

  #weight(layer: string, shape: readonly number[], values: Float32Array): Tensor {
    const name = partName(layer, 'weight');
    return this.#precision === 'float16'
      ? this.graph.half(name, shape, values)
      : this.graph.constant(name, shape, values);
  }

  #observe(point: string, tensor: Tensor): Tensor {
    this.observed.set(point, tensor);
    return tensor;
  }
}
