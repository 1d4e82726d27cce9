/**
 * Two-dimensional convolution (cross-correlation, as ONNX defines Conv) of [N, C, H, W] with [O, C, K, K].
 *
 * Weight gradient: the input's shifted copies (im2col) times the output gradient in one matrix product, with
 * channels first so that no sum over the batch is left to do. Input gradient: a convolution with the flipped
 * and transposed kernel; for stride 2 a transposed convolution.
 */
import { FashiondError } from '../../domain/errors.js';
import type { Attribute } from '../onnx/encode.js';
import type { Backward, Graph, Tensor } from './graph.js';
import { fixedBatch, imageShape, mismatch, sameShape } from './shape.js';
import type { Image } from './shape.js';

export interface ConvolutionOptions {
  readonly layer: string;
  /** A whole number from 1. */
  readonly stride: number;
  /** Rows and columns of zeros on each side; fewer than the kernel's. */
  readonly padding: number;
}

/** Channels below which the products for the taps of a kernel are done in one. */
const THIN = 16;

export interface Geometry {
  readonly batch: number;
  readonly input: Image;
  readonly output: Image;
  readonly kernel: number;
  readonly stride: number;
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
  const y = graph.emit('Conv', withBias(layer, x, weight, bias, output[1]), output, {
    attributes: geometryAttributes(kernel, stride, padding),
  });
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
    const flipped = kernel === 1 ? weight : flip(graph, weight);
    const shape = [input[1], output[1], kernel, kernel];
    const transposed = graph.emit('Transpose', [flipped], shape, {
      attributes: [{ name: 'perm', type: 'ints', value: [1, 0, 2, 3] }],
    });
    return graph.emit('Conv', [dy, transposed], input, {
      attributes: geometryAttributes(kernel, 1, kernel - 1 - padding),
    });
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

/** The derivative by the kernel [O, C, K, K] of a convolution whose output's derivative is `dy`. */
export function weightGradient(graph: Graph, x: Tensor, dy: Tensor, geometry: Geometry): Tensor {
  const { batch, input, output, kernel } = geometry;
  const [, channels] = input;
  const [, outChannels, height, width] = output;
  const positions = batch * height * width;
  const rows = (tensor: Tensor, count: number): Tensor =>
    graph.emit('Reshape', [tensor, graph.integers([count, positions])], [count, positions]);
  const copies = shiftedCopies(graph, channelsFirst(graph, x, input), geometry);
  const dyRows = rows(channelsFirst(graph, dy, output), outChannels);
  // Few channels make products too thin to be fast: those are worth a copy more.
  const groups = channels < THIN ? [stack(graph, copies)] : copies;
  const perGroup = (kernel * kernel * channels) / groups.length;
  const products = groups.map((copy) => rowProducts(graph, rows(copy, perGroup), dyRows));
  const split = [kernel * kernel, channels, outChannels];
  const kernels = graph.emit('Reshape', [stack(graph, products), graph.integers(split)], split);
  const swapped = graph.emit('Transpose', [kernels], [outChannels, channels, kernel * kernel], {
    attributes: [{ name: 'perm', type: 'ints', value: [2, 1, 0] }],
  });
  const shape = [outChannels, channels, kernel, kernel];
  return graph.emit('Reshape', [swapped, graph.integers(shape)], shape);
}

/** [A, P] and [B, P] -> [A, B], the products of all pairs of rows. */
function rowProducts(graph: Graph, a: Tensor, b: Tensor): Tensor {
  const [first, second] = [Number(a.shape[0]), Number(b.shape[0])];
  const product = (left: Tensor, right: Tensor): Tensor =>
    graph.emit('FusedMatMul', [left, right], [Number(left.shape[0]), Number(right.shape[0])], {
      domain: 'com.microsoft',
      attributes: [{ name: 'transB', type: 'int', value: 1 }],
    });
  // ONNX Runtime packs the second operand, and is a fifth slower when that is the longer one.
  if (first >= second) return product(a, b);
  return graph.emit('Transpose', [product(b, a)], [first, second], {
    attributes: [{ name: 'perm', type: 'ints', value: [1, 0] }],
  });
}

/** Tensors one after the other along their first axis. */
function stack(graph: Graph, tensors: readonly Tensor[]): Tensor {
  const [first, ...rest] = tensors;
  if (first === undefined) throw new FashiondError('internal', 'there is nothing to stack');
  if (rest.length === 0) return first;
  const [length, ...others] = first.shape;
  return graph.emit('Concat', tensors, [tensors.length * Number(length), ...others], {
    attributes: [{ name: 'axis', type: 'int', value: 0 }],
  });
}

/** [N, C, H, W] -> [C, N, H, W]. */
function channelsFirst(graph: Graph, x: Tensor, [batch, channels, height, width]: Image): Tensor {
  return graph.emit('Transpose', [x], [channels, batch, height, width], {
    attributes: [{ name: 'perm', type: 'ints', value: [1, 0, 2, 3] }],
  });
}

/** im2col: [C, N, H, W] -> K K times [C, N, Ho, Wo], the input under each tap of the kernel. */
function shiftedCopies(graph: Graph, x: Tensor, geometry: Geometry): Tensor[] {
  const { batch, input, output, kernel, stride, padding } = geometry;
  const [, channels, inHeight, inWidth] = input;
  const [, , height, width] = output;
  const padded =
    padding === 0
      ? x
      : graph.emit(
          'Pad',
          [x, graph.integers([0, 0, padding, padding, 0, 0, padding, padding])],
          [channels, batch, inHeight + 2 * padding, inWidth + 2 * padding],
        );
  const copies: Tensor[] = [];
  for (let row = 0; row < kernel; row += 1) {
    for (let column = 0; column < kernel; column += 1) {
      const ends = [row + (height - 1) * stride + 1, column + (width - 1) * stride + 1];
      const bounds = [graph.integers([row, column]), graph.integers(ends), graph.integers([2, 3])];
      copies.push(
        graph.emit(
          'Slice',
          [padded, ...bounds, graph.integers([stride, stride])],
          [channels, batch, height, width],
        ),
      );
    }
  }
  return copies;
}
