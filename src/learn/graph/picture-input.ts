/** Pixels as they are stored -> the tensor the first convolution takes; the same nodes train and serve. */
import { PIXEL_MIDDLE, PIXEL_SPREAD } from '../../model/network.js';
import type { Graph, Tensor } from './graph.js';
import type { Dimension } from '../onnx/encode.js';

/** Input `pixels`, uint8 [N, size, size, 3], as float32 [N, 3, size, size] around zero. */
export function pictureInput(graph: Graph, batch: Dimension, size: number): Tensor {
  const pixels = graph.input('pixels', [batch, size, size, 3], 'uint8');
  const planes = graph.emit('Transpose', [pixels], [batch, 3, size, size], {
    type: 'uint8',
    attributes: [{ name: 'perm', type: 'ints', value: [0, 3, 1, 2] }],
  });
  const floats = graph.emit('Cast', [planes], planes.shape, {
    attributes: [{ name: 'to', type: 'int', value: 1 }],
  });
  const centred = graph.emit('Sub', [floats, graph.scalar(PIXEL_MIDDLE)], planes.shape);
  return graph.emit('Mul', [centred, graph.scalar(1 / PIXEL_SPREAD)], planes.shape);
}
