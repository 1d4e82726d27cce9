/** Limits from fitting to serving: a model folder is calibrated, loaded, and refuses what the limits say. */
import { access, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Log } from '../../src/domain/ports.js';
import { calibratedRule } from '../../src/domain/rejection.js';
import { LOOK_LAYOUT } from '../../src/images/look.js';
import { loadModelFolder } from '../../src/infer/model-folder.js';
import { createPictureClassifier } from '../../src/infer/picture-classifier.js';
import type { Calibration } from '../../src/learn/rejection/calibrate.js';
import { calibrate } from '../../src/learn/rejection/calibrate.js';
import { writeLimits } from '../../src/learn/rejection/write-limits.js';
import { openNetworkModel } from '../../src/learn/evaluation/network-model.js';
import type { Dataset, Split } from '../../src/learn/dataset/dataset.js';
import { systemClock } from '../../src/platform/clock.js';
import { Random } from '../../src/platform/random.js';
import { workerPath } from '../../src/platform/worker-path.js';
import { writeOnnx } from '../support/onnx-writer.js';
import { writeTinyModel } from '../support/tiny-model.js';
import { TINY_LABELS, TINY_NETWORK, TINY_SIZE, tinyOutputs } from '../support/tiny-network.js';

const silent: Log = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };
const PICTURE = TINY_SIZE ** 2 * 3;
const worker = workerPath(new URL('../../src/app.ts', import.meta.url).href, './inference-worker.js');

/** Even pictures of about one colour each: red, green and blue, which are the tiny model's three categories. */
function colours(count: number): Dataset {
  const random = new Random(3);
  const pixels = new Uint8Array(count * PICTURE);
  const entries = Array.from({ length: count }, (_, picture) => {
    const label = picture % 3;
    const colour = [0, 1, 2].map((channel) => (channel === label ? random.int(180, 255) : random.int(0, 40)));
    for (let at = 0; at < PICTURE; at += 1) pixels[picture * PICTURE + at] = colour[at % 3]!;
    const split: Split = picture < count / 2 ? 'train' : 'validation';
    return {
      path: `c/${picture}.png`,
      source: 'c',
      label: TINY_LABELS[label]!,
      split,
      sha256: String(picture),
    };
  });
  const index = {
    format: 1,
    size: TINY_SIZE,
    fill: 255,
    labels: TINY_LABELS,
    entries,
  } as const;
  return { index: { ...index, sources: [{ name: 'c', licence: null }], pixelsSha256: '' }, pixels };
}

const even = (...colour: number[]): Uint8Array =>
  Uint8Array.from({ length: PICTURE }, (_, at) => colour[at % 3]!);

const WITH_LOGITS = writeOnnx({
  ...TINY_NETWORK,
  outputs: [...TINY_NETWORK.outputs, { name: 'logits', type: 'float32', shape: ['N', TINY_LABELS.length] }],
});

async function calibrated(folder: string): Promise<Calibration> {
  const { manifest, network, classMeans } = await loadModelFolder(folder);
  const model = await openNetworkModel(manifest, new Uint8Array(network), 1);
  try {
    return await calibrate(
      {
        model,
        means: classMeans,
        data: colours(240),
        split: 'validation',
        others: [],
        offDomain: null,
        clock: systemClock,
      },
      { risk: 0.05, doubt: 0.05 },
    );
  } finally {
    await model.close();
  }
}

async function serve(folder: string, pictures: readonly Uint8Array[]) {
  const model = await loadModelFolder(folder);
  const classifier = await createPictureClassifier({
    model,
    rule: calibratedRule(model.manifest.rejection!),
    lookLayout: LOOK_LAYOUT,
    threads: 1,
    batch: 4,
    batchWaitMs: 2,
    maxPixels: 1_000_000,
    worker,
    log: silent,
  });
  try {
    const outcomes = await Promise.all(pictures.map((picture) => classifier.classifyPixels(picture)));
    return outcomes.map((outcome) => (outcome.kind === 'classified' ? outcome.prediction : outcome));
  } finally {
    await classifier.close();
  }
}

