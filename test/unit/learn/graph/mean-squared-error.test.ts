import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { Graph } from '../../../../src/learn/graph/graph.js';
import { meanSquaredError } from '../../../../src/learn/graph/mean-squared-error.js';
import { disagreement } from './check-gradients.js';

it('meanSquaredError agrees with tfjs and central differences, by both of its tensors', async () => {
  const found = await disagreement({
    parameters: { a: [2, 3, 2], b: [2, 3, 2] },
    build: (graph, { a, b }) => meanSquaredError(graph, 'e', a!, b!),
    reference: ({ a, b }) => tf.mean(tf.square(tf.sub(a!, b!))),
  });
  expect(found).toBeNull();
});

it('meanSquaredError refuses shapes that differ, and names them', () => {
  const graph = new Graph();
  const tensors = [graph.parameter('a', [2, 3]), graph.parameter('b', [3, 2])] as const;
  expect(() => meanSquaredError(graph, 'e', ...tensors)).toThrow(/e: .*\[2, 3\] and \[3, 2\]/);
});
