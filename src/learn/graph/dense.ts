/** A fully connected layer: [N, in] times [in, out] plus [out]. */
import type { Attribute } from '../onnx/encode.js';
import type { Graph, Tensor } from './graph.js';
import { mismatch, rowsShape } from './shape.js';

export function dense(graph: Graph, layer: string, x: Tensor, weight: Tensor, bias: Tensor): Tensor {
  const [batch, inUnits] = rowsShape(layer, x.shape);
  const [weightRows, outUnits] = weight.shape;
  if (weightRows !== inUnits || typeof outUnits !== 'number' || weight.shape.length !== 2) {
    throw mismatch(layer, 'a weight [in, out] for the input rows', [x.shape, weight.shape]);
  }
  if (bias.shape.length !== 1 || bias.shape[0] !== outUnits) {
    throw mismatch(layer, 'a bias [out] for the weight', [weight.shape, bias.shape]);
  }
  return graph.record(graph.emit('Gemm', [x, weight, bias], [batch, outUnits]), [
    [x, (dy) => product(graph, dy, weight, x, 'transB')],
    [weight, (dy) => product(graph, x, dy, weight, 'transA')],
    [
      bias,
      (dy) => {
        const attributes: Attribute[] = [{ name: 'keepdims', type: 'int', value: 0 }];
        return graph.emit('ReduceSum', [dy, graph.integers([0])], bias.shape, { attributes });
      },
    ],
  ]);
}

function product(graph: Graph, a: Tensor, b: Tensor, like: Tensor, transpose: 'transA' | 'transB'): Tensor {
  const attributes: Attribute[] = [{ name: transpose, type: 'int', value: 1 }];
  return graph.emit('Gemm', [a, b], like.shape, { attributes });
}
