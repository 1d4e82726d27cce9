/** Real picture files through the real worker: sharp, ONNX Runtime and the pool between them. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Log } from '../../src/domain/ports.js';
import type { PictureOutcome } from '../../src/domain/prediction.js';
import { fixedRule } from '../../src/domain/rejection.js';
import { LOOK_LAYOUT } from '../../src/images/look.js';
import { loadModelFolder } from '../../src/infer/model-folder.js';
import { createPictureClassifier } from '../../src/infer/picture-classifier.js';
import type { PooledClassifier } from '../../src/infer/picture-classifier.js';
import { workerPath } from '../../src/platform/worker-path.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { writeTinyModel } from '../support/tiny-model.js';
import { TINY_LABELS, TINY_SIZE, tinyOutputs } from '../support/tiny-network.js';

const silent: Log = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };
const app = new URL('../../src/app.ts', import.meta.url).href;
const RED = { r: 230, g: 20, b: 30 };

let classifier: PooledClassifier;
let folder: string;
beforeAll(async () => {
  folder = temporaryFolder();
  classifier = await createPictureClassifier({
    model: await loadModelFolder(await writeTinyModel()),
    lookLayout: LOOK_LAYOUT,
    threads: 2,
    batch: 8,
    batchWaitMs: 4,
    maxPixels: 1_000_000,
    rule: fixedRule(TINY_LABELS, 0.9),
    worker: workerPath(app, './inference-worker.js'),
    log: silent,
  });
});
afterAll(() => classifier.close());

const plain = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: RED } });

function classified(outcome: PictureOutcome): Extract<PictureOutcome, { kind: 'classified' }> {
  if (outcome.kind !== 'classified') throw new Error(`unexpected ${JSON.stringify(outcome)}`);
  return outcome;
}

/** What plain arithmetic gives for a red picture between white bars above and below. */
function expected(redRows: number): number[] {
  const first = (TINY_SIZE - redRows) / 2;
  const pixels = new Uint8Array(TINY_SIZE ** 2 * 3).fill(255);
  for (let at = first * TINY_SIZE * 3; at < (first + redRows) * TINY_SIZE * 3; at += 3) {
    pixels.set([RED.r, RED.g, RED.b], at);
  }
  return tinyOutputs(pixels).probabilities;
}

function distance(outcome: PictureOutcome, probabilities: readonly number[]): number {
  const { candidates } = classified(outcome).prediction;
  return Math.max(
    ...candidates.map(({ category, probability }) =>
      Math.abs(probability - probabilities[TINY_LABELS.indexOf(category)]!),
    ),
  );
}

describe('the inference pool on picture files', () => {
  it('gives a file the prediction, facts and vectors that belong to its pixels', async () => {
    const path = join(folder, 'red.png');
    await plain(40, 40).png().toFile(path);
    const outcome = classified(await classifier.classify({ path }));
    expect(distance(outcome, expected(TINY_SIZE))).toBeLessThan(1e-5);
    expect(outcome.prediction).toMatchObject({ category: 'sweater', reason: null });
    expect(outcome.facts).toMatchObject({ format: 'png', width: 40, height: 40 });
    expect(outcome.facts.palette[0]).toMatchObject({ name: 'red', share: 1 });
    expect(outcome.vectors.look).toHaveLength(LOOK_LAYOUT.pattern[1]);
    expect(Math.hypot(...outcome.vectors.features)).toBeCloseTo(1, 5);
  });

  it('predicts what it classifies, bit for bit, and gives no vectors', async () => {
    const create = {
      width: 300,
      height: 200,
      channels: 3,
      background: RED,
      noise: { type: 'gaussian', mean: 99, sigma: 40 },
    } as const;
    const bytes = await sharp({ create }).jpeg().toBuffer();
    const { kind, prediction } = classified(await classifier.classify({ bytes }));
    expect(await classifier.predict({ bytes })).toStrictEqual({ kind, prediction });
    expect(await classifier.predict({ bytes: Buffer.alloc(0) })).toMatchObject({
      kind: 'refused',
      reason: 'empty',
    });
  });

  it("puts a wide picture between bars of the model's own fill", async () => {
    const outcome = await classifier.classify({ bytes: await plain(80, 40).png().toBuffer() });
    expect(distance(outcome, expected(TINY_SIZE / 2))).toBeLessThan(1e-5);
    expect(distance(outcome, expected(TINY_SIZE))).toBeGreaterThan(1e-3);
  });

  it('reads JPEG and WebP alike', async () => {
    const pictures = [plain(64, 64).jpeg({ quality: 95 }), plain(64, 64).webp({ lossless: true })];
    const bytes = await Promise.all(pictures.map((picture) => picture.toBuffer()));
    const outcomes = await Promise.all(bytes.map((one) => classifier.classify({ bytes: one })));
    expect(outcomes.map((outcome) => classified(outcome).facts.format)).toEqual(['jpeg', 'webp']);
    for (const outcome of outcomes) expect(distance(outcome, expected(TINY_SIZE))).toBeLessThan(1e-3);
  });

  it('refuses what is no usable picture by name, and goes on', async () => {
    const jpeg = await sharp({
      create: {
        width: 200,
        height: 200,
        channels: 3,
        background: RED,
        noise: { type: 'gaussian', mean: 128, sigma: 60 },
      },
    })
      .jpeg()
      .toBuffer();
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"></svg>');
    const huge = await plain(1100, 1000).png().toBuffer();
    const truncated = jpeg.subarray(0, jpeg.length / 2);
    const outcomes = await Promise.all(
      [Buffer.alloc(0), truncated, svg, huge, jpeg].map((bytes) => classifier.classify({ bytes })),
    );
    expect(outcomes.map((outcome) => (outcome.kind === 'refused' ? outcome.reason : outcome.kind))).toEqual([
      'empty',
      'truncated',
      'unsupported-format',
      'too-many-pixels',
      'classified',
    ]);
  });

  it('fails a picture whose file has gone, and goes on', async () => {
    const path = join(folder, 'gone.jpg');
    await writeFile(path, '');
    const [empty, gone] = await Promise.all([
      classifier.classify({ path }),
      classifier.classify({ path: join(folder, 'never.jpg') }),
    ]);
    expect(empty).toMatchObject({ kind: 'refused', reason: 'empty' });
    expect(gone).toMatchObject({ kind: 'failed', detail: expect.stringContaining('never.jpg') });
  });
});
