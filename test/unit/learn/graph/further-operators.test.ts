import * as tf from '@tensorflow/tfjs-core';
import { InferenceSession } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { concat, reshape } from '../../../../src/learn/graph/arrange.js';
import { convolution } from '../../../../src/learn/graph/convolution.js';
import { Graph } from '../../../../src/learn/graph/graph.js';
import { binaryCrossEntropy, squaredError } from '../../../../src/learn/graph/loss.js';
import {
  contrastiveLoss,
  l2Normalize,
  positiveShares,
  tripletLoss,
} from '../../../../src/learn/graph/metric-loss.js';
import { leakyRelu, sigmoid, tanh } from '../../../../src/learn/graph/pointwise.js';
import { transposedConvolution } from '../../../../src/learn/graph/transposed-convolution.js';
import { disagreement } from './check-gradients.js';

/** tfjs keeps channels last. */
const toLast = (x: tf.Tensor): tf.Tensor4D => tf.transpose(x, [0, 2, 3, 1]) as tf.Tensor4D;
const toFirst = (x: tf.Tensor): tf.Tensor4D => tf.transpose(x, [0, 3, 1, 2]) as tf.Tensor4D;
const kernelToLast = (w: tf.Tensor): tf.Tensor4D => tf.transpose(w, [2, 3, 1, 0]) as tf.Tensor4D;

describe('transposedConvolution', () => {
  const cases = [
    { title: '3x3', size: [3, 4], kernel: 3, stride: 1, padding: 0, outputPadding: 0 },
    { title: '3x3, padded', size: [4, 5], kernel: 3, stride: 1, padding: 1, outputPadding: 0 },
    {
      title: '4x4, stride 2, padded: doubles',
      size: [3, 2],
      kernel: 4,
      stride: 2,
      padding: 1,
      outputPadding: 0,
    },
    {
      title: '3x3, stride 2, output padding',
      size: [3, 2],
      kernel: 3,
      stride: 2,
      padding: 1,
      outputPadding: 1,
    },
    {
      title: '2x2, stride 3, output padding 2',
      size: [2, 3],
      kernel: 2,
      stride: 3,
      padding: 0,
      outputPadding: 2,
    },
  ] as const;
  it.each(cases)('agrees with tfjs and central differences: $title', async (one) => {
    const { size, kernel, stride, padding, outputPadding } = one;
    const [height, width] = size.map((side) => (side - 1) * stride - 2 * padding + kernel + outputPadding);
    const found = await disagreement({
      parameters: { x: [2, 3, ...size], w: [3, 2, kernel, kernel], b: [2] },
      build: (graph, { x, w, b }) =>
        transposedConvolution(graph, x!, w!, { layer: 't', stride, padding, outputPadding }, b),
      reference: ({ x, w, b }) => {
        const shape: [number, number, number, number] = [2, height!, width!, 2];
        const y = tf.conv2dTranspose(toLast(x!), kernelToLast(w!), shape, stride, padding);
        return toFirst(tf.add(y, b!));
      },
    });
    expect(found).toBeNull();
  });

  it('undoes the shape of a strided convolution', () => {
    const graph = new Graph();
    const options = { layer: 'c', stride: 2, padding: 1 };
    const x = graph.parameter('x', [1, 3, 12, 9]);
    const y = convolution(graph, x, graph.parameter('w', [5, 3, 3, 3]), options);
    const back = { ...options, outputPadding: 0 };
    const z = transposedConvolution(graph, y, graph.parameter('v', [5, 3, 3, 3]), back);
    expect([y.shape, z.shape]).toEqual([
      [1, 5, 6, 5],
      [1, 3, 11, 9],
    ]);
  });
});

describe('activations', () => {
  it('leakyRelu', async () => {
    const found = await disagreement({
      parameters: { x: [4, 5] },
      build: (graph, { x }) => leakyRelu(graph, x!, 0.2),
      reference: ({ x }) => tf.leakyRelu(x!, 0.2),
      // No step of 0.01 crosses zero.
      values: (_name, index) => (index - 9.5) * 0.1,
    });
    expect(found).toBeNull();
  });

  it('tanh', async () => {
    const found = await disagreement({
      parameters: { x: [4, 5] },
      build: (graph, { x }) => tanh(graph, x!),
      reference: ({ x }) => tf.tanh(x!),
    });
    expect(found).toBeNull();
  });
});

