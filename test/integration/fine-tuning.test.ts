/** A trained network gets a class more, and goes on knowing the old ones. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { CategoryId } from '../../src/domain/ids.js';
import { loadModelFolder } from '../../src/infer/model-folder.js';
import { picturesOf, writeDataset } from '../../src/learn/dataset/dataset.js';
import type { Dataset } from '../../src/learn/dataset/dataset.js';
import { shareDataset } from '../../src/learn/dataset/shared-dataset.js';
import { baseModelOf, valuesOfBase } from '../../src/learn/fine-tuning/base-model.js';
import type { BaseModel } from '../../src/learn/fine-tuning/base-model.js';
import type { Memory } from '../../src/learn/fine-tuning/memory.js';
import { fineTuningOf } from '../../src/learn/fine-tuning/fine-tuning.js';
import { manifestOf, writeModelFolder } from '../../src/learn/model-folder.js';
import { categoryNetwork } from '../../src/learn/networks/category.js';
import { buildServingGraph } from '../../src/learn/networks/serving-graph.js';
import { buildTrainingGraph, namedTensors } from '../../src/learn/networks/training-graph.js';
import { trainCategory } from '../../src/learn/train-category.js';
import type { TrainedCategory } from '../../src/learn/train-category.js';
import { NO_AUGMENTATION } from '../../src/learn/train/augment.js';
import { TRAIN_DEFAULTS } from '../../src/learn/train/options.js';
import type { TrainOptions } from '../../src/learn/train/options.js';
import { predict } from '../../src/learn/train/serve.js';
import { train } from '../../src/learn/train/trainer.js';
import { systemClock } from '../../src/platform/clock.js';
import { sha256Hex } from '../../src/platform/fingerprint.js';
import { brokenPromises } from '../experiments/new-class.js';
import { runCommand } from '../support/run-command.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { TEXTURE_SIZE, textures } from '../support/textures.js';

const TIMEOUT_MS = 240_000;
const OLD = ['across', 'down', 'filled'];
const ALL = [...OLD, 'slanting'];
const setting = { resume: false, signal: new AbortController().signal, clock: systemClock, name: 'grown' };
const options: TrainOptions = {
  ...TRAIN_DEFAULTS,
  epochs: 10,
  batch: 20,
  warmupSteps: 5,
  learningRate: 2e-2,
  mixup: 0,
  labelSmoothing: 0,
  augmentation: { ...NO_AUGMENTATION, light: 0.1 },
};
const fine: TrainOptions = { ...options, epochs: 8, learningRate: 1e-2 };

/** A model folder of a small network that was taught the three old classes. */
async function teachOld(): Promise<string> {
  const dataset = textures(300, OLD);
  const shape = { size: TEXTURE_SIZE, classes: 3 };
  const spec = categoryNetwork({ ...shape, widths: [6, 8, 8, 8], latentBits: 8, dropout: 0.1 });
  const { values } = await train(spec, shareDataset(dataset), options, { ...setting, checkpointPath: null });
  const folder = join(temporaryFolder(), 'base');
  const network = buildServingGraph(spec, values);
  const manifest = manifestOf({
    name: 'base',
    network,
    size: TEXTURE_SIZE,
    fill: 255,
    labels: OLD as CategoryId[],
    latentBits: 8,
    featureLength: 8,
    threshold: 0.9,
    createdAt: '2026-01-01T00:00:00.000Z',
  });
  const weights = { spec, temperature: 1, tensors: namedTensors(buildTrainingGraph(spec, 2), values) };
  await writeModelFolder(folder, { manifest, network, weights, card: '# base\n', history: {} });
  return folder;
}

/** The data set without the training and validation pictures of these classes; all test pictures stay. */
function without(dataset: Dataset, labels: readonly string[]): Dataset {
  const { index, pixels } = dataset;
  const kept = index.entries.map((entry, at) => ({ entry, at }));
  const some = kept.filter(({ entry }) => entry.split === 'test' || !labels.includes(entry.label));
  const bytes = TEXTURE_SIZE ** 2 * 3;
  const parts = some.map(({ at }) => pixels.subarray(at * bytes, (at + 1) * bytes));
  const left = new Uint8Array(Buffer.concat(parts));
  const entries = some.map(({ entry }) => entry);
  return { index: { ...index, entries, pixelsSha256: sha256Hex(left) }, pixels: left };
}

