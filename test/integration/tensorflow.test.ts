/**
 * TensorFlow as it is installed here, beside ONNX Runtime: one step of training and what is served. A package that does
 * not load is skipped, with the reason in the test's name; tfjs in plain JavaScript goes the same way everywhere.
 */
import { describe, expect, it } from 'vitest';
import { categoryNetwork } from '../../src/learn/networks/category.js';
import { buildServingGraph } from '../../src/learn/networks/serving-graph.js';
import { floats, openSession, Tensor } from '../../src/learn/runtime.js';
import { openOnnxTraining } from '../../src/learn/train/onnx-training.js';
import { openTensorFlowTraining } from '../../src/learn/train/tensorflow-training.js';
import { loadTensorFlow, TENSORFLOW_PACKAGES } from '../../src/model/tensorflow.js';
import type { LoadedTensorFlow } from '../../src/model/tensorflow.js';
import { serveInTensorFlow } from '../../src/model/tensorflow-serving.js';
import { randomWeights, valuesOf } from '../support/random-weights.js';
import { tensorflow } from '../support/tensorflow.js';
import { BATCH, difference, shard, step } from '../support/training-step.js';

const spec = categoryNetwork({ size: 32, classes: 5, widths: [8, 8, 16, 16], latentBits: 8, dropout: 0.3 });
/** A GPU may calculate convolutions with shorter mantissas than float32. */
const TOLERANCE = { cpu: 5e-4, gpu: 2e-2 } as const;

const installed = await Promise.all(
  TENSORFLOW_PACKAGES.map(async (name) => ({ name, loaded: await loadTensorFlow(name) })),
);
const plain: LoadedTensorFlow = { kind: 'loaded', tensorflow, usesGpu: false };

for (const { name, loaded } of [{ name: 'tfjs in plain JavaScript', loaded: plain }, ...installed]) {
  const why = loaded.kind === 'loaded' ? '' : `: not run, it ${loaded.reason.replace(`${name} `, '')}`;
  describe.skipIf(loaded.kind === 'absent')(`${name}${why}`, () => {
    const tf = loaded.kind === 'loaded' ? loaded.tensorflow : tensorflow;
    const tolerance = loaded.kind === 'loaded' && loaded.usesGpu ? TOLERANCE.gpu : TOLERANCE.cpu;

    it('takes the step that ONNX Runtime takes', async () => {
      const values = valuesOf(randomWeights(spec, 8));
      const onnx = await openOnnxTraining(spec, BATCH);
      const own = openTensorFlowTraining(tf, spec, BATCH, null);
      const batch = shard(spec, onnx);
      const [expected, found] = [await step(onnx, batch, values), await step(own, batch, values)];
      await onnx.close();
      await own.close();
      const apart = [...expected].map(([part, data]) => ({
        part,
        by: difference(found.get(part) ?? [], data),
      }));
      expect(apart.filter(({ by }) => !(by < tolerance))).toEqual([]);
    });

    it('serves what ONNX Runtime serves', async () => {
      const weights = randomWeights(spec, 9, 0.8);
      const pixels = Uint8Array.from({ length: BATCH * 32 * 32 * 3 }, (_, at) => (at * 7919) % 256);
      const serving = serveInTensorFlow(tf, weights);
      const own = await serving.run(pixels, BATCH);
      serving.close();
      const session = await openSession(buildServingGraph(spec, valuesOf(weights), 0.8), 1);
      const outputs = await session.run({ pixels: new Tensor('uint8', pixels, [BATCH, 32, 32, 3]) });
      for (const part of ['probabilities', 'logits', 'latent', 'features'] as const) {
        expect({ part, close: difference(own[part], floats(outputs, part)) < tolerance }).toEqual({
          part,
          close: true,
        });
      }
      await session.release();
    });
  });
}
