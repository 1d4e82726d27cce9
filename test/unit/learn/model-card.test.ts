import { expect, it } from 'vitest';
import type { CategoryId, ModelFingerprint } from '../../../src/domain/ids.js';
import type { DatasetIndex, Split } from '../../../src/learn/dataset/dataset.js';
import { share } from '../../../src/learn/evaluation/share.js';
import { figures } from '../../../src/learn/metrics.js';
import { modelCard } from '../../../src/learn/model-card.js';
import type { CardFacts } from '../../../src/learn/model-card.js';

const labels = ['dress', 'hat'] as CategoryId[];
const entry = (source: string, split: Split, at: number) => ({
  path: `${source}/${at}.jpg`,
  source,
  label: labels[0]!,
  split,
  sha256: String(at),
});
const index: DatasetIndex = {
  format: 1,
  size: 64,
  fill: 255,
  sources: [
    { name: 'photos', licence: 'CC0-1.0' },
    { name: 'mine', licence: null },
  ],
  labels,
  entries: [entry('photos', 'train', 1), entry('photos', 'test', 2), entry('mine', 'train', 3)],
  pixelsSha256: '',
};
const all = figures(
  { classes: 2, probabilities: Float32Array.of(0.95, 0.05, 0.04, 0.96, 0.3, 0.7), labels: [0, 0, 1] },
  0.9,
);
const facts: CardFacts = {
  manifest: {
    format: 1,
    name: 'small',
    fingerprint: 'f'.repeat(64) as ModelFingerprint,
    createdAt: '2026-01-01T00:00:00.000Z',
    input: { size: 64, fill: 255 },
    labels,
    latentBits: 64,
    featureLength: 160,
    threshold: 0.9,
    precision: null,
    typicality: null,
    rejection: null,
    files: {},
  },
  index,
  network: 'A small network.',
  temperature: 1.5,
  temperatureFrom: 'validation',
  bestEpoch: 2,
  epochs: 3,
  ending: 'all epochs done',
  startedFrom: null,
  fineTuned: null,
  evaluations: [{ split: 'test', all, bySource: [] }],
};

it('names fingerprint, sources with licences and counts, and figures with interval and count', () => {
  const card = modelCard(facts);
  expect(card).toContain('f'.repeat(64));
  expect(card).toContain('| photos | CC0-1.0 | 1 | 0 | 1 |');
  expect(card).toContain('| mine | not stated | 1 | 0 | 0 |');
  expect(card).toContain('## Figures on the test split');
  // One of the two accepted is right; the third is below the threshold.
  expect(card).toContain('| 0.500 (0.095 to 0.905; 1 of 2) |');
  expect(card).toContain('2 of 3)');
});

it('says whether training began with random weights or with those of another training', () => {
  expect(modelCard(facts)).toContain('Trained from random weights.');
  const later = modelCard({ ...facts, startedFrom: 'earlier (weights 0123456789ab)' });
  expect(later).toContain('Trained from the weights of earlier (weights 0123456789ab)');
  expect(later).not.toContain('random weights');
});

it('says what was taught on top of another model, and what was kept', () => {
  const memory = {
    split: 'test' as const,
    before: share(90, 100),
    after: share(89, 100),
    added: [{ label: labels[1]!, recall: share(9, 10) }],
  };
  const card = modelCard({ ...facts, fineTuned: { text: 'learnt on top of old: new: hat', memory } });
  expect(card).toContain('- Learnt on top of old: new: hat.');
  expect(card).toMatch(/accuracy 0\.900 .* before, 0\.890 .* now/);
  expect(card).toMatch(/new class hat: found 0\.900/);
});

it('says where the temperature comes from', () => {
  const own = modelCard(facts);
  expect(own).toContain('temperature 1.500, fitted to the validation split.');
  expect(own).toContain('The validation split chose the epoch and the temperature,');
  const inherited = modelCard({ ...facts, temperatureFrom: 'base' });
  expect(inherited).toContain('temperature 1.500, that of the model it started from');
  expect(inherited).toContain('The validation split chose the epoch, and');
  expect(inherited).not.toContain('fitted to the validation split');
});
