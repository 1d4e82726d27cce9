/**
 * Two-dimensional convolution (cross-correlation, as ONNX defines Conv) of [N, C, H, W] with [O, C, K, K].
 * Input gradient: a convolution with the flipped and transposed kernel; for larger strides a transposed convolution.
 */
import { FashiondError } from '../../domain/errors.js';
import type { Attribute } from '../onnx/encode.js';
import { blockedConvolution, blockedKernels, suitsBlocks } from './blocked-convolution.js';
import type { Backward, Graph, Tensor } from './graph.js';
import { fixedBatch, imageShape, mismatch, sameShape } from './shape.js';
import type { Image } from './shape.js';
import { weightGradient } from './weight-gradient.js';
import type { Geometry } from './weight-gradient.js';

export interface ConvolutionOptions {
  readonly layer: string;
  /** A whole number from 1. */
  readonly stride: number;
  /** Rows and columns of zeros on each side; fewer than the kernel's. */
  readonly padding: number;
}

/** `bias` has shape [O]; Batch Normalization makes one needless until it is folded. */
export function convolution(
  graph: Graph,
  x: Tensor,
  weight: Tensor,
  options: ConvolutionOptions,
  bias?: Tensor,
): Tensor {
  const { layer, stride, padding } = options;
  const input = imageShape(layer, x.shape);
  const output = convolutionShape(x, weight, options);
  const kernel = Number(weight.shape[2]);
  const inputs = withBias(layer, x, weight, bias, output[1]);
  const attributes = geometryAttributes(kernel, stride, padding);
  const y =
    bias === undefined && suitsBlocks(graph, input[1], output[1])
      ? blockedConvolution(graph, x, blockedKernels(graph, weight, false), output, attributes)
      : graph.emit('Conv', inputs, output, { attributes });
  const geometry = (): Geometry => ({
    batch: fixedBatch(layer, input[0]),
    input,
    output,
    kernel,
    stride,
    padding,
  });
  return graph.record(y, [
    [x, (dy) => inputGradient(graph, dy, weight, geometry())],
    [weight, (dy) => weightGradient(graph, x, dy, geometry())],
    ...biasPaths(graph, bias),
  ]);
}

/** The inputs of a convolution of either direction; throws for a bias that is none for its output channels. */
export function withBias(
  layer: string,
  x: Tensor,
  weight: Tensor,
  bias: Tensor | undefined,
  channels: number,
): Tensor[] {
  if (bias === undefined) return [x, weight];
  if (sameShape(bias.shape, [channels])) return [x, weight, bias];
  throw mismatch(layer, `a bias [${channels}] for the kernel`, [weight.shape, bias.shape]);
}

export function biasPaths(graph: Graph, bias: Tensor | undefined): [Tensor, Backward][] {
  if (bias === undefined) return [];
  const attributes: Attribute[] = [{ name: 'keepdims', type: 'int', value: 0 }];
  const sum: Backward = (dy) =>
    graph.emit('ReduceSum', [dy, graph.integers([0, 2, 3])], bias.shape, { attributes });
  return [[bias, sum]];
}

/** The shape of the output; throws when the kernel does not fit the input. */
export function convolutionShape(x: Tensor, weight: Tensor, options: ConvolutionOptions): Image {
  const { layer, stride, padding } = options;
  const input = imageShape(layer, x.shape);
  const [outChannels, inChannels, kernel, kernelWidth] = weight.shape;
  if (typeof outChannels !== 'number' || typeof kernel !== 'number' || kernel !== kernelWidth) {
    throw mismatch(layer, 'a square kernel [O, C, K, K]', [weight.shape]);
  }
  if (inChannels !== input[1])
    throw mismatch(layer, 'a kernel for the input channels', [x.shape, weight.shape]);
  checkStride(layer, kernel, stride, padding);
  const height = Math.floor((input[2] + 2 * padding - kernel) / stride) + 1;
  const width = Math.floor((input[3] + 2 * padding - kernel) / stride) + 1;
  if (height < 1 || width < 1)
    throw mismatch(layer, 'a picture no smaller than the kernel', [x.shape, weight.shape]);
  return [input[0], outChannels, height, width];
}

/** Throws for numbers that no convolution has. */
export function checkStride(layer: string, kernel: number, stride: number, padding: number): void {
  const fits = Number.isInteger(stride) && stride >= 1 && Number.isInteger(padding) && padding >= 0;
  if (fits && padding < kernel) return;
  throw new FashiondError(
    'incompatible',
    `layer ${layer}: stride ${stride} and padding ${padding} do not fit a kernel of ${kernel}`,
    { hint: 'take a stride of at least 1 and less padding than the kernel is wide' },
  );
}

export function geometryAttributes(kernel: number, stride: number, padding: number): Attribute[] {
  return [
    { name: 'kernel_shape', type: 'ints', value: [kernel, kernel] },
    { name: 'strides', type: 'ints', value: [stride, stride] },
    { name: 'pads', type: 'ints', value: [padding, padding, padding, padding] },
  ];
}

function inputGradient(graph: Graph, dy: Tensor, weight: Tensor, geometry: Geometry): Tensor {
  const { input, output, kernel, stride, padding } = geometry;
  if (stride === 1) {
    const attributes = geometryAttributes(kernel, 1, kernel - 1 - padding);
    if (suitsBlocks(graph, input[1], output[1])) {
      return blockedConvolution(graph, dy, blockedKernels(graph, weight, true), input, attributes);
    }
    const flipped = kernel === 1 ? weight : flip(graph, weight);
    const shape = [input[1], output[1], kernel, kernel];
    const transposed = graph.emit('Transpose', [flipped], shape, {
      attributes: [{ name: 'perm', type: 'ints', value: [1, 0, 2, 3] }],
    });
    return graph.emit('Conv', [dy, transposed], input, { attributes });
  }
  // Rows that the stride left over at the far edge saw no kernel; they are given back as output padding.
  const spare = [2, 3].map((axis) => {
    const [inLength, outLength] = [Number(input[axis]), Number(output[axis])];
    return inLength - ((outLength - 1) * stride - 2 * padding + kernel);
  });
  return graph.emit('ConvTranspose', [dy, weight], input, {
    attributes: [
      ...geometryAttributes(kernel, stride, padding),
      { name: 'output_padding', type: 'ints', value: spare },
    ],
  });
}

/** Turns the kernel by 180 degrees. */
function flip(graph: Graph, weight: Tensor): Tensor {
  const beforeFirst = -(2 ** 31);
  return graph.emit(
    'Slice',
    [
      weight,
      graph.integers([-1, -1]),
      graph.integers([beforeFirst, beforeFirst]),
      graph.integers([2, 3]),
      graph.integers([-1, -1]),
    ],
    weight.shape,
  );
}