describe('a calibrated model folder', () => {
  it('is loaded again with limits that its pictures prove, and a card that states them', async () => {
    const folder = await writeTinyModel({ network: WITH_LOGITS });
    const before = (await loadModelFolder(folder)).manifest;
    const written = await writeLimits(folder, before, await calibrated(folder));
    const { manifest } = await loadModelFolder(folder);
    expect(manifest).toEqual(written);
    expect(manifest.rejection!.thresholds.every((threshold) => threshold !== null && threshold < 1)).toBe(
      true,
    );
    expect(manifest.rejection!.evidence).toMatchObject([
      { source: 'c', role: 'known', pictures: 120, wrong: 0, promise: 'proven' },
    ]);
    const card = await readFile(join(folder, 'card.md'), 'utf8');
    expect(card).toContain('| c | 120 |');
    // Once more: the section is replaced, not repeated.
    await writeLimits(folder, manifest, await calibrated(folder));
    const again = await readFile(join(folder, 'card.md'), 'utf8');
    expect(again.split('## What it refuses')).toHaveLength(2);
  });

  it('refuses by energy what no floor but it would refuse', async () => {
    const folder = await writeTinyModel({ network: WITH_LOGITS });
    const { limits } = await calibrated(folder);
    const red = even(250, 5, 5);
    const energyOf = (picture: Uint8Array): number => tinyOutputs(picture).energy;
    const floor = (energyOf(red) + energyOf(even(200, 30, 30))) / 2;
    const { manifest } = await loadModelFolder(folder);
    const energy: Calibration = { score: 'energy', classMeans: null, limits: { ...limits, floor } };
    const written = await writeLimits(folder, manifest, energy);
    expect(written.fingerprint).not.toBe(manifest.fingerprint);
    const [first, second] = await serve(folder, [red, even(200, 30, 30)]);
    expect(first).toMatchObject({ category: TINY_LABELS[0], reason: null });
    expect(second).toMatchObject({ category: null, reason: 'out-of-domain' });
    expect((first as { typicality: number }).typicality).toBeCloseTo(energyOf(red), 4);
  });

  it('refuses by distance what lies far from every class mean', async () => {
    const folder = await writeTinyModel({ network: WITH_LOGITS });
    const { limits } = await calibrated(folder);
    const { manifest } = await loadModelFolder(folder);
    const width = manifest.featureLength;
    // Unit covariance, one mean at the red picture's own features: minus the squared distance is what is served.
    const length = Math.hypot(...tinyOutputs(even(250, 5, 5)).features);
    const mean = tinyOutputs(even(250, 5, 5)).features.map((value) => value / length);
    const factor = Array.from({ length: width }, (_, row) =>
      Array.from({ length: row + 1 }, (__, column) => (row === column ? 1 : 0)),
    ).flat();
    const classMeans = new Uint8Array(Float32Array.from([...factor, ...mean]).buffer);
    await writeLimits(folder, manifest, {
      score: 'class-means',
      classMeans,
      limits: { ...limits, floor: -0.5 },
    });
    const [red, blue] = await serve(folder, [even(250, 5, 5), even(5, 5, 250)]);
    expect(red).toMatchObject({ category: TINY_LABELS[0], reason: null });
    expect((red as { typicality: number }).typicality).toBeCloseTo(0, 5);
    expect(blue).toMatchObject({ category: null, reason: 'out-of-domain' });
    const other = tinyOutputs(even(5, 5, 250)).features;
    const far = other.reduce((sum, value, at) => sum + (value / Math.hypot(...other) - mean[at]!) ** 2, 0);
    expect((blue as { typicality: number }).typicality).toBeCloseTo(-far, 4);
    // A new fitting takes the old means' file away.
    const now = (await loadModelFolder(folder)).manifest;
    const file = (now.typicality as { file: string }).file;
    await writeLimits(folder, now, { score: null, classMeans: null, limits: { ...limits, floor: null } });
    await expect(access(join(folder, file))).rejects.toThrow(/ENOENT/);
  });

  it('is refused when a limit was changed by hand, or belongs to another model', async () => {
    const folder = await writeTinyModel({ network: WITH_LOGITS });
    const written = await writeLimits(
      folder,
      (await loadModelFolder(folder)).manifest,
      await calibrated(folder),
    );
    const edit = (change: object): Promise<void> =>
      writeFile(
        join(folder, 'manifest.json'),
        JSON.stringify({ ...written, rejection: { ...written.rejection, ...change } }),
      );
    await edit({ thresholds: [0, 0, 0] });
    await expect(loadModelFolder(folder)).rejects.toMatchObject({
      code: 'corrupt',
      message: expect.stringContaining('are not those that were fitted to this model'),
      hint: expect.stringContaining('fashiond calibrate'),
    });
    await edit({ thresholds: [0.5] });
    await expect(loadModelFolder(folder)).rejects.toThrow(/expected 3, one a label/);
    await edit({ version: 2 });
    await expect(loadModelFolder(folder)).rejects.toThrow(/expected version 1; a later fashiond wrote it/);
  });

  it('needs the output that its typicality is made of', async () => {
    const folder = await writeTinyModel();
    const { limits } = await calibrated(folder);
    const { manifest } = await loadModelFolder(folder);
    await writeLimits(folder, manifest, {
      score: 'energy',
      classMeans: null,
      limits: { ...limits, floor: 0 },
    });
    await expect(serve(folder, [even(250, 5, 5)])).rejects.toThrow(/lacks output logits/);
  });
});
