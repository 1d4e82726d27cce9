import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { distillationLoss } from '../../../../src/learn/graph/distillation-loss.js';
import { Graph } from '../../../../src/learn/graph/graph.js';
import { add } from '../../../../src/learn/graph/pointwise.js';
import { softmaxCrossEntropy } from '../../../../src/learn/graph/loss.js';
import { disagreement } from './check-gradients.js';

/** Answers of an earlier network with three classes, the second row at half the weight. */
const ANSWERS = [0.7, 0.2, 0.1, 0.05, 0.3, 0.15];
const answers = (graph: Graph) => graph.constant('answers', [2, 3], Float32Array.from(ANSWERS));

describe('distillationLoss', () => {
  it.each([1, 2, 3.5])('agrees with tfjs and central differences at temperature %d', async (temperature) => {
    const found = await disagreement({
      parameters: { z: [2, 5] },
      build: (graph, { z }) => distillationLoss(graph, 'd', z!, answers(graph), temperature),
      reference: ({ z }) => {
        const known = tf.slice(z! as tf.Tensor2D, [0, 0], [2, 3]);
        const terms = tf.mul(tf.tensor(ANSWERS, [2, 3]), tf.logSoftmax(tf.div(known, temperature)));
        return tf.mul(tf.sum(terms), -(temperature ** 2) / 2);
      },
    });
    expect(found).toBeNull();
  });

  it('adds its derivative to that of the loss by labels', async () => {
    const targets = [0, 0, 0, 1, 0, 0, 0.5, 0, 0, 0.5];
    const found = await disagreement({
      parameters: { z: [2, 5] },
      build: (graph, { z }) => {
        const labels = graph.constant('targets', [2, 5], Float32Array.from(targets));
        const byLabels = softmaxCrossEntropy(graph, 'l', z!, labels);
        return add(graph, 'sum', byLabels, distillationLoss(graph, 'd', z!, answers(graph), 2));
      },
      reference: ({ z }) => {
        const byLabels = tf.mul(tf.sum(tf.mul(tf.tensor(targets, [2, 5]), tf.logSoftmax(z!))), -1 / 2);
        const known = tf.logSoftmax(tf.div(tf.slice(z! as tf.Tensor2D, [0, 0], [2, 3]), 2));
        return tf.add(byLabels, tf.mul(tf.sum(tf.mul(tf.tensor(ANSWERS, [2, 3]), known)), -4 / 2));
      },
    });
    expect(found).toBeNull();
  });

  it('refuses answers about more classes than there are', () => {
    const graph = new Graph();
    const z = graph.parameter('z', [2, 2]);
    expect(() => distillationLoss(graph, 'd', z, answers(graph), 2)).toThrow(
      /layer d: .*\[2, 2\] and \[2, 3\]/,
    );
  });
});
