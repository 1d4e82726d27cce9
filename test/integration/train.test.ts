import { existsSync, readFileSync } from 'node:fs';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ModelManifest } from '../../src/domain/model.js';
import { shareDataset } from '../../src/learn/dataset/shared-dataset.js';
import { evaluate } from '../../src/learn/evaluate.js';
import { categoryNetwork } from '../../src/learn/networks/category.js';
import { buildServingGraph } from '../../src/learn/networks/serving-graph.js';
import { trainCategory } from '../../src/learn/train-category.js';
import { NO_AUGMENTATION } from '../../src/learn/train/augment.js';
import { TRAIN_DEFAULTS } from '../../src/learn/train/options.js';
import type { TrainOptions } from '../../src/learn/train/options.js';
import { train } from '../../src/learn/train/trainer.js';
import type { StepProgress, TrainResult, TrainSetting } from '../../src/learn/train/trainer.js';
import type { RuntimeChoice } from '../../src/model/runtime.js';
import { readWeights } from '../../src/model/weights.js';
import { systemClock } from '../../src/platform/clock.js';
import { sha256Hex } from '../../src/platform/fingerprint.js';
import { TEXTURE_SIZE, textures } from '../support/textures.js';

/** Seconds are enough, but not on a machine that does much else. */
const TIMEOUT_MS = 120_000;
const SIZE = TEXTURE_SIZE;
const CLASSES = ['across', 'down', 'filled'];

const dataset = textures(300, CLASSES);
const spec = categoryNetwork({ size: SIZE, classes: 3, widths: [6, 8, 8, 8], latentBits: 8, dropout: 0.1 });
const options: TrainOptions = {
  ...TRAIN_DEFAULTS,
  epochs: 4,
  batch: 20,
  warmupSteps: 5,
  learningRate: 1e-2,
  mixup: 0,
  labelSmoothing: 0,
  augmentation: { ...NO_AUGMENTATION, light: 0.1 },
};

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fashiond-train-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const setting = (over: Partial<TrainSetting> = {}): TrainSetting => ({
  checkpointPath: join(folder, 'checkpoint.bin'),
  resume: false,
  signal: new AbortController().signal,
  clock: systemClock,
  ...over,
});

const run = (over: Partial<TrainOptions> = {}, how: Partial<TrainSetting> = {}): Promise<TrainResult> =>
  train(spec, shareDataset(dataset), { ...options, ...over }, setting(how));

