import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import type { Log } from '../../../src/domain/ports.js';
import { fixedRule } from '../../../src/domain/rejection.js';
import type { PictureOutcome } from '../../../src/domain/prediction.js';
import { loadModelFolder } from '../../../src/infer/model-folder.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { createPictureClassifier } from '../../../src/infer/picture-classifier.js';
import type { ClassifierOptions, PooledClassifier } from '../../../src/infer/picture-classifier.js';
import type { InferencePoolOptions } from '../../../src/infer/pool.js';
import { writeTinyModel } from '../../support/tiny-model.js';
import { TINY_FEATURES, TINY_LABELS, TINY_SIZE, tinyOutputs } from '../../support/tiny-network.js';

const silent: Log = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };
const worker = fileURLToPath(new URL('marked-worker.mjs', import.meta.url));
const lookLayout = { version: 'test', colour: [0, 1], shape: [1, 2], pattern: [2, 3] } as const;

const RED = [250, 5, 10];
const GREY = [120, 125, 121];
const REFUSED = [0, 0, 0];
const KILLS_DECODER = [66, 0, 0];
const KILLS_NETWORK = [0, 66, 0];
const KILLS_NETWORK_ONCE = [0, 0, 66];
const FILLS_DECODER = [67, 0, 0];
const FILLS_NETWORK = [0, 67, 0];
const FAILS_NETWORK = [66, 66, 66];

const open: PooledClassifier[] = [];
afterEach(async () => {
  for (const classifier of open.splice(0)) await classifier.close();
});

async function start(options: Partial<ClassifierOptions & InferencePoolOptions> = {}) {
  const folder = temporaryFolder();
  const diary = join(folder, 'diary');
  process.env['FASHIOND_TEST_DIARY'] = diary;
  const model = await loadModelFolder(await writeTinyModel());
  const classifier = await createPictureClassifier({
    model,
    lookLayout,
    threads: 2,
    batch: 4,
    batchWaitMs: 2,
    maxPixels: 1_000_000,
    rule: fixedRule(TINY_LABELS, model.manifest.threshold),
    worker,
    log: silent,
    ...options,
  });
  open.push(classifier);
  const classify = (colour: readonly number[]) => classifier.classify({ bytes: Uint8Array.from(colour) });
  const harms = async () => (await readFile(diary, 'utf8')).trim().split('\n');
  return { classifier, classify, diary, harms };
}

/** The outcome that plain arithmetic gives for a picture of one colour. */
function expectRight(outcome: PictureOutcome, colour: readonly number[]): void {
  const pixels = Uint8Array.from({ length: TINY_SIZE ** 2 * 3 }, (_, at) => colour[at % 3]!);
  const { probabilities, latent, features } = tinyOutputs(pixels);
  if (outcome.kind !== 'classified') throw new Error(`unexpected ${JSON.stringify(outcome)}`);
  const { prediction, vectors } = outcome;
  const best = probabilities.indexOf(Math.max(...probabilities));
  expect(prediction.best).toBe(TINY_LABELS[best]);
  expect(prediction.category).toBe(probabilities[best]! > 0.9 ? TINY_LABELS[best] : null);
  for (const { category, probability } of prediction.candidates) {
    expect(probability).toBeCloseTo(probabilities[TINY_LABELS.indexOf(category)]!, 5);
  }
  expect(vectors.latent.length).toBe(2);
  for (const [bit, value] of latent.entries()) {
    expect((vectors.latent[bit >> 3]! >> (bit & 7)) & 1).toBe(value > 0.5 ? 1 : 0);
  }
  const length = Math.hypot(...features);
  expect(vectors.features.length).toBe(TINY_FEATURES);
  for (const [at, value] of features.entries()) expect(vectors.features[at]).toBeCloseTo(value / length, 5);
  expect([...vectors.look]).toEqual([...colour]);
}

