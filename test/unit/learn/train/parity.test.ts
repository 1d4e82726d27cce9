import { describe, expect, it } from 'vitest';
import { categoryNetwork } from '../../../../src/learn/networks/category.js';
import { buildServingGraph } from '../../../../src/learn/networks/serving-graph.js';
import { floats, openSession, Tensor } from '../../../../src/learn/runtime.js';
import { openOnnxTraining } from '../../../../src/learn/train/onnx-training.js';
import { openTensorFlowTraining } from '../../../../src/learn/train/tensorflow-training.js';
import type { NetworkSpec } from '../../../../src/model/network.js';
import { serveInTensorFlow } from '../../../../src/model/tensorflow-serving.js';
import { randomWeights, valuesOf } from '../../../support/random-weights.js';
import { tensorflow, tensorsInUse } from '../../../support/tensorflow.js';
import { BATCH, difference, shard, step } from '../../../support/training-step.js';

const small = categoryNetwork({ size: 16, classes: 5, widths: [8, 6, 8, 16], latentBits: 8, dropout: 0.3 });

const convolution = { kind: 'convolution', channels: 8 } as const;
const other: NetworkSpec = {
  name: 'other',
  size: 15,
  classes: 3,
  layers: [
    { ...convolution, name: 'a', kernel: 3, stride: 2, pool: true },
    { ...convolution, name: 'b', kernel: 1, stride: 1, pool: false },
    { ...convolution, name: 'c', kernel: 1, stride: 2, pool: false },
    { kind: 'features', name: 'features', dropout: 0 },
    { kind: 'classifier', name: 'classifier' },
  ],
};

describe('ONNX and TensorFlow, the same weights and the same batch', () => {
  it.each([
    ['the category network', small, 0],
    ['the category network, held to the answers of an earlier one', small, 3],
    ['a network with all kinds of convolution', other, 0],
  ] as const)('agree on loss, logits, every gradient and the statistics: %s', async (_name, spec, known) => {
    const values = valuesOf(randomWeights(spec, 8));
    const held = known === 0 ? null : { classes: known, temperature: 2 };
    const onnx = await openOnnxTraining(spec, BATCH, 'cpu', held);
    const tfjs = openTensorFlowTraining(tensorflow, spec, BATCH, held);
    const batch = shard(spec, onnx, known);
    const before = tensorsInUse();
    const [expected, own] = [await step(onnx, batch, values), await step(tfjs, batch, values)];
    expect(tensorsInUse()).toBe(before);
    await onnx.close();
    expect([...own.keys()]).toEqual([...expected.keys()]);
    const gradients = onnx.graph.parameters.length;
    expect(own.size).toBe(2 + gradients + onnx.graph.statistics.length);
    for (const [name, data] of expected) {
      expect({ name, difference: difference(own.get(name)!, data) < 2e-4 }).toEqual({
        name,
        difference: true,
      });
      expect({ name, moves: data.some((value) => value !== 0) }).toEqual({ name, moves: true });
    }
  });

  it('agree on what is served', async () => {
    const weights = randomWeights(small, 9, 0.8);
    const { pixels } = shard(small, openTensorFlowTraining(tensorflow, small, BATCH));
    const serving = serveInTensorFlow(tensorflow, weights);
    const own = await serving.run(pixels, BATCH);
    serving.close();
    const session = await openSession(buildServingGraph(small, valuesOf(weights), 0.8), 1);
    const outputs = await session.run({ pixels: new Tensor('uint8', pixels, [BATCH, 16, 16, 3]) });
    for (const name of ['probabilities', 'logits', 'latent', 'features'] as const) {
      expect(difference(own[name], floats(outputs, name))).toBeLessThan(1e-5);
    }
    await session.release();
  });
});
