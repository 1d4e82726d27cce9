/** A model quantized, refused or served, through the command line. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import type { CategoryId } from '../../src/domain/ids.js';
import { loadModelFolder } from '../../src/infer/model-folder.js';
import { pixelsOf, writeDataset } from '../../src/learn/dataset/dataset.js';
import type { Dataset } from '../../src/learn/dataset/dataset.js';
import { manifestOf, writeModelFolder } from '../../src/learn/model-folder.js';
import { categoryNetwork } from '../../src/learn/networks/category.js';
import { buildServingGraph } from '../../src/learn/networks/serving-graph.js';
import type { PrecisionComparison } from '../../src/learn/quantization/compare-precision.js';
import { predict } from '../../src/learn/train/serve.js';
import type { NetworkWeights } from '../../src/model/weights.js';
import { Random } from '../../src/platform/random.js';
import { randomWeights, valuesOf } from '../support/random-weights.js';
import { runCommand } from '../support/run-command.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { smallDataset } from '../unit/learn/dataset/small-dataset.js';

const SIZE = 32;
const LABELS = ['beanie', 'dress', 'shoes'] as CategoryId[];
const root = temporaryFolder();
const place = (name: string): string => join(root, name);
const spec = categoryNetwork({ size: SIZE, classes: 3, widths: [8, 8, 16, 16], latentBits: 8 });

async function writeNetwork(name: string, weights: NetworkWeights): Promise<Uint8Array> {
  const network = buildServingGraph(spec, valuesOf(weights), weights.temperature);
  const manifest = manifestOf({
    name,
    network,
    size: SIZE,
    fill: 255,
    labels: LABELS,
    latentBits: 8,
    featureLength: 16,
    threshold: 0.5,
    createdAt: '2026-01-01T00:00:00.000Z',
  });
  await writeModelFolder(place(name), { manifest, network, weights, card: `# ${name}\n`, history: {} });
  return network;
}

/** Pictures of stripes and noise, with what the network names them as their class: float32 is right for all. */
async function dataNamedBy(network: Uint8Array): Promise<Dataset> {
  const random = new Random(4);
  const unlabelled = smallDataset(
    Array.from({ length: 90 }, (_, at) => {
      const [a, b, phase] = [random.range(0, 1), random.range(0, 1), random.range(0, 6)];
      const wave = (x: number): number => Math.round(128 + 100 * Math.sin(x + phase) + random.range(-20, 20));
      return {
        path: `${at}.jpg`,
        label: LABELS[0]!,
        split: at % 3 === 0 ? ('train' as const) : ('validation' as const),
        paint: (x: number, y: number) => [wave(x * a), wave(y * b), wave((x + y) * a * b)] as const,
      };
    }),
    { size: SIZE },
  );
  const all = [...unlabelled.index.entries.keys()];
  const probabilities = await predict(network, { pixels: unlabelled.pixels, size: SIZE }, all, 1);
  const entries = unlabelled.index.entries.map((entry, at) => {
    const row = [...probabilities.subarray(at * 3, at * 3 + 3)];
    return { ...entry, label: LABELS[row.indexOf(Math.max(...row))]! };
  });
  return { ...unlabelled, index: { ...unlabelled.index, entries, labels: LABELS } };
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

let data: Dataset;
beforeAll(async () => {
  const weights = randomWeights(spec, 11);
  data = await dataNamedBy(await writeNetwork('plain', weights));
  await writeNetwork('lopsided', lopsided(weights));
  await writeDataset(place('data'), data);
});

describe('fashiond quantize', () => {
  it('writes a folder in int8 that serves as the float model does, with limits of its own', async () => {
    const asked = ['quantize', place('plain'), '--data', place('data'), '--out', place('int8')];
    const { code, out, err } = await runCommand(...asked, '--max-loss', '10', '--json');
    expect(err).toBe('');
    expect(code).toBe(0);
    const { comparison, bytes } = JSON.parse(out) as {
      comparison: PrecisionComparison;
      bytes: { float32: number; int8: number };
    };
    expect(comparison).toMatchObject({
      split: 'validation',
      pictures: 60,
      accuracy: { float32: { count: 60 } },
    });
    expect(comparison.agreement.value).toBe(comparison.accuracy.int8.value);
    expect(comparison.agreement.value).toBeGreaterThan(0.9);
    expect(bytes.int8).toBeLessThan(bytes.float32 * 0.7);
    const { manifest, weights } = await loadModelFolder(place('int8'));
    expect(manifest).toMatchObject({ name: 'plain-int8', precision: 'int8', labels: LABELS });
    expect(manifest.rejection).not.toBeNull();
    expect(weights).toBeNull();
    const card = await readFile(join(place('int8'), 'card.md'), 'utf8');
    expect(card).toContain(manifest.fingerprint);
    expect(card).toMatch(/^## plain$/m);
    const picture = place('picture.png');
    const raw = { width: SIZE, height: SIZE, channels: 3 } as const;
    await sharp(pixelsOf(data, 1), { raw }).png().toFile(picture);
    const answers: string[] = [];
    for (const model of ['plain', 'int8']) {
      const answer = await runCommand('classify', picture, '--model', place(model), '--json');
      answers.push(/"best": ?"([^"]+)"/.exec(answer.out)![1]!);
    }
    expect(answers[1]).toBe(answers[0]);
  }, 60_000);

  it('refuses what loses too much, and writes nothing', async () => {
    const asked = ['quantize', place('lopsided'), '--data', place('data'), '--out', place('refused')];
    const { code, err } = await runCommand(...asked);
    expect(code).toBe(1);
    expect(err).toMatch(
      /lopsided names .* of 60 validation pictures rightly, in float32 100\.00 %; at most 0\.50 points/,
    );
    expect(err).toMatch(/nothing was written/);
    expect(existsSync(place('refused'))).toBe(false);
  }, 60_000);

  it('says what it cannot quantize', async () => {
    const quantize = async (model: string, out: string): Promise<string> =>
      (await runCommand('quantize', place(model), '--data', place('data'), '--out', place(out))).err;
    expect(await quantize('int8', 'twice')).toMatch(/plain-int8 is in int8 already/);
    expect(await quantize('plain', 'plain')).toMatch(/is the model itself/);
    const train = data.index.entries.map((entry) => ({ ...entry, split: 'train' as const }));
    await writeDataset(place('no-validation'), { ...data, index: { ...data.index, entries: train } });
    const asked = ['quantize', place('plain'), '--data', place('no-validation'), '--out', place('none')];
    expect((await runCommand(...asked)).err).toMatch(/the validation split of the data set has no picture/);
  }, 60_000);
});
