/** Pixels as they are stored -> the tensor the first convolution takes; the same nodes train and serve. */
import type { Graph, Tensor } from './graph.js';
import type { Dimension } from '../onnx/encode.js';

const MIDDLE = 127.5;
/** About the standard deviation of pixel values in photos, so that the input has about unit variance. */
const SPREAD = 64;

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
  const centred = graph.emit('Sub', [floats, graph.scalar(MIDDLE)], planes.shape);
  return graph.emit('Mul', [centred, graph.scalar(1 / SPREAD)], planes.shape);
}
