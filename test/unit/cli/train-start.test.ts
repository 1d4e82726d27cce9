import { expect, it } from 'vitest';
import { defaultsFor } from '../../../src/cli/train-start.js';
import type { CategoryId } from '../../../src/domain/ids.js';
import { FINE_TUNE_RATE, FINE_TUNE_WARMUP, TRAIN_DEFAULTS } from '../../../src/learn/train/options.js';
import { categoryNetwork } from '../../../src/learn/networks/category.js';

const [dress, hat] = ['dress', 'hat'] as CategoryId[];
const labels = [dress!, hat!];
const base = {
  name: 'base',
  fingerprint: 'f',
  labels,
  spec: categoryNetwork({ size: 16, classes: 2 }),
  temperature: 1,
  tensors: new Map(),
};
const same = { labels, columns: [0, 1], added: [], absent: [], dropped: [] };
const fine = { learningRate: FINE_TUNE_RATE, warmupSteps: FINE_TUNE_WARMUP };
const { learningRate, warmupSteps } = TRAIN_DEFAULTS;

it.each([
  ['from nothing', null, { learningRate, warmupSteps }],
  ['with the same classes', same, { learningRate, warmupSteps }],
  [
    'with a new class',
    { ...same, labels: [...labels, 'bag' as CategoryId], added: ['bag' as CategoryId] },
    fine,
  ],
  ['with a class to forget', { ...same, labels: [hat!], columns: [1], dropped: [dress!] }, fine],
])('the rate of a training %s', (_, plan, expected) => {
  expect(defaultsFor(plan === null ? null : { base, plan, teacher: null })).toEqual(expected);
});