let folder = '';
let base: BaseModel;
beforeAll(async () => {
  folder = await teachOld();
  const { manifest, weights } = await loadModelFolder(folder);
  base = baseModelOf(folder, manifest, weights);
}, TIMEOUT_MS);

const grow = (
  data: Dataset,
  keep: number | null,
  out: string,
  more = {},
  on = base,
): Promise<TrainedCategory> => {
  const from = fineTuningOf(on, data.index, { absent: 'keep', keep });
  return trainCategory(data, fine, { ...setting, out, from, ...more });
};

/** Of the old classes, how many pictures fewer are named rightly. */
const lost = ({ before, after }: Memory): number =>
  Math.round(before.value * before.of) - Math.round(after.value * after.of);

describe('fine-tuning', { timeout: TIMEOUT_MS }, () => {
  it('teaches a class more, remembers the others, and says so in folder, card and history', async () => {
    const data = textures(400, ALL, 12);
    const out = join(temporaryFolder(), 'grown');
    const { memory } = await grow(data, null, out);
    expect(memory!.split).toBe('test');
    expect(memory!.before).toMatchObject({ of: 45 });
    expect(memory!.added).toMatchObject([{ label: 'slanting', recall: { of: 15 } }]);
    // At most a hundredth of the old pictures may be lost: of 45, none.
    expect(brokenPromises(memory!)).toEqual([]);
    expect(lost(memory!)).toBeLessThanOrEqual(0);
    const { manifest } = await loadModelFolder(out);
    expect(manifest.labels).toEqual(ALL);
    const history = JSON.parse(await readFile(join(out, 'history.json'), 'utf8')) as Record<string, unknown>;
    expect(history).toMatchObject({
      startedFrom: `base (fingerprint ${base.fingerprint.slice(0, 12)})`,
      base: {
        fingerprint: base.fingerprint,
        added: ['slanting'],
        absent: [],
        dropped: [],
        distillation: { weight: 1, temperature: 2 },
      },
    });
    const card = await readFile(join(out, 'card.md'), 'utf8');
    expect(card).toMatch(/Learnt on top of base \(fingerprint [0-9a-f]{12}\): new: slanting; held to its/);
    expect(card).toMatch(/new class slanting: found/);
  });

  it('forgets where nothing reminds it, and the gate of the experiment says so', async () => {
    const data = without(textures(400, ALL, 12), ['across', 'down']);
    const { memory } = await grow(data, 0, join(temporaryFolder(), 'forgetful'));
    expect(lost(memory!)).toBeGreaterThan(5);
    expect(brokenPromises(memory!)).toContainEqual(expect.stringMatching(/^old classes lost .* points/));
  });

  it('takes the base’s temperature where validation lacks a class, and says so', async () => {
    const data = without(textures(240, ALL, 13), ['down']);
    const out = join(temporaryFolder(), 'inherited');
    const { temperature, temperatureFrom } = await grow(data, 0, out, {}, { ...base, temperature: 1.25 });
    expect([temperature, temperatureFrom]).toEqual([1.25, 'base']);
    expect(await readFile(join(out, 'card.md'), 'utf8')).toMatch(/temperature 1\.250, that of the model it/);
  });

  it('is held to the base’s answers as strongly as it is told to', async () => {
    const data = without(textures(240, ALL, 13), ['down']);
    const pictures = picturesOf(data.index, 'test');
    const old = buildServingGraph(base.spec, valuesOfBase(base));
    const expected = await predict(old, { pixels: data.pixels, size: TEXTURE_SIZE }, pictures, 1);
    const place = temporaryFolder();
    /** Mean distance from the base's probabilities of those among the old classes. */
    const distance = async (keep: number): Promise<number> => {
      const out = join(place, `keep-${keep}`);
      await grow(data, keep, out);
      const network = await readFile(join(out, 'model.onnx'));
      const own = await predict(network, { pixels: data.pixels, size: TEXTURE_SIZE }, pictures, 1);
      const rows = pictures.map((_, row) => {
        const four = own.subarray(row * 4, row * 4 + 3);
        const sum = four.reduce((total, value) => total + value, 0);
        return four.reduce((far, value, at) => far + Math.abs(value / sum - expected[row * 3 + at]!), 0);
      });
      return rows.reduce((total, value) => total + value, 0) / rows.length;
    };
    expect(await distance(8)).toBeLessThan(0.7 * (await distance(0)));
  });

  it('goes on from a checkpoint of the same teacher only, and is repeatable', async () => {
    const data = textures(200, ALL, 14);
    const out = join(temporaryFolder(), 'resumed');
    const stop = new AbortController();
    const short = { ...fine, epochs: 2 };
    const from = fineTuningOf(base, data.index, { absent: 'keep', keep: 1 });
    const run = (more: object, folder: string, start = from) =>
      trainCategory(data, short, { ...setting, out: folder, from: start, ...more });
    const whole = join(temporaryFolder(), 'whole');
    await run({}, whole);
    await run({ signal: stop.signal, onEpoch: () => stop.abort() }, out);
    const other = fineTuningOf(base, data.index, { absent: 'keep', keep: 2 });
    await expect(run({ resume: true }, out, other)).rejects.toMatchObject({ code: 'incompatible' });
    await run({ resume: true }, out);
    expect(await readFile(join(out, 'model.onnx'))).toEqual(await readFile(join(whole, 'model.onnx')));
  });
});

