/**
 * A trained network whose convolutions calculate with whole numbers: weights int8, activations uint8. It is written
 * with QuantizeLinear and DequantizeLinear around each operator (QDQ), which ONNX Runtime puts together into operators on
 * whole numbers. The dense layers, which take no time, stay as they are.
 */
import { Graph } from '../graph/graph.js';
import type { Tensor } from '../graph/graph.js';
import { convolutionShape, geometryAttributes } from '../graph/convolution.js';
import { dense } from '../graph/dense.js';
import { picturePlanes } from '../graph/picture-input.js';
import { add, relu } from '../graph/pointwise.js';
import { maxPool } from '../graph/pooling.js';
import { imageShape, rowsShape } from '../graph/shape.js';
import type { ConvolutionShape, LayerBuilder } from '../networks/forward.js';
import { servedOutputs } from '../networks/served-outputs.js';
import { ServedValues } from '../networks/served-values.js';
import type { NamedValues } from '../networks/served-values.js';
import { FashiondError } from '../../domain/errors.js';
import { partName, PIXEL_MIDDLE, PIXEL_SPREAD } from '../../model/network.js';
import type { NetworkSpec } from '../../model/network.js';
import { quantizationOf, quantizeBias, quantizeWeights } from './affine.js';
import type { Quantization, Range } from './affine.js';

/** Inputs and outputs are those of the serving graph. `ranges`: of each convolution and sum, by the layer's name. */
export function buildQuantizedGraph(
  spec: NetworkSpec,
  values: NamedValues,
  temperature: number,
  ranges: ReadonlyMap<string, Range>,
): Uint8Array {
  const graph = new Graph();
  const builder = new QuantizedBuilder(graph, new ServedValues(values, temperature), ranges);
  const x = builder.input(spec.size, spec.mirrored === true);
  return graph.encode(spec.name, servedOutputs(spec, builder, x));
}

class QuantizedBuilder implements LayerBuilder {
  readonly graph: Graph;
  readonly #values: ServedValues;
  readonly #ranges: ReadonlyMap<string, Range>;
  /** Of what a DequantizeLinear gave, by the tensor's name. */
  readonly #scales = new Map<string, number>();
  /** What has to be added to a tensor to make it what it stands for, likewise. */
  readonly #shifts = new Map<string, number>();

  constructor(graph: Graph, values: ServedValues, ranges: ReadonlyMap<string, Range>) {
    this.graph = graph;
    this.#values = values;
    this.#ranges = ranges;
  }

  /** Pixels are whole numbers already: only their middle, which is none, is made up for in the first biases. */
  input(size: number, mirrored: boolean): Tensor {
    const planes = picturePlanes(this.graph, size, mirrored);
    const zeroPoint = Math.ceil(PIXEL_MIDDLE);
    const x = this.#dequantized('pixels', planes, { scale: 1 / PIXEL_SPREAD, zeroPoint });
    this.#shifts.set(x.name, (zeroPoint - PIXEL_MIDDLE) / PIXEL_SPREAD);
    return x;
  }

  convolution(name: string, x: Tensor, shape: ConvolutionShape): Tensor {
    const { channels, kernel, stride } = shape;
    const [, inChannels] = imageShape(name, x.shape);
    const fanIn = inChannels * kernel * kernel;
    const { weight, bias } = this.#values.convolution(name, channels, fanIn);
    const { values, scales } = quantizeWeights(weight, channels);
    const shift = this.#shifts.get(x.name) ?? 0;
    const shifted = bias.map(
      (value, channel) =>
        value +
        shift * weight.subarray(channel * fanIn, (channel + 1) * fanIn).reduce((sum, one) => sum + one, 0),
    );
    const inputScale = this.#scales.get(x.name) ?? 1;
    const wholeBias = quantizeBias(shifted, inputScale, scales);
    const weightShape = [channels, inChannels, kernel, kernel];
    const weightTensor = this.#channelwise(partName(name, 'weight'), weightShape, values, scales);
    const biasScales = scales.map((scale) => scale * inputScale);
    const biasTensor = this.#channelwise(partName(name, 'bias'), [channels], wholeBias, biasScales);
    const options = { layer: name, stride, padding: (kernel - 1) / 2 };
    const attributes = geometryAttributes(kernel, stride, options.padding);
    const y = this.graph.emit(
      'Conv',
      [x, weightTensor, biasTensor],
      convolutionShape(x, weightTensor, options),
      {
        attributes,
      },
    );
    const quantization = this.#quantizationOf(name);
    const whole = this.#rounded(name, shape.relu ? relu(this.graph, y) : y, quantization);
    // Pooling comes last here, because only a convolution with Relu becomes one operator; their order does not matter.
    return shape.pool ? this.#rounded(`${name}.pool`, maxPool(this.graph, name, whole), quantization) : whole;
  }

  sum(name: string, x: Tensor, y: Tensor): Tensor {
    const sum = relu(this.graph, add(this.graph, name, x, y));
    return this.#rounded(name, sum, this.#quantizationOf(name));
  }

  dense(name: string, x: Tensor, units: number): Tensor {
    const [, inUnits] = rowsShape(name, x.shape);
    const { weight, bias } = this.#values.dense(name, inUnits, units);
    const weightTensor = this.graph.constant(partName(name, 'weight'), [inUnits, units], weight);
    return dense(
      this.graph,
      name,
      x,
      weightTensor,
      this.graph.constant(partName(name, 'bias'), [units], bias),
    );
  }

  dropout(_name: string, x: Tensor): Tensor {
    return x;
  }

  #quantizationOf(layer: string): Quantization {
    const range = this.#ranges.get(layer);
    if (range !== undefined) return quantizationOf(range);
    throw new FashiondError('internal', `no range was observed for layer ${layer}`);
  }

  /** Through whole numbers and back. */
  #rounded(name: string, x: Tensor, quantization: Quantization): Tensor {
    const whole = this.graph.emit('QuantizeLinear', [x, ...this.#constants(name, quantization)], x.shape, {
      type: 'uint8',
    });
    return this.#dequantized(name, whole, quantization);
  }

  #dequantized(name: string, whole: Tensor, quantization: Quantization): Tensor {
    const inputs = [whole, ...this.#constants(`${name}.out`, quantization)];
    const x = this.graph.emit('DequantizeLinear', inputs, whole.shape);
    this.#scales.set(x.name, quantization.scale);
    return x;
  }

  #constants(name: string, { scale, zeroPoint }: Quantization): Tensor[] {
    return [
      this.graph.constant(`${name}.step`, [], Float32Array.of(scale)),
      this.graph.wholeNumbers(`${name}.zero`, [], Uint8Array.of(zeroPoint)),
    ];
  }

  /** Values with one scale for each of the first axis, as real numbers. */
  #channelwise(
    name: string,
    shape: readonly number[],
    values: Int8Array | Int32Array,
    scales: Float32Array,
  ): Tensor {
    const { length } = scales;
    const zeros = values instanceof Int8Array ? new Int8Array(length) : new Int32Array(length);
    return this.graph.emit(
      'DequantizeLinear',
      [
        this.graph.wholeNumbers(name, shape, values),
        this.graph.constant(`${name}.step`, [length], scales),
        this.graph.wholeNumbers(`${name}.zero`, [length], zeros),
      ],
      shape,
      { attributes: [{ name: 'axis', type: 'int', value: 0 }] },
    );
  }
}
