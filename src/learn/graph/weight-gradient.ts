/**
 * The derivative of a convolution by its kernel: for every tap of the kernel, the input under it (im2col) times the
 * output's derivative, one matrix product each.
 */
import { FashiondError } from '../../domain/errors.js';
import { reshaped, transposed } from './arrange.js';
import type { Graph, Tensor } from './graph.js';
import type { Image } from './shape.js';

export interface Geometry {
  readonly batch: number;
  readonly input: Image;
  readonly output: Image;
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
}

/** Channels below which the products for single taps are too thin to be fast: the copies are stacked for one. */
const THIN = 16;

/**
 * The derivative by the kernel [O, C, K, K] of a convolution whose output's derivative is `dy`. The batch comes last
 * in the copies, so that they are made of long runs, however small the picture.
 */
export function weightGradient(graph: Graph, x: Tensor, dy: Tensor, geometry: Geometry): Tensor {
  const { batch, input, output, kernel } = geometry;
  const [, channels] = input;
  const [, outChannels, height, width] = output;
  const taps = kernel * kernel;
  const rows = (tensor: Tensor, count: number): Tensor =>
    reshaped(graph, tensor, [count, height * width * batch]);
  const copies = shiftedCopies(graph, batchLast(graph, x, batch), geometry);
  const dyRows = rows(batchLast(graph, dy, batch), outChannels);
  const shape = [outChannels, channels, kernel, kernel];
  if (channels < THIN) {
    const product = rowProducts(graph, dyRows, rows(stack(graph, copies), taps * channels));
    const kernels = transposed(graph, reshaped(graph, product, [outChannels, taps, channels]), [0, 2, 1]);
    return reshaped(graph, kernels, shape);
  }
  const products = copies.map((copy) => rowProducts(graph, dyRows, rows(copy, channels)));
  const tapByTap = reshaped(graph, stack(graph, products), [taps, outChannels * channels]);
  return reshaped(graph, transposed(graph, tapByTap, [1, 0]), shape);
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
  return transposed(graph, product(b, a), [1, 0]);
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

/** [N, C, H, W] -> [C, H, W, N]. */
function batchLast(graph: Graph, x: Tensor, batch: number): Tensor {
  const [, ...rest] = x.shape.map(Number);
  const length = rest.reduce((product, side) => product * side, 1);
  return reshaped(graph, transposed(graph, reshaped(graph, x, [batch, length]), [1, 0]), [...rest, batch]);
}

/** im2col: [C, H, W, N] -> K K times [C, Ho, Wo, N], the input under each tap of the kernel. */
function shiftedCopies(graph: Graph, x: Tensor, geometry: Geometry): Tensor[] {
  const { batch, input, output, kernel, stride, padding } = geometry;
  const [, channels, inHeight, inWidth] = input;
  const [, , height, width] = output;
  const padded =
    padding === 0
      ? x
      : graph.emit(
          'Pad',
          [x, graph.integers([0, padding, padding, 0, 0, padding, padding, 0])],
          [channels, inHeight + 2 * padding, inWidth + 2 * padding, batch],
        );
  const copies: Tensor[] = [];
  for (let row = 0; row < kernel; row += 1) {
    for (let column = 0; column < kernel; column += 1) {
      const ends = [row + (height - 1) * stride + 1, column + (width - 1) * stride + 1];
      const bounds = [graph.integers([row, column]), graph.integers(ends), graph.integers([1, 2])];
      copies.push(
        graph.emit(
          'Slice',
          [padded, ...bounds, graph.integers([stride, stride])],
          [channels, height, width, batch],
        ),
      );
    }
  }
  return copies;
}
