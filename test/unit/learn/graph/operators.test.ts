import * as tf from '@tensorflow/tfjs-core';
import { InferenceSession, Tensor as Values } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { batchNorm } from '../../../../src/learn/graph/batch-norm.js';
import { convolution } from '../../../../src/learn/graph/convolution.js';
import { dense } from '../../../../src/learn/graph/dense.js';
import { gradients } from '../../../../src/learn/graph/gradient.js';
import { Graph } from '../../../../src/learn/graph/graph.js';
import type { Tensor } from '../../../../src/learn/graph/graph.js';
import { softmaxCrossEntropy } from '../../../../src/learn/graph/loss.js';
import { add, dropout, relu, sigmoid } from '../../../../src/learn/graph/pointwise.js';
import { globalAveragePool, maxPool } from '../../../../src/learn/graph/pooling.js';
import { shuffle } from '../../../../src/learn/train/distributions.js';
import { BATCH_NORM_EPSILON } from '../../../../src/model/network.js';
import { Random } from '../../../../src/platform/random.js';
import { disagreement, kernelToLast, toFirst, toLast } from './check-gradients.js';

/** Distinct values at least 0.06 apart and as far from zero: no step of 0.01 crosses a kink. */
function apart(length: number): (name: string, index: number) => number {
  const order = shuffle(
    new Random(3),
    Array.from({ length }, (_, index) => index),
  );
  return (_name, index) => (order[index]! - length / 2 + 0.5) * 0.06;
}

describe('convolution', () => {
  const cases = [
    { title: '3x3, padded', size: [5, 4], kernel: 3, stride: 1, padding: 1 },
    { title: '3x3, not padded', size: [5, 4], kernel: 3, stride: 1, padding: 0 },
    { title: '1x1', size: [3, 4], kernel: 1, stride: 1, padding: 0 },
    { title: '3x3, stride 2, even side', size: [6, 4], kernel: 3, stride: 2, padding: 1 },
    { title: '3x3, stride 2, odd side', size: [5, 7], kernel: 3, stride: 2, padding: 1 },
    { title: '1x1, stride 2', size: [5, 4], kernel: 1, stride: 2, padding: 0 },
    { title: '5x5, stride 3, padded by two', size: [7, 8], kernel: 5, stride: 3, padding: 2 },
  ] as const;
  it.each(cases)('agrees with tfjs and central differences: $title', async (one) => {
    const { size, kernel, stride, padding } = one;
    const found = await disagreement({
      parameters: { x: [2, 3, ...size], w: [4, 3, kernel, kernel] },
      build: (graph, { x, w }) => convolution(graph, x!, w!, { layer: 'c', stride, padding }),
      reference: ({ x, w }) => toFirst(tf.conv2d(toLast(x!), kernelToLast(w!), stride, padding)),
    });
    expect(found).toBeNull();
  });

  it('adds a bias for each channel', async () => {
    const found = await disagreement({
      parameters: { x: [2, 2, 3, 3], w: [3, 2, 3, 3], b: [3] },
      build: (graph, { x, w, b }) => convolution(graph, x!, w!, { layer: 'c', stride: 1, padding: 1 }, b),
      reference: ({ x, w, b }) => toFirst(tf.add(tf.conv2d(toLast(x!), kernelToLast(w!), 1, 1), b!)),
    });
    expect(found).toBeNull();
  });
});

