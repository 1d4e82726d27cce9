/** A training that is disturbed: killed in an epoch, out of disk, out of numbers. Through the real executable. */
import { closeSync, cpSync, existsSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { writeDataset } from '../../../src/learn/dataset/dataset.js';
import { readCheckpoint } from '../../../src/learn/train/checkpoint.js';
import type { Checkpoint } from '../../../src/learn/train/checkpoint.js';
import { fashiond, startFashiond } from '../../support/cli.js';
import type { CliResult } from '../../support/cli.js';
import { fashiondHere } from '../../support/command-here.js';
import { smallDisk } from '../../support/small-disk.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { textures } from '../../support/textures.js';

const TIMEOUT_MS = 240_000;
const data = join(temporaryFolder(), 'data');
/** The model of an undisturbed training. */
const whole = join(temporaryFolder(), 'whole');
beforeAll(async () => {
  await writeDataset(data, textures(120, ['dress', 'skirt', 'bag']));
  const { code, stderr } = await train(whole);
  if (code !== 0) throw new Error(stderr);
}, TIMEOUT_MS);

const training = (out: string, ...more: string[]): string[] => [
  'train',
  'category',
  '--data',
  data,
  '--out',
  out,
  '--batch',
  '6',
  '--epochs',
  '2',
  ...more,
];
const train = (out: string, ...more: string[]): Promise<CliResult> => fashiond(...training(out, ...more));

/** Waits until the checkpoint is of a step within an epoch, by its first line. */
async function untilWithin(out: string, epoch: number): Promise<void> {
  const path = join(out, 'checkpoint.bin');
  const head = Buffer.alloc(64 * 1024);
  for (;;) {
    if (existsSync(path)) {
      const file = openSync(path, 'r');
      readSync(file, head);
      closeSync(file);
      const { history, part } = JSON.parse(head.toString('latin1').split('\n')[0]!) as Checkpoint;
      if (history.length === epoch - 1 && part !== null) return;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** All files of a folder by name. */
function contents(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'base64')]),
  );
}

describe('a training that is killed in the middle of an epoch', () => {
  const often = ['--checkpoint-minutes', '0.002'];

  it('ends with the weights of an undisturbed one when it goes on', { timeout: TIMEOUT_MS }, async () => {
    const killed = join(temporaryFolder(), 'killed');
    const child = startFashiond(...training(killed, ...often));
    await untilWithin(killed, 2);
    expect((await child.stop('SIGKILL')).code).toBeNull();
    expect(existsSync(join(killed, 'manifest.json'))).toBe(false);
    const left = (await readCheckpoint(join(killed, 'checkpoint.bin')))!;
    expect(left).toMatchObject({ part: { step: expect.any(Number) }, history: [{ epoch: 1 }] });

    const rest = await train(killed, '--resume', ...often);
    expect(rest).toMatchObject({ code: 0 });
    // Only the epoch that was left open is run again, and only what was left of it.
    expect(rest.stderr.match(/^epoch \d/gm)).toEqual(['epoch 2']);
    const [expected, found] = await Promise.all(
      [whole, killed].map(async (out) => (await readCheckpoint(join(out, 'checkpoint.bin')))!),
    );
    expect(found!.steps).toBe(expected!.steps);
    const apart = (['weights', 'statistics', 'bestWeights', 'bestStatistics'] as const).map((name) => {
      const [a, b] = [expected!.vectors[name], found!.vectors[name]];
      return a.reduce((most, value, at) => Math.max(most, Math.abs(value - b[at]!)), 0);
    });
    expect(Math.max(...apart)).toBeLessThan(1e-5);
    const figures = ({ history }: Checkpoint) =>
      history.map(({ epoch, trainLoss, validationLoss }) => [epoch, trainLoss, validationLoss].map(rounded));
    expect(figures(found!)).toEqual(figures(expected!));
  });
});

const rounded = (value: number): number => Math.round(value * 1e4) / 1e4;

describe('a training whose numbers leave all bounds', () => {
  it('says so, ends with code 1 and leaves an earlier model alone', { timeout: TIMEOUT_MS }, async () => {
    const out = join(temporaryFolder(), 'model');
    cpSync(whole, out, { recursive: true });
    const before = contents(out);
    const result = await train(out, '--lr', '1e38');
    expect(result.stderr).toMatch(/loss is no number any more in epoch 1, step \d+ \(learning rate \S+\)/);
    expect(result.stderr).toMatch(/lower learning rate \(--lr\)/);
    expect(result.stderr).not.toMatch(/\n\s+at /);
    expect(result).toMatchObject({ code: 1, stdout: '' });
    expect(contents(out)).toEqual(before);
  });

  it('after its first epoch leaves the best model so far', { timeout: TIMEOUT_MS }, async () => {
    const out = join(temporaryFolder(), 'model');
    // Weight decay times this rate is above 2: the weights grow from step to step.
    const result = await train(out, '--lr', '600', '--epochs', '9');
    expect(result.stderr).toMatch(/training diverged, .*epoch \d.*; the model is that of epoch (\d+)/);
    expect(result).toMatchObject({ code: 1, stdout: expect.stringMatching(/^diverged, /) });
    const { history, best, vectors } = (await readCheckpoint(join(out, 'checkpoint.bin')))!;
    expect(history.length).toBeLessThan(9);
    expect(best.loss).toBe(Math.min(...history.map(({ validationLoss }) => validationLoss)));
    expect(vectors.bestWeights.every(Number.isFinite)).toBe(true);
    const judged = await fashiondHere(
      'evaluate',
      '--model',
      out,
      '--data',
      data,
      '--json',
      '--split',
      'validation',
    );
    const { all } = JSON.parse(judged.stdout) as { all: { accuracy: { value: number } } };
    expect(all.accuracy.value).toBe(history[best.epoch - 1]!.validationAccuracy);
  });
});

describe('a training on a full disk', () => {
  // Room for one checkpoint and the model, not for a second checkpoint beside the first.
  const disk = smallDisk(34_000);

  it.skipIf(disk === null)(
    'names the file and what to do; checkpoint and model of before stay whole',
    { timeout: TIMEOUT_MS },
    async () => {
      const out = join(disk!, 'model');
      cpSync(whole, out, { recursive: true });
      const before = contents(out);
      const result = await train(out, '--seed', '2');
      expect(result.stderr).toContain(`cannot write ${join(out, 'checkpoint.bin')}: ENOSPC`);
      expect(result.stderr).toMatch(/free some space.*the checkpoint before is whole, and --resume/);
      expect(result).toMatchObject({ code: 1, stdout: '' });
      expect(contents(out)).toEqual(before);
    },
  );
});