describe('concat and reshape', () => {
  it.each([0, 1, 3])('concat along axis %i, one tensor twice', async (axis) => {
    const shape = [2, 3, 2, 2];
    const found = await disagreement({
      parameters: { a: shape, b: shape.with(axis, 1) },
      build: (graph, { a, b }) => concat(graph, 'c', [a!, b!, sigmoid(graph, a!)], axis),
      reference: ({ a, b }) => tf.concat([a!, b!, tf.sigmoid(a!)], axis),
    });
    expect(found).toBeNull();
  });

  it('reshape', async () => {
    const found = await disagreement({
      parameters: { x: [2, 3, 4] },
      build: (graph, { x }) => reshape(graph, 'r', x!, [4, 6]),
      reference: ({ x }) => tf.reshape(x!, [4, 6]),
    });
    expect(found).toBeNull();
  });

  it('reshapes rows of an open batch', () => {
    const graph = new Graph();
    const x = graph.input('x', ['N', 4, 3]);
    expect(reshape(graph, 'r', x, ['N', 12]).shape).toEqual(['N', 12]);
    expect(() => reshape(graph, 'r', x, ['N', 13])).toThrow(/r: .*\[N, 4, 3\] and \[N, 13\]/);
  });
});

describe('binaryCrossEntropy', () => {
  it('agrees with the definition for ordinary logits', async () => {
    const targets = Float32Array.of(0, 1, 0.3, 1, 0.5, 0);
    const found = await disagreement({
      parameters: { z: [2, 3] },
      build: (graph, { z }) => binaryCrossEntropy(graph, 'l', z!, graph.constant('t', [2, 3], targets)),
      reference: ({ z }) => {
        const t = tf.tensor2d(targets, [2, 3]);
        const right = tf.mul(t, tf.log(tf.sigmoid(z!)));
        const wrong = tf.mul(tf.sub(1, t), tf.log(tf.sub(1, tf.sigmoid(z!))));
        return tf.neg(tf.mean(tf.add(right, wrong)));
      },
    });
    expect(found).toBeNull();
  });

  it('stays exact where the sigmoid is 0 or 1', async () => {
    const graph = new Graph();
    const z = graph.constant('z', [4], Float32Array.of(100, -100, 100, 1e38));
    const targets = graph.constant('t', [4], Float32Array.of(1, 1, 0.5, 1));
    const loss = binaryCrossEntropy(graph, 'l', z, targets);
    const session = await InferenceSession.create(graph.encode('l', { loss }), { logSeverityLevel: 4 });
    const { loss: value } = await session.run({});
    expect(value!.data[0]).toBeCloseTo((0 + 100 + 50 + 0) / 4, 4);
    await session.release();
  });
});