describe('batchNorm', () => {
  it('agrees with tfjs and central differences', async () => {
    const found = await disagreement({
      parameters: { x: [3, 2, 3, 2], scale: [1, 2, 1, 1], shift: [1, 2, 1, 1] },
      build: (graph, { x, scale, shift }) => batchNorm(graph, 'n', x!, scale!, shift!).output,
      reference: ({ x, scale, shift }) => {
        const mean = tf.mean(x!, [0, 2, 3], true);
        const centred = tf.sub(x!, mean);
        const variance = tf.mean(tf.square(centred), [0, 2, 3], true);
        const normal = tf.div(centred, tf.sqrt(tf.add(variance, BATCH_NORM_EPSILON)));
        return tf.add(tf.mul(normal, scale!), shift!);
      },
    });
    expect(found).toBeNull();
  });

  it('gives the statistics of the batch, from which running statistics are kept', async () => {
    const found = await disagreement({
      parameters: { x: [3, 2, 3, 2] },
      build: (graph, { x }) => {
        const ones = graph.constant('ones', [1, 2, 1, 1], Float32Array.of(1, 1));
        const { mean, variance } = batchNorm(graph, 'n', x!, ones, ones);
        // Statistics take no derivative; a factor of zero times the input gives the check one to look at.
        const sum = graph.emit('Add', [mean, variance], [1, 2, 1, 1]);
        const nothing = dropout(graph, 'z', x!, graph.constant('zeros', [3, 2, 3, 2], new Float32Array(36)));
        const output = graph.emit('Add', [nothing, sum], [3, 2, 3, 2]);
        return graph.record(output, [[nothing, (dy) => dy]]);
      },
      reference: ({ x }) => {
        const { mean, variance } = tf.moments(tf.tensor(x!.dataSync(), x!.shape), [0, 2, 3], true);
        return tf.add(tf.mul(x!, 0), tf.add(mean, variance));
      },
      values: (_name, index) => (index % 7) - 3,
      differences: false,
    });
    expect(found).toBeNull();
  });
});

describe('pointwise operators', () => {
  it('relu', async () => {
    const found = await disagreement({
      parameters: { x: [4, 5] },
      build: (graph, { x }) => relu(graph, x!),
      reference: ({ x }) => tf.relu(x!),
      values: apart(20),
    });
    expect(found).toBeNull();
  });

  it('sigmoid', async () => {
    const found = await disagreement({
      parameters: { x: [4, 5] },
      build: (graph, { x }) => sigmoid(graph, x!),
      reference: ({ x }) => tf.sigmoid(x!),
    });
    expect(found).toBeNull();
  });

  it('add, where one tensor reaches the sum along two ways', async () => {
    const found = await disagreement({
      parameters: { x: [2, 3], y: [2, 3] },
      build: (graph, { x, y }) => add(graph, 'b', sigmoid(graph, x!), add(graph, 'a', x!, y!)),
      reference: ({ x, y }) => tf.add(tf.sigmoid(x!), tf.add(x!, y!)),
    });
    expect(found).toBeNull();
  });

  it('dropout multiplies with the mask it is fed', async () => {
    const mask = Float32Array.of(0, 2, 2, 0, 2, 0);
    const found = await disagreement({
      parameters: { x: [2, 3] },
      build: (graph, { x }) => dropout(graph, 'd', x!, graph.constant('mask', [2, 3], mask)),
      reference: ({ x }) => tf.mul(x!, tf.tensor2d(mask, [2, 3])),
    });
    expect(found).toBeNull();
  });
});

describe('pooling', () => {
  it('max pooling sends the derivative to the largest value of each square', async () => {
    const found = await disagreement({
      parameters: { x: [2, 3, 4, 6] },
      build: (graph, { x }) => maxPool(graph, 'p', x!),
      reference: ({ x }) => toFirst(tf.maxPool(toLast(x!), 2, 2, 'valid')),
      values: apart(144),
    });
    expect(found).toBeNull();
  });

  it('max pooling shares the derivative between equal values', async () => {
    const graph = new Graph();
    const x = graph.parameter('x', [1, 1, 2, 4]);
    const pooled = maxPool(graph, 'p', x);
    const loss = graph.record(
      graph.emit('ReduceSum', [pooled], [], { attributes: [{ name: 'keepdims', type: 'int', value: 0 }] }),
      [[pooled, () => graph.filled([1, 1, 1, 2], 1)]],
    );
    const [slope] = gradients(graph, loss, [x]);
    const session = await InferenceSession.create(graph.encode('ties', { slope: slope! }));
    const feeds = { x: new Values('float32', Float32Array.of(3, 1, 2, 2, 3, 0, 2, 2), [1, 1, 2, 4]) };
    const outputs = await session.run(feeds);
    await session.release();
    expect([...(outputs['slope']!.data as Float32Array)]).toEqual([0.5, 0, 0.25, 0.25, 0.5, 0, 0.25, 0.25]);
  });

  it('global average', async () => {
    const found = await disagreement({
      parameters: { x: [2, 3, 4, 2] },
      build: (graph, { x }) => globalAveragePool(graph, 'g', x!),
      reference: ({ x }) => tf.mean(x!, [2, 3]),
    });
    expect(found).toBeNull();
  });
});

