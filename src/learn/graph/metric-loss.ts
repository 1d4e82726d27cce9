/** Losses that bring like rows together and keep unlike ones apart, and the unit length they are measured at. */
import type { Attribute } from '../onnx/encode.js';
import type { Graph, Tensor } from './graph.js';
import { softmaxCrossEntropy } from './loss.js';
import { fixedBatch, mismatch, rowsShape, sameShape } from './shape.js';

/** Added to a row's squared length, so that a row of zeros stays one. */
const LENGTH_EPSILON = 1e-12;
/** Takes a row's likeness with itself out of a softmax. */
const NEVER = -1e9;

/** Rows of unit length: y = x / |x|, with derivative (dy - y (y . dy)) / |x|. */
export function l2Normalize(graph: Graph, layer: string, x: Tensor): Tensor {
  const [batch] = rowsShape(layer, x.shape);
  const column = [batch, 1];
  const square = rowSum(graph, graph.emit('Mul', [x, x], x.shape));
  const length = graph.emit(
    'Sqrt',
    [graph.emit('Add', [square, graph.scalar(LENGTH_EPSILON)], column)],
    column,
  );
  const y = graph.emit('Div', [x, length], x.shape);
  return graph.record(y, [
    [
      x,
      (dy) => {
        const along = rowSum(graph, graph.emit('Mul', [y, dy], x.shape));
        const across = graph.emit('Sub', [dy, graph.emit('Mul', [y, along], x.shape)], x.shape);
        return graph.emit('Div', [across, length], x.shape);
      },
    ],
  ]);
}

/**
 * Mean over the rows of max(0, |a - p|^2 - |a - n|^2 + margin), a scalar (Schroff et al. 2015, FaceNet, equation 3,
 * divided by the number of triplets). Derivatives of an active triplet: 2 (n - p) by a, 2 (p - a) by p, 2 (a - n) by n.
 */
export function tripletLoss(
  graph: Graph,
  layer: string,
  [anchor, positive, negative]: readonly [anchor: Tensor, positive: Tensor, negative: Tensor],
  margin: number,
): Tensor {
  const { shape } = anchor;
  const count = fixedBatch(layer, rowsShape(layer, shape)[0]);
  for (const other of [positive, negative]) {
    if (!sameShape(shape, other.shape)) {
      throw mismatch(layer, 'anchors, positives and negatives of one shape', [shape, other.shape]);
    }
  }
  const column = [count, 1];
  const minus = (a: Tensor, b: Tensor): Tensor => graph.emit('Sub', [a, b], shape);
  const distance = (other: Tensor): Tensor => {
    const difference = minus(anchor, other);
    return rowSum(graph, graph.emit('Mul', [difference, difference], shape));
  };
  const gap = graph.emit('Sub', [distance(positive), distance(negative)], column);
  const violation = graph.emit('Relu', [graph.emit('Add', [gap, graph.scalar(margin)], column)], column);
  const keepdims: Attribute[] = [{ name: 'keepdims', type: 'int', value: 0 }];
  const sum = graph.emit('ReduceSum', [violation, graph.integers([0, 1])], [], { attributes: keepdims });
  const loss = graph.emit('Mul', [sum, graph.scalar(1 / count)], []);
  const path = (a: Tensor, b: Tensor) => (dy: Tensor) => {
    const active = graph.emit('Sign', [violation], column);
    const share = graph.emit(
      'Mul',
      [graph.emit('Mul', [active, graph.scalar(2 / count)], column), dy],
      column,
    );
    return graph.emit('Mul', [minus(a, b), share], shape);
  };
  return graph.record(loss, [
    [anchor, path(negative, positive)],
    [positive, path(positive, anchor)],
    [negative, path(anchor, negative)],
  ]);
}

/**
 * The supervised contrastive loss (Khosla et al. 2020, equation 2, divided by the number of rows), a scalar: for each
 * of N `rows` of unit length, the mean over its positives p of -log(exp(z . z_p / t) / sum over all others a of
 * exp(z . z_a / t)). `positives` [N, N] comes from `positiveShares`. With one positive a row it is NT-Xent (Chen et
 * al. 2020, equation 1).
 */
export function contrastiveLoss(
  graph: Graph,
  layer: string,
  rows: Tensor,
  positives: Tensor,
  temperature: number,
): Tensor {
  const count = fixedBatch(layer, rowsShape(layer, rows.shape)[0]);
  const square = [count, count];
  const scale: Attribute = { name: 'alpha', type: 'float', value: 1 / temperature };
  const itself = Float32Array.from({ length: count * count }, (_, at) =>
    at % (count + 1) === 0 ? NEVER : 0,
  );
  const mask = graph.constant(`others of ${layer}`, square, itself);
  const likeness = graph.emit('Gemm', [rows, rows, mask], square, {
    attributes: [scale, { name: 'transB', type: 'int', value: 1 }],
  });
  const tracked = graph.record(likeness, [
    [
      rows,
      (dy) => {
        // Each likeness is of two rows, and both move: (dy + transposed dy) rows / temperature.
        const turned = graph.emit('Transpose', [dy], square, {
          attributes: [{ name: 'perm', type: 'ints', value: [1, 0] }],
        });
        const both = graph.emit('Add', [dy, turned], square);
        return graph.emit('Gemm', [both, rows], rows.shape, { attributes: [scale] });
      },
    ],
  ]);
  return softmaxCrossEntropy(graph, layer, tracked, positives);
}

/** [N, N]: in the row of each label 1 / count for the others of the same label, 0 elsewhere; a lone label has none. */
export function positiveShares(labels: ArrayLike<number>): Float32Array {
  const shares = new Float32Array(labels.length ** 2);
  for (let row = 0; row < labels.length; row += 1) {
    const others: number[] = [];
    for (let column = 0; column < labels.length; column += 1) {
      if (column !== row && labels[column] === labels[row]) others.push(column);
    }
    for (const column of others) shares[row * labels.length + column] = 1 / others.length;
  }
  return shares;
}

/** [N, units] -> [N, 1]. */
function rowSum(graph: Graph, x: Tensor): Tensor {
  const [batch] = rowsShape('sum', x.shape);
  return graph.emit('ReduceSum', [x, graph.integers([1])], [batch, 1], {
    attributes: [{ name: 'keepdims', type: 'int', value: 1 }],
  });
}