describe('train', { timeout: TIMEOUT_MS }, () => {
  it('learns, and keeps the weights of the smallest validation loss', async () => {
    const first = await run({ epochs: 10, learningRate: 2e-2 });
    expect(first.end).toEqual({ kind: 'completed' });
    expect(first.history.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(first.history.at(-1)!.validationAccuracy).toBeGreaterThan(0.85);
    expect(first.best.loss).toBe(Math.min(...first.history.map(({ validationLoss }) => validationLoss)));
  });

  it('gives the same weights for the same seed and others for another', async () => {
    const first = await run({ epochs: 1 });
    expect((await run({ epochs: 1 })).values).toEqual(first.values);
    expect((await run({ epochs: 1, seed: 2 })).values).not.toEqual(first.values);
  });

  let undisturbed: Promise<TrainResult> | null = null;
  it.each([
    ['between two epochs', 2, 10],
    ['within an epoch', 3, 4],
  ])('ends with the same weights when it was interrupted %s and taken up again', async (_, epoch, step) => {
    undisturbed ??= run({}, { checkpointPath: join(folder, 'whole.bin') });
    const whole = await undisturbed;
    const stop = new AbortController();
    const onStep = (progress: StepProgress): void => {
      if (progress.epoch === epoch && progress.step === step) stop.abort();
    };
    const half = await run({}, { signal: stop.signal, onStep });
    expect(half.end).toEqual({ kind: 'interrupted' });
    expect(half.history).toHaveLength(2);
    const steps: string[] = [];
    const rest = await run({}, { resume: true, onStep: ({ epoch, step }) => steps.push(`${epoch} ${step}`) });
    expect(steps[0]).toBe(step === 10 ? '3 1' : `${epoch} ${step + 1}`);
    expect(rest.values).toEqual(whole.values);
    const losses = ({ history }: TrainResult) =>
      history.map((record) => [record.trainLoss, record.validationLoss]);
    expect(losses(rest)).toEqual(losses(whole));
  });

  it('keeps a checkpoint within an epoch when the time for one has come', async () => {
    let now = 0;
    const clock = { ...systemClock, monotonic: () => now };
    const seen: (number | null)[] = [];
    const path = join(folder, 'checkpoint.bin');
    const onStep = ({ step }: StepProgress): void => {
      now += 40;
      const checkpoint = existsSync(path) ? readFileSync(path, 'latin1').split('\n')[0]! : '{"part":null}';
      const { part } = JSON.parse(checkpoint) as { part: { step: number } | null };
      if (step > 1) seen.push(part?.step ?? null);
    };
    await run({ epochs: 1 }, { clock, checkpointEveryMs: 100, onStep });
    expect(seen).toEqual([null, null, 3, 3, 3, 6, 6, 6, 9]);
  });

  it('refuses to go on with other options or a damaged checkpoint', async () => {
    await run({ epochs: 1 });
    await expect(run({ epochs: 1, learningRate: 5e-3 }, { resume: true })).rejects.toThrow(
      /other options|options/,
    );
    const path = join(folder, 'checkpoint.bin');
    const bytes = await readFile(path);
    bytes[bytes.length - 100] = bytes[bytes.length - 100]! ^ 1;
    await writeFile(path, bytes);
    await expect(run({ epochs: 1 }, { resume: true })).rejects.toThrow(/damaged/);
  });

  it('stops early when the validation loss no longer falls, with the best weights', async () => {
    // Almost without a learning rate only the running statistics move, and those soon stand still.
    const result = await run({ epochs: 30, learningRate: 1e-9, patience: 1 });
    expect(result.end).toEqual({ kind: 'stopped-early' });
    expect(result.history.length).toBeLessThan(30);
    expect(result.best.epoch).toBe(result.history.length - 1);
  });

  it('stops when the loss is no number any more, says why, and keeps the checkpoint before', async () => {
    const kept = join(folder, 'kept.bin');
    await run({ epochs: 2 });
    await copyFile(join(folder, 'checkpoint.bin'), kept);
    const result = await run({ epochs: 2, learningRate: 1e38 }, { checkpointPath: kept });
    expect(result.end.kind).toBe('diverged');
    expect(JSON.stringify(result.end)).toMatch(/epoch 1/);
    expect(await readFile(kept)).toEqual(await readFile(join(folder, 'checkpoint.bin')));
  });

  it('names what does not fit', async () => {
    await expect(run({ batch: 21 })).rejects.toThrow(/21.*2 workers/);
    await expect(run({ batch: 400 })).rejects.toThrow(/210 training pictures/);
    const runtime: RuntimeChoice = { runtime: 'onnx', device: 'webgpu', reason: 'a test asks for it' };
    await expect(run({}, { runtime })).rejects.toThrow(/2 workers cannot share webgpu/);
  });
});

describe('trainCategory', { timeout: TIMEOUT_MS }, () => {
  it('writes a model folder whose network does what the figures say', async () => {
    const small = { ...options, epochs: 2, batch: 40, learningRate: 3e-3 };
    const { evaluations } = await trainCategory(dataset, small, {
      out: folder,
      name: 'category',
      resume: false,
      signal: new AbortController().signal,
      clock: systemClock,
    });
    const manifest = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as ModelManifest;
    expect(manifest).toMatchObject({
      format: 1,
      input: { size: SIZE, fill: 255 },
      labels: CLASSES,
      latentBits: 64,
      featureLength: 192,
      threshold: 0.9,
    });
    const names = ['model.onnx', 'weights.safetensors', 'card.md', 'history.json'];
    const hashes = await Promise.all(
      names.map(async (name) => sha256Hex(await readFile(join(folder, name)))),
    );
    expect(manifest.files).toEqual(Object.fromEntries(names.map((name, index) => [name, hashes[index]])));
    const network = await readFile(join(folder, 'model.onnx'));
    const again = await evaluate(network, dataset, 'test', { threshold: 0.9, threads: 1 });
    expect(again!.all.accuracy).toEqual(evaluations.at(-1)!.all.accuracy);
    const weights = await readWeights(join(folder, 'weights.safetensors'));
    const values = new Map([...weights.tensors].map(([name, { data }]) => [name, data]));
    const rebuilt = buildServingGraph(weights.spec, values, weights.temperature);
    expect(Buffer.from(rebuilt).equals(network)).toBe(true);
    const card = await readFile(join(folder, 'card.md'), 'utf8');
    expect(card).toContain('| t | CC0-1.0 | 210 | 45 | 45 |');
  });
});