describe('dense and loss', () => {
  it('dense', async () => {
    const found = await disagreement({
      parameters: { x: [3, 4], w: [4, 5], b: [5] },
      build: (graph, { x, w, b }) => dense(graph, 'd', x!, w!, b!),
      reference: ({ x, w, b }) => tf.add(tf.matMul(x!, w!), b!),
    });
    expect(found).toBeNull();
  });

  it('softmax cross-entropy with soft targets, also those that do not add up to one', async () => {
    const targets = Float32Array.of(0.9, 0.05, 0.05, 0.3, 0.3, 0.4, 0.5, 0.5, 1);
    const found = await disagreement({
      parameters: { logits: [3, 3] },
      build: (graph, { logits }) =>
        softmaxCrossEntropy(graph, 'l', logits!, graph.constant('targets', [3, 3], targets)),
      reference: ({ logits }) =>
        tf.div(tf.sum(tf.mul(tf.tensor2d(targets, [3, 3]), tf.logSoftmax(logits!))), -3),
    });
    expect(found).toBeNull();
  });

  it('a small network of all of them, from logits back to the first kernel', async () => {
    const scales = { scale: [1, 4, 1, 1], shift: [1, 4, 1, 1] };
    const found = await disagreement({
      parameters: { x: [2, 3, 6, 6], w: [4, 3, 3, 3], ...scales, v: [4, 4, 3, 3], d: [4, 3], b: [3] },
      build: (graph, t) => {
        const options = { layer: 'c', stride: 1, padding: 1 } as const;
        const normal = batchNorm(
          graph,
          'n',
          convolution(graph, t['x']!, t['w']!, options),
          t['scale']!,
          t['shift']!,
        );
        const first = sigmoid(graph, normal.output);
        const second = add(graph, 'r', first, convolution(graph, first, t['v']!, options));
        return dense(graph, 'd', globalAveragePool(graph, 'g', second), t['d']!, t['b']!);
      },
      reference: (t) => {
        const conv = (x: tf.Tensor, w: tf.Tensor): tf.Tensor =>
          toFirst(tf.conv2d(toLast(x), kernelToLast(w), 1, 1));
        const c = conv(t['x']!, t['w']!);
        const centred = tf.sub(c, tf.mean(c, [0, 2, 3], true));
        const variance = tf.mean(tf.square(centred), [0, 2, 3], true);
        const normal = tf.div(centred, tf.sqrt(tf.add(variance, BATCH_NORM_EPSILON)));
        const first = tf.sigmoid(tf.add(tf.mul(normal, t['scale']!), t['shift']!));
        const second = tf.add(first, conv(first, t['v']!));
        return tf.add(tf.matMul(tf.mean(second, [2, 3]), t['d']!), t['b']!);
      },
    });
    expect(found).toBeNull();
  });
});

describe('errors at build time', () => {
  const inputs = (graph: Graph, ...shapes: (readonly number[])[]): Tensor[] =>
    shapes.map((shape, index) => graph.parameter(`p${index}`, shape));

  it('name the layer and both shapes', () => {
    const graph = new Graph();
    const [x, w, rows, weight, bias] = inputs(graph, [2, 3, 8, 8], [4, 5, 3, 3], [2, 7], [6, 4], [4]);
    expect(() => convolution(graph, x!, w!, { layer: 'stage2', stride: 1, padding: 1 })).toThrow(
      /stage2.*\[2, 3, 8, 8\].*\[4, 5, 3, 3\]/,
    );
    expect(() => dense(graph, 'head', rows!, weight!, bias!)).toThrow(/head.*\[2, 7\].*\[6, 4\]/);
    expect(() => add(graph, 'sum', x!, rows!)).toThrow(/sum.*\[2, 3, 8, 8\].*\[2, 7\]/);
  });

  it('refuse odd sides for pooling', () => {
    const graph = new Graph();
    const [x] = inputs(graph, [2, 3, 7, 8]);
    expect(() => maxPool(graph, 'pool1', x!)).toThrow(/pool1.*even.*\[2, 3, 7, 8\]/);
  });

  it('refuse a loss that does not depend on a parameter', () => {
    const graph = new Graph();
    const [x, idle] = inputs(graph, [2, 3], [4]);
    const loss = softmaxCrossEntropy(graph, 'l', x!, graph.input('targets', [2, 3]));
    expect(() => gradients(graph, loss, [x!, idle!])).toThrow(/p1/);
  });
});
