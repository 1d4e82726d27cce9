/**
 * The derivative of a convolution by its kernel: for every tap of the kernel, the input under it (im2col) times the
 * output's derivative, one matrix product each.
 */
import { FashiondError } from '../../domain/errors.js';
import { reshaped, transposed } from './arrange.js';
import type { Attribute } from '../onnx/encode.js';
import type { Graph, Tensor } from './graph.js';
import type { Image, Shape } from './shape.js';

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
/** Output positions from which a single picture is long enough for a fast product. */
const LONG = 1024;

/** Where the axes of a batch of pictures lie while the products are prepared. */
interface Arrangement {
  readonly channels: number;
  readonly rows: number;
  readonly columns: number;
  /** Pictures apart, a product each, to be summed up; or all as one long picture, in one product. */
  readonly apart: boolean;
}

/** [N, C, H, W]: large pictures stay as they are. */
const BATCH_FIRST: Arrangement = { channels: 1, rows: 2, columns: 3, apart: true };
/** [C, H, W, N]: the copies of small pictures are made of longer runs. */
const BATCH_LAST: Arrangement = { channels: 0, rows: 1, columns: 2, apart: false };

/** The derivative by the kernel [O, C, K, K] of a convolution whose output's derivative is `dy`. */
export function weightGradient(graph: Graph, x: Tensor, dy: Tensor, geometry: Geometry): Tensor {
  const { batch, input, output, kernel } = geometry;
  const [, channels] = input;
  const [, outChannels, height, width] = output;
  const arrangement = height * width >= LONG ? BATCH_FIRST : BATCH_LAST;
  const { apart } = arrangement;
  const arrange = (tensor: Tensor): Tensor => (apart ? tensor : batchLast(graph, tensor, batch));
  const rows = (tensor: Tensor, count: number): Tensor =>
    reshaped(graph, tensor, apart ? [batch, count, height * width] : [count, height * width * batch]);
  const taps = kernel * kernel;
  const copies = shiftedCopies(graph, arrange(x), geometry, arrangement);
  const dyRows = rows(arrange(dy), outChannels);
  const shape = [outChannels, channels, kernel, kernel];
  if (channels < THIN) {
    const stacked = rows(stack(graph, copies, arrangement.channels), taps * channels);
    const product = reshaped(graph, rowProducts(graph, dyRows, stacked), [outChannels, taps, channels]);
    return reshaped(graph, transposed(graph, product, [0, 2, 1]), shape);
  }
  const products = copies.map((copy) => rowProducts(graph, dyRows, rows(copy, channels)));
  const tapByTap = reshaped(graph, stack(graph, products, 0), [taps, outChannels * channels]);
  return reshaped(graph, transposed(graph, tapByTap, [1, 0]), shape);
}

/** [A, P] and [B, P] -> [A, B], the products of all pairs of rows; those of [N, A, P] and [N, B, P] are summed up. */
function rowProducts(graph: Graph, a: Tensor, b: Tensor): Tensor {
  const count = (tensor: Tensor): number => Number(tensor.shape.at(-2));
  // ONNX Runtime packs the second operand, and is a fifth slower when that is the longer one.
  const [long, short] = count(a) >= count(b) ? [a, b] : [b, a];
  const shape = [count(long), count(short)];
  const apart = a.shape.slice(0, -2);
  let product = timesTransposed(graph, long, short, [...apart, ...shape]);
  if (apart.length > 0) {
    const attributes: Attribute[] = [{ name: 'keepdims', type: 'int', value: 0 }];
    product = graph.emit('ReduceSum', [product, graph.integers([0])], shape, { attributes });
  }
  return long === a ? product : transposed(graph, product, [1, 0]);
}

function timesTransposed(graph: Graph, a: Tensor, b: Tensor, shape: Shape): Tensor {
  if (graph.everyDevice) {
    const swapped = b.shape.length === 2 ? [1, 0] : [0, 2, 1];
    return graph.emit('MatMul', [a, transposed(graph, b, swapped)], shape);
  }
  return graph.emit('FusedMatMul', [a, b], shape, {
    domain: 'com.microsoft',
    attributes: [{ name: 'transB', type: 'int', value: 1 }],
  });
}

/** Tensors one after the other along an axis. */
function stack(graph: Graph, tensors: readonly Tensor[], axis: number): Tensor {
  const [first, ...rest] = tensors;
  if (first === undefined) throw new FashiondError('internal', 'there is nothing to stack');
  if (rest.length === 0) return first;
  const length = tensors.length * Number(first.shape[axis]);
  return graph.emit('Concat', tensors, first.shape.with(axis, length), {
    attributes: [{ name: 'axis', type: 'int', value: axis }],
  });
}

/** [N, C, H, W] -> [C, H, W, N]. */
function batchLast(graph: Graph, x: Tensor, batch: number): Tensor {
  const [, ...rest] = x.shape.map(Number);
  const length = rest.reduce((product, side) => product * side, 1);
  return reshaped(graph, transposed(graph, reshaped(graph, x, [batch, length]), [1, 0]), [...rest, batch]);
}

/** im2col: K K copies of the input, with the rows and columns that lie under one tap of the kernel each. */
function shiftedCopies(
  graph: Graph,
  x: Tensor,
  geometry: Geometry,
  { rows, columns }: Arrangement,
): Tensor[] {
  const { output, kernel, stride, padding } = geometry;
  const [, , height, width] = output;
  const sized = (rowCount: number, columnCount: number): number[] =>
    x.shape.with(rows, rowCount).with(columns, columnCount).map(Number);
  const border = [0, 0, 0, 0].with(rows, padding).with(columns, padding);
  const padded =
    padding === 0
      ? x
      : graph.emit(
          'Pad',
          [x, graph.integers([...border, ...border])],
          sized(Number(x.shape[rows]) + 2 * padding, Number(x.shape[columns]) + 2 * padding),
        );
  const copies: Tensor[] = [];
  for (let row = 0; row < kernel; row += 1) {
    for (let column = 0; column < kernel; column += 1) {
      const ends = [row + (height - 1) * stride + 1, column + (width - 1) * stride + 1];
      const bounds = [[row, column], ends, [rows, columns], [stride, stride]];
      const integers = bounds.map((values) => graph.integers(values));
      copies.push(graph.emit('Slice', [padded, ...integers], sized(height, width)));
    }
  }
  return copies;
}
