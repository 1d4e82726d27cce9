/** A model quantized, refused or served, through the command line. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { openJudgedModel } from '../../src/cli/judged-model.js';
import { loadModelFolder } from '../../src/infer/model-folder.js';
import { picturesOf, writeDataset } from '../../src/learn/dataset/dataset.js';
import type { Split } from '../../src/learn/dataset/dataset.js';
import { decisionsOf } from '../../src/learn/evaluation/decisions.js';
import { judgePictures } from '../../src/learn/evaluation/judge.js';
import { manifestOf, writeModelFolder } from '../../src/learn/model-folder.js';
import { buildServingGraph } from '../../src/learn/networks/serving-graph.js';
import type { PrecisionComparison } from '../../src/learn/quantization/compare-precision.js';
import { trainCategory } from '../../src/learn/train-category.js';
import { NO_AUGMENTATION } from '../../src/learn/train/augment.js';
import { TRAIN_DEFAULTS } from '../../src/learn/train/options.js';
import { readWeights, WEIGHTS_FILE } from '../../src/model/weights.js';
import type { NetworkWeights } from '../../src/model/weights.js';
import { systemClock } from '../../src/platform/clock.js';
import { valuesOf } from '../support/random-weights.js';
import { runCommand } from '../support/run-command.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { textures } from '../support/textures.js';

const CLASSES = ['across', 'down', 'filled'] as const;
const root = temporaryFolder();
const place = (name: string): string => join(root, name);
const data = textures(900, CLASSES);
const VALIDATION = picturesOf(data.index, 'validation');

async function trainPlain(): Promise<void> {
  const options = {
    ...TRAIN_DEFAULTS,
    epochs: 10,
    batch: 20,
    warmupSteps: 5,
    learningRate: 2e-2,
    mixup: 0,
    labelSmoothing: 0,
    augmentation: { ...NO_AUGMENTATION, light: 0.1 },
  };
  await trainCategory(data, options, {
    out: place('plain'),
    name: 'plain',
    resume: false,
    network: { widths: [6, 8, 8, 8], latentBits: 8, dropout: 0.1 },
    signal: new AbortController().signal,
    clock: systemClock,
  });
}

/** The model `plain` in another folder, with other weights. */
async function writeWith(name: string, changed: (weights: NetworkWeights) => NetworkWeights): Promise<void> {
  const { manifest: plain } = await loadModelFolder(place('plain'));
  const weights = changed(await readWeights(join(place('plain'), WEIGHTS_FILE)));
  const network = buildServingGraph(weights.spec, valuesOf(weights), weights.temperature);
  const { labels, latentBits, featureLength, threshold, createdAt, input } = plain;
  const facts = { name, network, ...input, labels, latentBits, featureLength, threshold, createdAt };
  await writeModelFolder(place(name), {
    manifest: manifestOf(facts),
    network,
    weights,
    card: `# ${name}\n`,
    history: {},
  });
}

/** What each validation picture is named. */
async function decisions(name: string): Promise<number[]> {
  const model = await openJudgedModel(place(name), 1);
  try {
    const { predictions } = await judgePictures(model, data, VALIDATION);
    return decisionsOf(predictions).map(({ named }) => named);
  } finally {
    await model.close();
  }
}

/** The same network to float32, but one channel's activations are 10,000 times the others'. */
function lopsided(weights: NetworkWeights): NetworkWeights {
  const tensors = new Map(
    [...weights.tensors].map(([name, { shape, data }]) => [name, { shape, data: Float32Array.from(data) }]),
  );
  const dataOf = (name: string): Float32Array => tensors.get(name)!.data;
  dataOf('stem.scale')[0]! *= 10_000;
  dataOf('stem.shift')[0]! *= 10_000;
  const next = dataOf('stage1.weight');
  const [channels = 0, inputs = 1] = tensors.get('stage1.weight')!.shape;
  const kernel = next.length / channels / inputs;
  for (let channel = 0; channel < channels; channel += 1) {
    for (let at = 0; at < kernel; at += 1) next[channel * inputs * kernel + at]! /= 10_000;
  }
  return { ...weights, tensors };
}

beforeAll(async () => {
  await trainPlain();
  await writeWith('lopsided', lopsided);
  await writeDataset(place('data'), data);
}, 120_000);

