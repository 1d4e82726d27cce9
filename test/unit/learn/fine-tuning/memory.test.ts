import { expect, it } from 'vitest';
import type { CategoryId } from '../../../../src/domain/ids.js';
import { fineTuningOf } from '../../../../src/learn/fine-tuning/fine-tuning.js';
import { memoryOf } from '../../../../src/learn/fine-tuning/memory.js';
import { categoryNetwork } from '../../../../src/learn/networks/category.js';
import { buildServingGraph } from '../../../../src/learn/networks/serving-graph.js';
import { randomWeights, valuesOf } from '../../../support/random-weights.js';
import { TEXTURE_SIZE, textures } from '../../../support/textures.js';

const labels = ['across', 'down', 'filled', 'slanting'];
const data = textures(2000, labels, 21);
const network = categoryNetwork({ size: TEXTURE_SIZE, classes: 4, widths: [6, 8, 8, 8], latentBits: 8 });

it('finds that the same weights name as much as before, however they are served', async () => {
  const served: number[] = [];
  for (const mirrored of [false, true]) {
    for (const baseMirrored of [false, true]) {
      const { tensors } = randomWeights(network, 5);
      const spec = { ...network, mirrored: baseMirrored };
      const base = {
        name: 'base',
        fingerprint: 'f',
        labels: labels as CategoryId[],
        spec,
        temperature: 1,
        tensors,
      };
      const from = fineTuningOf(base, data.index, { absent: 'refuse', keep: null });
      const now = { network: buildServingGraph({ ...spec, mirrored }, valuesOf({ tensors })), mirrored };
      const { before, after } = (await memoryOf(from, now, data, 1))!;
      expect(before).toEqual(after);
      served.push(Math.round(after.value * after.of));
    }
  }
  // The two ways of serving do differ on these pictures.
  expect(new Set(served).size).toBe(2);
});
