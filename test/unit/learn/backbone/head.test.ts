import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import '@tensorflow/tfjs-backend-cpu';
import { expect, it } from 'vitest';
import { buildHeadTraining, headNetwork } from '../../../../src/learn/backbone/head-graph.js';
import { fitStandardization, folded, standardized } from '../../../../src/learn/backbone/standardize.js';
import { predictHead } from '../../../../src/learn/backbone/train-head.js';
import { gradientName } from '../../../../src/learn/networks/training-graph.js';
import { floats, openSession, Tensor } from '../../../../src/learn/runtime.js';
import { normal } from '../../../../src/learn/train/distributions.js';
import { Random } from '../../../../src/platform/random.js';

const shape = { width: 5, latentBits: 4, classes: 3, dropout: 0 };
const BATCH = 6;
const random = new Random(2);
const draw = (length: number): Float32Array => Float32Array.from({ length }, () => normal(random));
const graph = buildHeadTraining(shape, BATCH);
const values = new Map(
  graph.parameters.map(({ name, shape: sides }) => [name, draw(sides[0]! * (sides[1] ?? 1))]),
);

it('differentiates as tfjs does', async () => {
  const features = draw(BATCH * 5);
  const targets = Float32Array.from({ length: BATCH * 3 }, (_, at) => (at % 3 === (at % 2) + 1 ? 1 : 0));
  const session = await openSession(graph.bytes, 1);
  const feeds: Record<string, Tensor> = {
    features: new Tensor('float32', features, [BATCH, 5]),
    targets: new Tensor('float32', targets, [BATCH, 3]),
  };
  for (const { name, shape: sides } of graph.parameters)
    feeds[name] = new Tensor('float32', values.get(name)!, sides);
  const outputs = await session.run(feeds);
  const inputs = graph.parameters.map(({ name, shape: sides }) => tf.tensor(values.get(name)!, [...sides]));
  const loss = (...[w1, b1, w2, b2]: tf.Tensor[]): tf.Tensor => {
    const latent = tf.sigmoid(tf.add(tf.matMul(tf.tensor(features, [BATCH, 5]), w1!), b1!));
    const logits = tf.add(tf.matMul(latent, w2!), b2!);
    return tf.mul(tf.sum(tf.mul(tf.tensor(targets, [BATCH, 3]), tf.logSoftmax(logits))), -1 / BATCH);
  };
  const { value, grads } = tf.valueAndGrads(loss)(inputs);
  expect(floats(outputs, 'loss')[0]).toBeCloseTo(value.dataSync()[0]!, 5);
  for (const [at, { name }] of graph.parameters.entries()) {
    const own = floats(outputs, gradientName(name));
    for (const [index, expected] of grads[at]!.dataSync().entries())
      expect(own[index]).toBeCloseTo(expected, 5);
  }
  await session.release();
});

it('says of features as they are what it was taught of standardized ones', async () => {
  const rows = draw(40 * 5).map((value, at) => value * (1 + (at % 5)) * 10 + (at % 5) * 7);
  // A feature that never varies, as a network with dead units has it.
  for (let row = 0; row < 40; row += 1) rows[row * 5 + 4] = 3;
  const scale = fitStandardization(rows, 5);
  const plain = standardized(rows, scale);
  for (const column of [0, 1, 2, 3]) {
    const own = plain.filter((_, at) => at % 5 === column);
    expect(own.reduce((sum, value) => sum + value, 0) / 40).toBeCloseTo(0, 4);
    expect(own.reduce((sum, value) => sum + value ** 2, 0) / 40).toBeCloseTo(1, 3);
  }
  const labels = Array.from({ length: 40 }, () => 0);
  const taught = await predictHead(shape, values, plain, labels);
  const served = await predictHead(shape, folded(values, scale, 1), rows, labels);
  for (const [at, value] of taught.probabilities.entries())
    expect(served.probabilities[at]).toBeCloseTo(value, 4);
  const cooler = await predictHead(shape, folded(values, scale, 4), rows, labels);
  expect(Math.max(...cooler.probabilities)).toBeLessThan(Math.max(...served.probabilities));
  expect(headNetwork(shape, values).length).toBeGreaterThan(0);
});