describe('a checkpoint', { timeout: TIMEOUT_MS }, () => {
  it('is gone on from with the model only that it was started from, whether that teaches or not', async () => {
    const data = textures(120, OLD, 18);
    const out = join(temporaryFolder(), 'resumed');
    const short = { ...fine, epochs: 2 };
    const run = (from: BaseModel | null, more: object) =>
      trainCategory(data, short, {
        ...setting,
        out,
        ...(from === null ? {} : { from: fineTuningOf(from, data.index, { absent: 'refuse', keep: 0 }) }),
        ...more,
      });
    const stop = new AbortController();
    await run(base, { signal: stop.signal, onEpoch: () => stop.abort() });
    const refused = { code: 'incompatible', hint: expect.stringContaining('--from') };
    const another = { ...base, name: 'another', fingerprint: 'e'.repeat(64) };
    await expect(run(another, { resume: true })).rejects.toMatchObject(refused);
    await expect(run(null, { resume: true })).rejects.toMatchObject(refused);
    await run(base, { resume: true });
    expect(await readFile(join(out, 'card.md'), 'utf8')).toContain('Trained from the weights of base');
  });
});

describe('train category --from', { timeout: TIMEOUT_MS }, () => {
  const command = (data: string, ...more: string[]) =>
    runCommand('train', 'category', '--data', data, '--out', join(data, 'model'), ...more);

  it('refuses data that shows nothing the model knows, with the next step', async () => {
    const data = join(temporaryFolder(), 'new-only');
    await writeDataset(data, without(textures(80, ALL, 15), OLD));
    const { code, err } = await command(data, '--from', folder);
    expect(err).toMatch(/the data shows only slanting/);
    expect(err).toMatch(/merge pictures of across, down, filled into the data/);
    expect(code).toBe(2);
  });

  it('forgets a class that has no training pictures, wherever else it has some', async () => {
    const data = join(temporaryFolder(), 'without-down');
    // Pictures of `down` for the test stay in the data.
    await writeDataset(data, without(textures(160, ALL, 17), ['down']));
    const more = ['--epochs', '1', '--batch', '20'];
    const { code, err, out } = await command(data, '--from', folder, '--absent', 'drop', ...more);
    expect(err).toMatch(/new: slanting; forgotten: down/);
    expect(out).toMatch(/test, classes it knew: accuracy .* of 12\) before/);
    expect(code).toBe(0);
    const { manifest } = await loadModelFolder(join(data, 'model'));
    expect(manifest.labels).toEqual(['across', 'filled', 'slanting']);
    expect(await readFile(join(data, 'model', 'card.md'), 'utf8')).not.toContain('| down |');
  });

  it('refuses options that need a model, and a model of other pictures where its answers are kept', async () => {
    const data = join(temporaryFolder(), 'all');
    await writeDataset(data, textures(80, ALL, 16));
    const stray = await command(data, '--keep', '2', '--absent', 'drop');
    expect(stray.err).toMatch(/--keep and --absent without --from/);
    expect(stray.code).not.toBe(0);
    const none = await command(data, '--from', join(data, 'nowhere'));
    expect(none.err).toMatch(/no model folder .*nowhere/);
    const larger = { ...base, spec: { ...base.spec, size: 32 } };
    const { index } = textures(80, ALL, 16);
    expect(() => fineTuningOf(larger, index, { absent: 'keep', keep: null })).toThrow(
      /looks at 32 px, the data has 16 px/,
    );
    expect(fineTuningOf(larger, index, { absent: 'keep', keep: 0 }).teacher).toBeNull();
  });
});
