/**
 * Convolution by ONNX Runtime's kernels for the blocked memory layout: [N, C / block, H, W, block] instead of
 * [N, C, H, W]. They are a third faster, but its optimizer brings them in only where the weights are part of the
 * graph. In training they are fed, so the layout is changed here, before and after every convolution.
 *
 * How many channels make a block depends on the processor (blockSize in ../runtime.ts). ONNX Runtime's shapes stay
 * [N, C, H, W] throughout.
 */
import type { Attribute } from '../onnx/encode.js';
import { reshaped, transposed } from './arrange.js';
import type { Graph, Tensor } from './graph.js';
import type { Image } from './shape.js';

const DOMAIN = 'com.microsoft.nchwc';

/** The kernels fill up incomplete blocks with zeros, but take channels in fours only; fewer are not worth it. */
export function suitsBlocks(graph: Graph, inChannels: number, outChannels: number): boolean {
  if (graph.channelBlock === 1) return false;
  return [inChannels, outChannels].every((channels) => channels % 4 === 0 && channels >= graph.channelBlock);
}

/** `kernels` as blockedKernels makes them; the attributes are those of Conv. */
export function blockedConvolution(
  graph: Graph,
  x: Tensor,
  kernels: Tensor,
  output: Image,
  attributes: readonly Attribute[],
): Tensor {
  const [batch, channels, height, width] = x.shape;
  const inBlocks = graph.emit(
    'ReorderInput',
    [x],
    [batch ?? 0, blocked(graph, Number(channels)), height ?? 0, width ?? 0],
    { domain: DOMAIN },
  );
  const [count, outChannels, outHeight, outWidth] = output;
  const shape: Image = [count, blocked(graph, outChannels), outHeight, outWidth];
  const y = graph.emit('Conv', [inBlocks, kernels], shape, { domain: DOMAIN, attributes });
  return graph.emit('ReorderOutput', [y], output, {
    domain: DOMAIN,
    attributes: [{ name: 'channels', type: 'int', value: outChannels }],
  });
}

/**
 * Kernels [O, I, K, K] in the order [O / block, I / block, K, K, block of I, block of O]. `adjoint` gives those of
 * the input gradient: turned by 180 degrees, and with inputs and outputs exchanged.
 */
export function blockedKernels(graph: Graph, weight: Tensor, adjoint: boolean): Tensor {
  const block = graph.channelBlock;
  const [outChannels = 0, inChannels = 0, kernel = 0] = weight.shape.map(Number);
  const [outs, ins] = [blocked(graph, outChannels), blocked(graph, inChannels)];
  const taps = kernel * kernel;
  const missing = [0, 0, 0, 0, outs - outChannels, ins - inChannels, 0, 0];
  const whole = missing.some((count) => count > 0)
    ? graph.emit('Pad', [weight, graph.integers(missing)], [outs, ins, kernel, kernel])
    : weight;
  const [outBlocks, inBlocks] = [outs / block, ins / block];
  // [O, I / block, block of I, taps] -> [O, I / block, taps, block of I] -> the block of O last.
  const tapsFirst = transposed(graph, reshaped(graph, whole, [outs * inBlocks, block, taps]), [0, 2, 1]);
  const outsLast = transposed(graph, reshaped(graph, tapsFirst, [outBlocks, block, taps * ins]), [0, 2, 1]);
  if (!adjoint) return reshaped(graph, outsLast, [outs, ins, kernel, kernel]);
  const tiles = reshaped(graph, outsLast, [outBlocks * inBlocks * taps, block, block]);
  const turned = reshaped(graph, transposed(graph, tiles, [0, 2, 1]), [
    outBlocks,
    inBlocks,
    taps * block * block,
  ]);
  const exchanged = reshaped(graph, transposed(graph, turned, [1, 0, 2]), [
    inBlocks * outBlocks,
    taps,
    block * block,
  ]);
  return reshaped(graph, backwards(graph, exchanged), [ins, outs, kernel, kernel]);
}

/** Taps from the last to the first: the kernel turned by 180 degrees. */
function backwards(graph: Graph, kernels: Tensor): Tensor {
  const [axis, step] = [graph.integers([1]), graph.integers([-1])];
  return graph.emit('Slice', [kernels, step, graph.integers([-(2 ** 31)]), axis, step], kernels.shape);
}

function blocked(graph: Graph, channels: number): number {
  return Math.ceil(channels / graph.channelBlock) * graph.channelBlock;
}