describe('createPictureClassifier', () => {
  it('gives hundreds of pictures at once each its own outcome', async () => {
    const { classify } = await start();
    const colours = Array.from({ length: 300 }, (_, at) => [
      (at * 83) % 250,
      (at * 131) % 249,
      1 + (at % 201),
    ]);
    const outcomes = await Promise.all(colours.map((colour) => classify(colour)));
    for (const [at, outcome] of outcomes.entries()) expectRight(outcome, colours[at]!);
    const kinds = new Set(
      outcomes.map((outcome) => outcome.kind === 'classified' && outcome.prediction.reason),
    );
    expect(kinds).toEqual(new Set([null, 'below-threshold']));
  });

  it('reads a picture from a file, leaves the bytes it was given alone, and passes a refusal on', async () => {
    const { classifier, classify } = await start();
    const path = join(temporaryFolder(), 'red');
    await writeFile(path, Buffer.from(RED));
    expectRight(await classifier.classify({ path }), RED);
    const bytes = Uint8Array.from(GREY);
    expectRight(await classifier.classify({ bytes }), GREY);
    expect([...bytes]).toEqual(GREY);
    expect(await classify(REFUSED)).toEqual({ kind: 'refused', reason: 'undecodable', detail: 'black' });
  });

  it('fails a picture whose file is not there', async () => {
    const { classifier } = await start();
    const outcome = await classifier.classify({ path: '/nowhere/picture.jpg' });
    expect(outcome).toMatchObject({
      kind: 'failed',
      detail: expect.stringContaining('/nowhere/picture.jpg'),
    });
  });

  it('survives pictures that kill the decoder or the network, and fails only these', async () => {
    const { classify, harms } = await start();
    const colours = Array.from({ length: 40 }, (_, at) => [at + 1, 200, 100]);
    colours[7] = KILLS_DECODER;
    colours[21] = KILLS_NETWORK;
    const outcomes = await Promise.all(colours.map((colour) => classify(colour)));
    const killed = { kind: 'failed', detail: 'worker exited with code: 1' };
    expect([outcomes[7], outcomes[21]]).toEqual([killed, killed]);
    for (const [at, outcome] of outcomes.entries()) {
      if (outcome !== outcomes[7] && outcome !== outcomes[21]) expectRight(outcome, colours[at]!);
    }
    const diary = await harms();
    expect(diary.filter((line) => line === 'decoder')).toHaveLength(2);
    expect(diary.filter((line) => line === 'network 1')).toHaveLength(2);
    expectRight(await classify(RED), RED);
  });

  it('survives pictures for which a thread runs out of memory, and says so of only these', async () => {
    const { classify } = await start({ maxHeapMiB: 24 });
    const colours = [RED, FILLS_DECODER, GREY, FILLS_NETWORK, RED];
    const outcomes = await Promise.all(colours.map((colour) => classify(colour)));
    const filled = { kind: 'failed', detail: expect.stringContaining('memory') };
    expect([outcomes[1], outcomes[3]]).toEqual([filled, filled]);
    for (const at of [0, 2, 4]) expectRight(outcomes[at]!, colours[at]!);
  });

  it('loses nothing when a thread dies once', async () => {
    const { classify, harms } = await start({ threads: 1 });
    const colours = [RED, KILLS_NETWORK_ONCE, GREY];
    const outcomes = await Promise.all(colours.map((colour) => classify(colour)));
    for (const [at, outcome] of outcomes.entries()) expectRight(outcome, colours[at]!);
    expect(await harms()).toEqual(['network once']);
  });

  it('fails a picture for which the network throws, with its words', async () => {
    const { classify } = await start();
    const [bad, good] = await Promise.all([classify(FAILS_NETWORK), classify(RED)]);
    expect(bad).toEqual({ kind: 'failed', detail: 'no such kernel' });
    expectRight(good, RED);
  });

  it('fails pictures instead of waiting for ever when no thread comes up again, and recovers', async () => {
    const { classify, diary } = await start({ threads: 1 });
    await writeFile(`${diary}.broken`, '');
    const outcomes = await Promise.all([KILLS_DECODER, RED, GREY].map((colour) => classify(colour)));
    expect(outcomes.map(({ kind }) => kind)).toEqual(['failed', 'failed', 'failed']);
    await rm(`${diary}.broken`);
    expectRight(await classify(RED), RED);
  });

  it('decides by the given rule', async () => {
    const { classify } = await start({ rule: fixedRule(TINY_LABELS, 0.01) });
    const outcome = await classify(GREY);
    expect(outcome).toMatchObject({ kind: 'classified', prediction: { reason: null } });
  });

  it('finishes what is in flight when closed, and rejects what still waits for room', async () => {
    const { classifier, classify } = await start({ threads: 1, batch: 2 });
    const outcomes = Array.from({ length: 20 }, () => classify(RED));
    // Lets the first in, and no answer back.
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
    const closed = classifier.close();
    const settled = await Promise.allSettled(outcomes);
    await closed;
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(8);
    const rejected = settled.filter((outcome) => outcome.status === 'rejected');
    expect(rejected).toHaveLength(12);
    for (const { reason } of rejected) expect(reason).toMatchObject({ code: 'cancelled' });
    await expect(classify(RED)).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('does not start with a network that does not fit its manifest', async () => {
    const model = await loadModelFolder(await writeTinyModel({ manifest: { latentBits: 64 } }));
    await expect(start({ model })).rejects.toMatchObject({
      name: 'FashiondError',
      code: 'incompatible',
      message: expect.stringContaining('latent: float32 [N, 64]'),
      hint: expect.stringContaining('copy the model folder again'),
    });
  });

  it('does not start when the worker module cannot run', async () => {
    const broken = join(temporaryFolder(), 'worker.mjs');
    await writeFile(broken, 'throw new Error("no such library");');
    await expect(start({ worker: broken })).rejects.toMatchObject({
      code: 'internal',
      message: expect.stringContaining('no such library'),
    });
  });
});
