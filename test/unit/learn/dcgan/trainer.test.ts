import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DCGAN_DEFAULTS } from '../../../../src/learn/dcgan/options.js';
import type { DcganOptions } from '../../../../src/learn/dcgan/options.js';
import { trainDcgan } from '../../../../src/learn/dcgan/trainer.js';
import type { DcganResult, DcganSetting } from '../../../../src/learn/dcgan/trainer.js';
import { systemClock } from '../../../../src/platform/clock.js';
import { patchDataset } from './small-pictures.js';

const data = patchDataset(32, 0);
const options: DcganOptions = {
  ...DCGAN_DEFAULTS,
  width: 2,
  batch: 8,
  learningRate: 0.002,
  epochs: 2,
  encoderEpochs: 4,
};

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fashiond-dcgan-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const train = async (
  given: Partial<DcganOptions> = {},
  setting: Partial<DcganSetting> = {},
): Promise<DcganResult> =>
  trainDcgan(
    data,
    { ...options, ...given },
    {
      checkpointPath: join(folder, 'checkpoint.bin'),
      resume: false,
      signal: new AbortController().signal,
      clock: systemClock,
      ...setting,
    },
  );

describe('a short training', () => {
  it('goes the right way: pictures are told apart, and the encoder errs less', async () => {
    const { history } = await train();
    const [first] = history;
    const judged = history.findLast(({ phase }) => phase === 'adversarial')!.figures;
    expect(judged['discriminator']).toBeLessThan(first!.figures['discriminator']!);
    expect(judged['real']).toBeGreaterThan(judged['drawn']!);
    const encoded = history.filter(({ phase }) => phase === 'encoder').map(({ figures }) => figures);
    expect(encoded.at(-1)!['pictures']).toBeLessThan(encoded[0]!['pictures']!);
    expect(encoded.at(-1)!['codes']).toBeLessThan(encoded[0]!['codes']!);
  });

  const short = { batch: 16, epochs: 2, encoderEpochs: 2 };
  let undisturbed: Promise<DcganResult> | null = null;
  it.each([
    ['generator against discriminator', 'adversarial'],
    ['the encoder', 'encoder'],
  ] as const)('killed while it trains %s, and taken up again, ends where it would have', async (_, phase) => {
    undisturbed ??= train(short, { checkpointPath: null });
    const whole = await undisturbed;
    const killed = new Error('killed');
    await expect(
      train(short, {
        checkpointEveryMs: 0,
        onStep: (at) => {
          if (at.phase === phase && at.epoch === 2 && at.step === 1) throw killed;
        },
      }),
    ).rejects.toBe(killed);
    const resumed = await train(short, { resume: true });
    for (const part of ['generator', 'encoder'] as const) {
      for (const [name, expected] of whole[part]) {
        const found = resumed[part].get(name)!;
        const apart = Math.max(...expected.map((value, at) => Math.abs(value - found[at]!)));
        expect({ name, isSame: apart < 1e-5 }).toEqual({ name, isSame: true });
      }
    }
    expect(resumed.history.map((one) => one.figures)).toEqual(whole.history.map((one) => one.figures));
  });

  it('keeps a checkpoint when it is interrupted, and refuses it for another width', async () => {
    const stop = new AbortController();
    const stopped = train({}, { signal: stop.signal, onStep: ({ step }) => step === 2 && stop.abort() });
    await expect(stopped).rejects.toMatchObject({ code: 'cancelled', hint: 'go on with --resume' });
    await expect(train({ width: 3 }, { resume: true })).rejects.toMatchObject({ code: 'incompatible' });
  });

  it('ends both phases when the time is up', async () => {
    let now = 0;
    const clock = { ...systemClock, monotonic: () => (now += 100) };
    const { history } = await train({ minutes: 0.02, epochs: 1000, encoderEpochs: 1000 }, { clock });
    const spent = history.reduce((sum, { elapsedMs }) => sum + elapsedMs, 0);
    expect(new Set(history.map(({ phase }) => phase))).toEqual(new Set(['adversarial', 'encoder']));
    expect(spent).toBeLessThan(0.02 * 60_000 + 1500);
  });
});

describe('a training refuses', () => {
  it('to go on with a loss that is no number, and says where', async () => {
    await expect(train({ learningRate: 1e30 })).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringMatching(/the loss \(.*\) is no number any more in adversarial epoch 1, step \d/),
      hint: expect.stringContaining('--lr'),
    });
  });

  it('pictures of another size, and too few', async () => {
    const other = { ...data, index: { ...data.index, size: 96 } };
    const setting = {
      checkpointPath: null,
      resume: false,
      signal: new AbortController().signal,
      clock: systemClock,
    };
    await expect(trainDcgan(other, options, setting)).rejects.toMatchObject({
      code: 'incompatible',
      hint: 'import them with --size 64',
    });
    await expect(train({ batch: 64 })).rejects.toMatchObject({ code: 'usage' });
  });
});