describe('losses on rows', () => {
  it('l2Normalize, with central differences and tfjs', async () => {
    const found = await disagreement({
      parameters: { x: [3, 4] },
      build: (graph, { x }) => l2Normalize(graph, 'n', x!),
      reference: ({ x }) => tf.div(x!, tf.norm(x!, 2, 1, true)),
    });
    expect(found).toBeNull();
  });

  it('l2Normalize leaves a row of zeros', async () => {
    const graph = new Graph();
    const x = graph.constant('x', [2, 2], Float32Array.of(0, 0, 3, 4));
    const session = await InferenceSession.create(graph.encode('n', { y: l2Normalize(graph, 'n', x) }));
    const { y } = await session.run({});
    expect([...(y!.data as Float32Array)]).toEqual([0, 0, Math.fround(0.6), Math.fround(0.8)]);
    await session.release();
  });

  it('tripletLoss, with active and idle triplets', async () => {
    const found = await disagreement({
      parameters: { a: [5, 3], p: [5, 3], n: [5, 3] },
      build: (graph, { a, p, n }) => tripletLoss(graph, 't', [a!, p!, n!], 0.5),
      reference: ({ a, p, n }) => {
        const distance = (other: tf.Tensor): tf.Tensor => tf.sum(tf.squaredDifference(a!, other), 1);
        return tf.mean(tf.relu(tf.add(tf.sub(distance(p!), distance(n!)), 0.5)));
      },
      seed: 12,
    });
    expect(found).toBeNull();
  });

  it('contrastiveLoss is the paper’s double sum', async () => {
    const labels = [0, 1, 0, 2, 1, 0];
    const temperature = 0.5;
    const found = await disagreement({
      parameters: { x: [6, 4] },
      build: (graph, { x }) => {
        const shares = graph.constant('p', [6, 6], positiveShares(labels));
        return contrastiveLoss(graph, 's', l2Normalize(graph, 'n', x!), shares, temperature);
      },
      reference: ({ x }) => {
        const z = tf.div(x!, tf.norm(x!, 2, 1, true));
        const row = (index: number): tf.Tensor => tf.slice(z, [index, 0], [1, 4]);
        const power = (i: number, a: number): tf.Tensor =>
          tf.exp(tf.div(tf.sum(tf.mul(row(i), row(a))), temperature));
        const terms = labels.map((label, i) => {
          const others = labels.map((_, a) => a).filter((a) => a !== i);
          const positives = others.filter((a) => labels[a] === label);
          const all = tf.addN(others.map((a) => power(i, a)));
          const logs = positives.map((p) => tf.log(tf.div(power(i, p), all)));
          return logs.length === 0 ? tf.scalar(0) : tf.div(tf.addN(logs), -logs.length);
        });
        return tf.div(tf.addN(terms), labels.length);
      },
    });
    expect(found).toBeNull();
  });

  it('squaredError counts what is known', async () => {
    const wanted = Float32Array.of(0.5, -1, 2, 0, 1, 3);
    const known = Float32Array.of(1, 0, 1, 1, 1, 0);
    const found = await disagreement({
      parameters: { x: [2, 3] },
      build: (graph, { x }) => {
        const given = [x!, graph.constant('w', [2, 3], wanted), graph.constant('k', [2, 3], known)] as const;
        return squaredError(graph, 'facts', given, 4);
      },
      reference: ({ x }) => {
        const difference = tf.mul(tf.sub(x!, tf.tensor(wanted, [2, 3])), tf.tensor(known, [2, 3]));
        return tf.mul(tf.sum(tf.square(difference)), 4 / 6);
      },
    });
    expect(found).toBeNull();
  });

  it('names positives as shares of a row', () => {
    expect([...positiveShares([3, 5, 3, 3])]).toEqual([
      0, 0, 0.5, 0.5, 0, 0, 0, 0, 0.5, 0, 0, 0.5, 0.5, 0, 0.5, 0,
    ]);
  });
});

describe('errors at build time name the layer and both shapes', () => {
  const graph = new Graph();
  const x = graph.parameter('x', [2, 3, 8, 8]);
  const w = graph.parameter('w', [4, 5, 3, 3]);
  const rows = graph.parameter('rows', [2, 7]);
  const bias = graph.parameter('b', [9]);
  const kernel = graph.parameter('k', [3, 6, 3, 3]);
  const plain = { layer: 'up', stride: 2, padding: 1, outputPadding: 1 };
  it.each([
    ['channels', () => transposedConvolution(graph, x, w, plain), /up: .*\[2, 3, 8, 8\] and \[4, 5, 3, 3\]/],
    ['bias', () => transposedConvolution(graph, x, kernel, plain, bias), /up: .*\[3, 6, 3, 3\] and \[9\]/],
    [
      'output padding',
      () => transposedConvolution(graph, x, kernel, { ...plain, outputPadding: 2 }),
      /up: output padding 2 .* stride of 2/,
    ],
    [
      'padding',
      () => convolution(graph, x, w, { layer: 'deep', stride: 1, padding: 3 }),
      /\[2, 3, 8, 8\] and \[4, 5, 3, 3\]/,
    ],
    [
      'stride',
      () =>
        convolution(graph, x, graph.parameter('v', [4, 3, 3, 3]), { layer: 'deep', stride: 0, padding: 1 }),
      /deep: stride 0 and padding 1 .* kernel of 3/,
    ],
    ['concat', () => concat(graph, 'join', [x, rows], 1), /join: .*\[2, 3, 8, 8\] and \[2, 7\]/],
    ['reshape', () => reshape(graph, 'flat', x, [2, 190]), /flat: .*\[2, 3, 8, 8\] and \[2, 190\]/],
    ['targets', () => binaryCrossEntropy(graph, 'loss', rows, bias), /loss: .*\[2, 7\] and \[9\]/],
    ['rows', () => l2Normalize(graph, 'unit', x), /unit: .*rows.*\[2, 3, 8, 8\]/],
    [
      'triplets',
      () => tripletLoss(graph, 'pull', [rows, rows, graph.parameter('n', [2, 6])], 1),
      /pull: .*\[2, 7\] and \[2, 6\]/,
    ],
    ['positives', () => contrastiveLoss(graph, 'pull', rows, rows, 1), /pull: .*\[2, 2\] and \[2, 7\]/],
  ])('%s', (_what, build, message) => {
    expect(build).toThrow(message);
  });
});
