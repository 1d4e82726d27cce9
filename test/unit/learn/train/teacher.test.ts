import { expect, it } from 'vitest';
import { categoryNetwork } from '../../../../src/learn/networks/category.js';
import { buildServingGraph } from '../../../../src/learn/networks/serving-graph.js';
import { openTeacher, softened } from '../../../../src/learn/train/teacher.js';
import { randomWeights, valuesOf } from '../../../support/random-weights.js';

it('softens the chosen columns, in their order, times the weight', () => {
  const logits = Float32Array.of(4, 0, 2, -1000, 1000, 0);
  const answers = softened(logits, 2, { columns: [2, 0], weight: 0.5, temperature: 2 });
  const first = Math.exp(1) / (Math.exp(1) + Math.exp(2));
  const expected = [0.5 * first, 0.5 * (1 - first), 0.5, 0];
  for (const [at, value] of answers.entries()) expect(value).toBeCloseTo(expected[at]!, 6);
});

it('answers as the network does that it is made of', async () => {
  const spec = categoryNetwork({ size: 16, classes: 3, widths: [6, 8, 8, 8], latentBits: 8 });
  const network = buildServingGraph(spec, valuesOf(randomWeights(spec, 3)));
  const setup = { network, fingerprint: 'f', columns: [0, 1, 2], weight: 1, temperature: 1 };
  const teacher = await openTeacher(setup, 16);
  const answers = await teacher.soften(new Uint8Array(2 * 16 * 16 * 3).fill(90), 2);
  await teacher.close();
  expect(answers).toHaveLength(6);
  expect([...answers.subarray(0, 3)]).toEqual([...answers.subarray(3)]);
  expect(answers.subarray(0, 3).reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
});
