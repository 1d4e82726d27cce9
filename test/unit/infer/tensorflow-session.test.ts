import { describe, expect, it } from 'vitest';
import type { CategoryId } from '../../../src/domain/ids.js';
import { createOrtSession } from '../../../src/infer/ort-session.js';
import { createTensorFlowSession } from '../../../src/infer/tensorflow-session.js';
import { categoryNetwork } from '../../../src/learn/networks/category.js';
import { buildServingGraph } from '../../../src/learn/networks/serving-graph.js';
import { decodeWeights, encodeWeights } from '../../../src/model/weights.js';
import type { NetworkWeights } from '../../../src/model/weights.js';
import { Random } from '../../../src/platform/random.js';
import { randomWeights, valuesOf } from '../../support/random-weights.js';
import { tensorflow, tensorsInUse } from '../../support/tensorflow.js';

const spec = categoryNetwork({ size: 16, classes: 3, widths: [4, 6, 8, 8], latentBits: 8 });
const labels = ['hat', 'dress', 'shoes'] as CategoryId[];
const shape = {
  input: { size: 16, fill: 255 },
  labels,
  latentBits: 8,
  featureLength: 8,
  typicality: null,
};
const weights = randomWeights(spec, 5, 0.7);
const network = served(weights);

function served({ spec, tensors, temperature }: NetworkWeights): Uint8Array {
  return buildServingGraph(spec, valuesOf({ tensors }), temperature);
}

describe('createTensorFlowSession', () => {
  it.each([
    ['weights.safetensors', weights],
    ['weights of a network that also looks at mirror images', randomWeights({ ...spec, mirrored: true }, 5)],
  ])('gives from %s what ONNX Runtime gives from model.onnx, and frees what it used', async (_, given) => {
    const before = tensorsInUse();
    const read = decodeWeights(encodeWeights(given), 'weights.safetensors');
    const session = await createTensorFlowSession(tensorflow, read, served(given), shape);
    const reference = await createOrtSession(served(given), shape);
    const random = new Random(3);
    for (const count of [1, 4]) {
      const pixels = Uint8Array.from({ length: count * 16 * 16 * 3 }, () => random.int(0, 255));
      const [own, expected] = [await session.run(pixels, count), await reference.run(pixels, count)];
      for (const name of ['probabilities', 'latent', 'features'] as const) {
        expect(own[name]).toHaveLength(expected[name].length);
        for (const [at, value] of own[name].entries()) {
          const limit = 1e-5 * (1 + Math.abs(expected[name][at]!));
          expect(Math.abs(value - expected[name][at]!)).toBeLessThan(limit);
        }
      }
    }
    await reference.close();
    await session.close();
    expect(tensorsInUse()).toBe(before);
  });

  it('refuses weights of another training than the network’s', async () => {
    const others = randomWeights(spec, 6, 0.7);
    await expect(createTensorFlowSession(tensorflow, others, network, shape)).rejects.toMatchObject({
      code: 'corrupt',
      message: expect.stringMatching(/weights\.safetensors and ONNX Runtime with model\.onnx differ by/),
    });
  });

  it('refuses weights that lack a layer, naming it', async () => {
    const tensors = new Map([...weights.tensors].filter(([name]) => name !== 'stage2.residual.a.weight'));
    await expect(
      createTensorFlowSession(tensorflow, { ...weights, tensors }, network, shape),
    ).rejects.toMatchObject({
      code: 'corrupt',
      message: expect.stringContaining('stage2.residual.a.weight'),
    });
  });

  it('refuses a manifest of other shapes', async () => {
    await expect(
      createTensorFlowSession(tensorflow, weights, network, { ...shape, latentBits: 12 }),
    ).rejects.toMatchObject({ code: 'incompatible' });
  });
});
