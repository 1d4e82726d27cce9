/** Pixels as they are stored -> the tensor the first convolution takes; the same nodes train and serve. */
import { PIXEL_MIDDLE, PIXEL_SPREAD } from '../../model/network.js';
import type { Graph, Tensor } from './graph.js';
import type { Dimension } from '../onnx/encode.js';
import { reshaped } from './arrange.js';
import { rowsShape } from './shape.js';

/**
 * Input `pixels`, uint8 [N, size, size, 3], as float32 [N, 3, size, size] around zero: less their middle, divided by
 * `spread`.
 */
export function pictureInput(
  graph: Graph,
  batch: Dimension,
  size: number,
  spread: number = PIXEL_SPREAD,
): Tensor {
  return normalized(graph, graph.input('pixels', [batch, size, size, 3], 'uint8'), batch, size, spread);
}

/** As `pictureInput`, with a symbolic batch, and behind the pictures their mirror images: [2 N, 3, size, size]. */
export function mirroredPictureInput(graph: Graph, size: number): Tensor {
  return normalized(graph, withMirrored(graph, size), 'N', size);
}

/** Input `pixels`, uint8 [N, size, size, 3], as planes of whole numbers, uint8 [N, 3, size, size]; mirrored likewise. */
export function picturePlanes(graph: Graph, size: number, mirrored: boolean): Tensor {
  const pixels = mirrored ? withMirrored(graph, size) : graph.input('pixels', ['N', size, size, 3], 'uint8');
  return planesOf(graph, pixels, 'N', size);
}

function withMirrored(graph: Graph, size: number): Tensor {
  const pixels = graph.input('pixels', ['N', size, size, 3], 'uint8');
  const columns = graph.integers(Array.from({ length: size }, (_, column) => size - 1 - column));
  const mirrored = graph.emit('Gather', [pixels, columns], pixels.shape, {
    type: 'uint8',
    attributes: [{ name: 'axis', type: 'int', value: 2 }],
  });
  return graph.emit('Concat', [pixels, mirrored], pixels.shape, {
    type: 'uint8',
    attributes: [{ name: 'axis', type: 'int', value: 0 }],
  });
}

/** [2 N, units], a picture's row and, N further down, its mirror image's -> their mean, [N, units]. */
export function meanOfMirrored(graph: Graph, layer: string, x: Tensor): Tensor {
  const [, units] = rowsShape(layer, x.shape);
  const apart = reshaped(graph, x, [2, 'N', units]);
  return graph.emit('ReduceMean', [apart], ['N', units], {
    attributes: [
      { name: 'axes', type: 'ints', value: [0] },
      { name: 'keepdims', type: 'int', value: 0 },
    ],
  });
}

function planesOf(graph: Graph, pixels: Tensor, batch: Dimension, size: number): Tensor {
  return graph.emit('Transpose', [pixels], [batch, 3, size, size], {
    type: 'uint8',
    attributes: [{ name: 'perm', type: 'ints', value: [0, 3, 1, 2] }],
  });
}

function normalized(
  graph: Graph,
  pixels: Tensor,
  batch: Dimension,
  size: number,
  spread: number = PIXEL_SPREAD,
): Tensor {
  const planes = planesOf(graph, pixels, batch, size);
  const floats = graph.emit('Cast', [planes], planes.shape, {
    attributes: [{ name: 'to', type: 'int', value: 1 }],
  });
  const centred = graph.emit('Sub', [floats, graph.scalar(PIXEL_MIDDLE)], planes.shape);
  return graph.emit('Mul', [centred, graph.scalar(1 / spread)], planes.shape);
}
