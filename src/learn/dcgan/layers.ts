/**
 * The layers that generator, discriminator and encoder are made of (Radford et al. 2016, section 3): strided
 * convolutions instead of pooling, Batch Normalization, no fully connected hidden layers. `TrainedLayers` takes the
 * parameters at every run and normalizes by the batch; `ServedLayers` has them inside, normalization folded in.
 */
import { batchNorm } from '../graph/batch-norm.js';
import { convolution } from '../graph/convolution.js';
import { dense } from '../graph/dense.js';
import type { Graph, Tensor } from '../graph/graph.js';
import { reshape } from '../graph/arrange.js';
import { imageShape, rowsShape } from '../graph/shape.js';
import { transposedConvolution } from '../graph/transposed-convolution.js';
import type { TransposedOptions } from '../graph/transposed-convolution.js';
import { partName } from '../../model/network.js';
import type { NamedValues } from '../networks/served-values.js';
import { foldedInto } from './folded.js';

/** Kernel, stride and padding with which a side is exactly halved or doubled, each position seen equally often. */
const KERNEL = 4;
const HALVING = { stride: 2, padding: 1 } as const;

export interface LayerOptions {
  readonly channels: number;
  /** With Batch Normalization, or with a bias. */
  readonly normalized: boolean;
}

export interface DcganLayers {
  readonly graph: Graph;
  /** Strided convolution: [N, C, H, W] -> [N, channels, H / 2, W / 2]. */
  halve(name: string, x: Tensor, options: LayerOptions): Tensor;
  /** Fractionally strided convolution: [N, C, H, W] -> [N, channels, 2 H, 2 W]. */
  double(name: string, x: Tensor, options: LayerOptions): Tensor;
  /** Rows to maps, normalized: [N, units] -> [N, channels, side, side]. */
  project(name: string, x: Tensor, channels: number, side: number): Tensor;
  /** [N, C, H, W] -> [N, units]. */
  flatDense(name: string, x: Tensor, units: number): Tensor;
}

/** A parameter and how it starts: normal with this mean and deviation, which may be 0. */
export interface DcganParameter {
  readonly name: string;
  readonly shape: readonly number[];
  readonly mean: number;
  readonly deviation: number;
}

/** Deviation of all weights at the start (Radford et al. 2016, section 4). */
const DEVIATION = 0.02;

/** Called several times with the same names, a layer uses the same parameters. */
export class TrainedLayers implements DcganLayers {
  readonly graph: Graph;
  readonly parameters: DcganParameter[] = [];
  readonly tensors: Tensor[] = [];
  /** Of the last pass: mean and variance of each normalized layer, by name. */
  readonly statistics = new Map<string, Tensor>();
  readonly #differentiated: boolean;
  readonly #byName = new Map<string, Tensor>();

  /** `differentiated`: whether the loss is differentiated by the parameters; they are inputs of the graph anyway. */
  constructor(graph: Graph, differentiated: boolean) {
    this.graph = graph;
    this.#differentiated = differentiated;
  }

  halve(name: string, x: Tensor, { channels, normalized }: LayerOptions): Tensor {
    const [, inChannels] = imageShape(name, x.shape);
    const weight = this.#weight(name, [channels, inChannels, KERNEL, KERNEL]);
    const options = { layer: name, ...HALVING };
    if (!normalized) return convolution(this.graph, x, weight, options, this.#bias(name, channels));
    return this.#normalize(name, convolution(this.graph, x, weight, options));
  }

  double(name: string, x: Tensor, { channels, normalized }: LayerOptions): Tensor {
    const [, inChannels] = imageShape(name, x.shape);
    const weight = this.#weight(name, [inChannels, channels, KERNEL, KERNEL]);
    const options = doubling(name);
    if (!normalized) return transposedConvolution(this.graph, x, weight, options, this.#bias(name, channels));
    return this.#normalize(name, transposedConvolution(this.graph, x, weight, options));
  }

  project(name: string, x: Tensor, channels: number, side: number): Tensor {
    const [batch, inUnits] = rowsShape(name, x.shape);
    const units = channels * side * side;
    // Normalization takes any bias away again, so that it does not move.
    const none = this.graph.filled([units], 0);
    const rows = dense(this.graph, name, x, this.#weight(name, [inUnits, units]), none);
    return this.#normalize(name, reshape(this.graph, name, rows, [batch, channels, side, side]));
  }

  flatDense(name: string, x: Tensor, units: number): Tensor {
    const rows = flattened(this.graph, name, x);
    const [, inUnits] = rowsShape(name, rows.shape);
    return dense(this.graph, name, rows, this.#weight(name, [inUnits, units]), this.#bias(name, units));
  }

  #normalize(name: string, x: Tensor): Tensor {
    const [, channels] = imageShape(name, x.shape);
    const perChannel = [1, channels, 1, 1];
    const start = { shape: perChannel, deviation: DEVIATION };
    const scale = this.#parameter({ ...start, name: partName(name, 'scale'), mean: 1 });
    const shift = this.#parameter({ ...start, name: partName(name, 'shift'), mean: 0, deviation: 0 });
    const { output, mean, variance } = batchNorm(this.graph, name, x, scale, shift);
    this.statistics.set(partName(name, 'mean'), mean).set(partName(name, 'variance'), variance);
    return output;
  }

  #weight(name: string, shape: readonly number[]): Tensor {
    return this.#parameter({ name: partName(name, 'weight'), shape, mean: 0, deviation: DEVIATION });
  }

  #bias(name: string, units: number): Tensor {
    return this.#parameter({ name: partName(name, 'bias'), shape: [units], mean: 0, deviation: 0 });
  }

  #parameter(parameter: DcganParameter): Tensor {
    const { name, shape } = parameter;
    const known = this.#byName.get(name);
    if (known !== undefined) return known;
    const made = this.#differentiated ? this.graph.parameter(name, shape) : this.graph.input(name, shape);
    this.#byName.set(name, made);
    this.parameters.push(parameter);
    this.tensors.push(made);
    return made;
  }
}