describe('fashiond quantize', () => {
  it('keeps the bar by default, and names every validation picture as the float model does', async () => {
    const asked = ['quantize', place('plain'), '--data', place('data'), '--out', place('int8')];
    const { code, out, err } = await runCommand(...asked, '--json');
    expect(err).toBe('');
    expect(code).toBe(0);
    const { comparison, bytes, lossMayExceed } = JSON.parse(out) as {
      comparison: PrecisionComparison;
      bytes: { float32: number; int8: number };
      lossMayExceed: boolean;
    };
    expect(comparison).toMatchObject({ split: 'validation', pictures: VALIDATION.length });
    expect(comparison.accuracy.float32.value).toBeGreaterThan(0.9);
    expect(await decisions('int8')).toEqual(await decisions('plain'));
    expect(comparison.agreement.count).toBe(VALIDATION.length);
    expect(bytes.int8).toBeLessThan(bytes.float32);
    const { manifest, weights } = await loadModelFolder(place('int8'));
    expect(manifest).toMatchObject({ name: 'plain-int8', precision: 'int8', labels: CLASSES });
    expect(manifest.rejection).not.toBeNull();
    expect(weights).toBeNull();
    const card = await readFile(join(place('int8'), 'card.md'), 'utf8');
    expect(card).toContain(manifest.fingerprint);
    expect(card).toMatch(/^## Model plain$/m);
    // With so few pictures the interval is wider than half a point.
    expect(lossMayExceed).toBe(true);
    expect(card).toMatch(/the loss may be above the 0\.50 points allowed: with \d+ pictures/);
  }, 60_000);

  it('leaves nothing where pictures of other things cannot be read', async () => {
    const asked = ['quantize', place('plain'), '--data', place('data'), '--out', place('half')];
    const { code, err } = await runCommand(...asked, '--off-domain', place('nowhere'));
    expect(code).toBe(1);
    expect(err).toMatch(/cannot read the folder .*nowhere/);
    expect(existsSync(place('half'))).toBe(false);
  }, 60_000);

  it('leaves nothing where limits cannot be fitted', async () => {
    const test = data.index.entries.map((entry) => ({ ...entry, split: 'test' as const }));
    await writeDataset(place('tested'), { ...data, index: { ...data.index, entries: test } });
    const asked = ['quantize', place('plain'), '--data', place('data'), '--out', place('half')];
    const { code, err } = await runCommand(...asked, '--calibrate-on', place('tested'));
    expect(code).toBe(2);
    expect(err).toMatch(/no picture in t, its test split left alone/);
    expect(existsSync(place('half'))).toBe(false);
  }, 60_000);

  it('refuses what loses too much, and writes nothing', async () => {
    const asked = ['quantize', place('lopsided'), '--data', place('data'), '--out', place('refused')];
    const { code, err } = await runCommand(...asked);
    expect(code).toBe(1);
    expect(err).toMatch(
      /lopsided names .* of 135 validation pictures rightly, in float32 \d+\.\d\d %; at most 0\.50 points/,
    );
    expect(err).toMatch(/nothing was written/);
    expect(existsSync(place('refused'))).toBe(false);
  }, 60_000);

  it('says what it cannot quantize', async () => {
    const quantize = async (model: string, out: string): Promise<string> =>
      (await runCommand('quantize', place(model), '--data', place('data'), '--out', place(out))).err;
    expect(await quantize('int8', 'twice')).toMatch(/plain-int8 is in int8 already/);
    expect(await quantize('plain', 'plain')).toMatch(/is the model itself/);
    const without = async (kept: (at: number) => boolean, ...splits: Split[]): Promise<string> => {
      const entries = data.index.entries.map((entry, at) =>
        splits.includes(entry.split) && !kept(at) ? { ...entry, split: 'test' as const } : entry,
      );
      await writeDataset(place('less'), { ...data, index: { ...data.index, entries } });
      const asked = ['quantize', place('plain'), '--data', place('less'), '--out', place('none')];
      return (await runCommand(...asked)).err;
    };
    const some = new Set(VALIDATION.slice(0, 99));
    expect(await without((at) => some.has(at), 'validation')).toMatch(
      /the validation split of the data set has 99 pictures .*at least 100 are needed/,
    );
    expect(await without(() => false, 'train')).toMatch(/has no training pictures to quantize model plain/);
    expect(existsSync(place('none'))).toBe(false);
  }, 60_000);
});
