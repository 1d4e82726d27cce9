/**
 * The transposed convolution of [N, C, H, W] with [C, O, K, K]: what maps a convolution's output back to the shape
 * of its input (Dumoulin and Visin 2016, chapter 4; ONNX's ConvTranspose). It is the derivative of a convolution
 * by its input, so its own derivative by its input is that convolution, and the kernel's derivative is the
 * convolution's with input and output exchanged.
 */
import { FashiondError } from '../../domain/errors.js';
import { biasPaths, checkStride, geometryAttributes, withBias } from './convolution.js';
import type { ConvolutionOptions } from './convolution.js';
import type { Graph, Tensor } from './graph.js';
import { fixedBatch, imageShape, mismatch } from './shape.js';
import type { Image } from './shape.js';
import { weightGradient } from './weight-gradient.js';

export interface TransposedOptions extends ConvolutionOptions {
  /** Rows and columns added at the far edges, fewer than the stride: several sizes lead to one under a stride. */
  readonly outputPadding: number;
}

/** [N, C, H, W] -> [N, O, (H - 1) stride - 2 padding + K + outputPadding, likewise]; `bias` has shape [O]. */
export function transposedConvolution(
  graph: Graph,
  x: Tensor,
  weight: Tensor,
  options: TransposedOptions,
  bias?: Tensor,
): Tensor {
  const { layer, stride, padding, outputPadding } = options;
  const input = imageShape(layer, x.shape);
  const output = outputShape(x, weight, options);
  const kernel = Number(weight.shape[2]);
  const attributes = geometryAttributes(kernel, stride, padding);
  const y = graph.emit('ConvTranspose', withBias(layer, x, weight, bias, output[1]), output, {
    attributes: [
      ...attributes,
      { name: 'output_padding', type: 'ints', value: [outputPadding, outputPadding] },
    ],
  });
  return graph.record(y, [
    [x, (dy) => graph.emit('Conv', [dy, weight], input, { attributes })],
    [
      weight,
      (dy) => {
        const batch = fixedBatch(layer, input[0]);
        // The convolution that this one undoes reads the output and writes the input.
        return weightGradient(graph, dy, x, { batch, input: output, output: input, kernel, stride, padding });
      },
    ],
    ...biasPaths(graph, bias),
  ]);
}

function outputShape(x: Tensor, weight: Tensor, options: TransposedOptions): Image {
  const { layer, stride, padding, outputPadding } = options;
  const input = imageShape(layer, x.shape);
  const [inChannels, outChannels, kernel, kernelWidth] = weight.shape;
  if (typeof outChannels !== 'number' || typeof kernel !== 'number' || kernel !== kernelWidth) {
    throw mismatch(layer, 'a square kernel [C, O, K, K]', [weight.shape]);
  }
  if (inChannels !== input[1])
    throw mismatch(layer, 'a kernel for the input channels', [x.shape, weight.shape]);
  checkStride(layer, kernel, stride, padding);
  if (!Number.isInteger(outputPadding) || outputPadding < 0 || outputPadding >= stride) {
    throw new FashiondError(
      'incompatible',
      `layer ${layer}: output padding ${outputPadding} does not fit a stride of ${stride}`,
      { hint: 'take less output padding than the stride' },
    );
  }
  const [height, width] = [input[2], input[3]].map(
    (side) => (side - 1) * stride - 2 * padding + kernel + outputPadding,
  );
  if (height === undefined || width === undefined || height < 1 || width < 1) {
    throw mismatch(layer, 'a picture that is not all padding', [x.shape, weight.shape]);
  }
  return [input[0], outChannels, height, width];
}
