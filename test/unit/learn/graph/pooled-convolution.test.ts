import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { BATCH_NORM_EPSILON } from '../../../../src/model/network.js';
import { pooledConvolution } from '../../../../src/learn/graph/pooled-convolution.js';
import { normal } from '../../../../src/learn/train/distributions.js';
import { disagreement, kernelToLast, toFirst, toLast } from './check-gradients.js';

describe('pooledConvolution', () => {
  const reference =
    (padding: number) =>
    ({ x, w, scale, shift }: Readonly<Record<string, tf.Tensor>>): tf.Tensor => {
      const y = toFirst(tf.conv2d(toLast(x!), kernelToLast(w!), 1, padding));
      const { mean, variance } = tf.moments(y, [0, 2, 3], true);
      const spread = tf.sqrt(tf.add(variance, BATCH_NORM_EPSILON));
      const normalized = tf.add(tf.mul(tf.div(tf.sub(y, mean), spread), scale!), shift!);
      return toFirst(tf.maxPool(toLast(normalized), 2, 2, 'valid'));
    };

  it('is convolution, normalization and max pooling, for scales of both signs', async () => {
    const shapes = { x: [2, 2, 4, 6], w: [3, 2, 3, 3], scale: [1, 3, 1, 1], shift: [1, 3, 1, 1] };
    const found = await disagreement({
      parameters: shapes,
      build: (graph, { x, w, scale, shift }) =>
        pooledConvolution(graph, x!, w!, scale!, shift!, { layer: 'c', stride: 1, padding: 1 }).output,
      reference: reference(1),
      values: (name, index, random) => (name === 'scale' ? [1.5, -0.7, 0.4][index]! : normal(random)),
      // Central differences step over the places where another value becomes the largest.
      differences: false,
    });
    expect(found).toBeNull();
  });

  it('agrees with central differences where the largest values lie apart', async () => {
    const found = await disagreement({
      parameters: { x: [2, 1, 4, 4], w: [2, 1, 1, 1], scale: [1, 2, 1, 1], shift: [1, 2, 1, 1] },
      build: (graph, { x, w, scale, shift }) =>
        pooledConvolution(graph, x!, w!, scale!, shift!, { layer: 'c', stride: 1, padding: 0 }).output,
      reference: reference(0),
      values: (name, index) =>
        name === 'x'
          ? ((index * 11) % 32) / 8 - 2
          : { w: [1.2, -0.8], scale: [-0.9, 1.1], shift: [0.3, -0.2] }[name]![index]!,
    });
    expect(found).toBeNull();
  });
});