/** `values`: parameters and running statistics by name. */
export class ServedLayers implements DcganLayers {
  readonly graph: Graph;
  readonly #values: NamedValues;
  /** A layer that is called twice keeps its values once. */
  readonly #constants = new Map<string, Tensor>();

  constructor(graph: Graph, values: NamedValues) {
    this.graph = graph;
    this.#values = values;
  }

  halve(name: string, x: Tensor, { channels, normalized }: LayerOptions): Tensor {
    const [, inChannels] = imageShape(name, x.shape);
    const shape = [channels, inChannels, KERNEL, KERNEL];
    const inner = inChannels * KERNEL ** 2;
    const [weight, bias] = this.#affine(name, shape, channels, normalized, (at) => Math.floor(at / inner));
    return convolution(this.graph, x, weight, { layer: name, ...HALVING }, bias);
  }

  double(name: string, x: Tensor, { channels, normalized }: LayerOptions): Tensor {
    const [, inChannels] = imageShape(name, x.shape);
    const shape = [inChannels, channels, KERNEL, KERNEL];
    const channelAt = (at: number): number => Math.floor(at / KERNEL ** 2) % channels;
    const [weight, bias] = this.#affine(name, shape, channels, normalized, channelAt);
    return transposedConvolution(this.graph, x, weight, doubling(name), bias);
  }

  project(name: string, x: Tensor, channels: number, side: number): Tensor {
    const [batch, inUnits] = rowsShape(name, x.shape);
    const units = channels * side * side;
    const channelAt = (at: number): number => Math.floor((at % units) / side ** 2);
    const { weight, bias } = foldedInto(this.#values, name, inUnits * units, channels, channelAt);
    const biases = Float32Array.from({ length: units }, (_, at) => bias[channelAt(at)] ?? 0);
    const rows = dense(
      this.graph,
      name,
      x,
      this.#constant(partName(name, 'weight'), [inUnits, units], weight),
      this.#constant(partName(name, 'bias'), [units], biases),
    );
    return reshape(this.graph, name, rows, [batch, channels, side, side]);
  }

  flatDense(name: string, x: Tensor, units: number): Tensor {
    const rows = flattened(this.graph, name, x);
    const [, inUnits] = rowsShape(name, rows.shape);
    const [weight, bias] = this.#affine(name, [inUnits, units], units, false, () => 0);
    return dense(this.graph, name, rows, weight, bias);
  }

  #affine(
    name: string,
    shape: readonly number[],
    channels: number,
    normalized: boolean,
    channelAt: (at: number) => number,
  ): [weight: Tensor, bias: Tensor] {
    const length = shape.reduce((product, side) => product * side, 1);
    const { weight, bias } = foldedInto(this.#values, name, length, channels, normalized ? channelAt : null);
    return [
      this.#constant(partName(name, 'weight'), shape, weight),
      this.#constant(partName(name, 'bias'), [channels], bias),
    ];
  }

  #constant(name: string, shape: readonly number[], data: Float32Array): Tensor {
    const known = this.#constants.get(name);
    if (known !== undefined) return known;
    const made = this.graph.constant(name, shape, data);
    this.#constants.set(name, made);
    return made;
  }
}

function doubling(layer: string): TransposedOptions {
  return { layer, ...HALVING, outputPadding: 0 };
}

function flattened(graph: Graph, name: string, x: Tensor): Tensor {
  const [batch, channels, height, width] = imageShape(name, x.shape);
  return reshape(graph, name, x, [batch, channels * height * width]);
}
