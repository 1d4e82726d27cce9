import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readDcganFolder } from '../../../../src/learn/dcgan/folder.js';
import { judgeDcgan } from '../../../../src/learn/dcgan/judge.js';
import { makeDcgan } from '../../../../src/learn/dcgan/make-dcgan.js';
import { DCGAN_DEFAULTS } from '../../../../src/learn/dcgan/options.js';
import { servedEncoder, servedGenerator } from '../../../../src/learn/dcgan/step-graphs.js';
import { trainDcgan } from '../../../../src/learn/dcgan/trainer.js';
import { systemClock } from '../../../../src/platform/clock.js';
import { patchDataset } from './small-pictures.js';

const data = patchDataset(24, 12);
const options = { ...DCGAN_DEFAULTS, width: 2, batch: 8, epochs: 1, encoderEpochs: 1 };
const setting = { resume: false, signal: new AbortController().signal, clock: systemClock };

let out = '';
beforeAll(async () => {
  out = await mkdtemp(join(tmpdir(), 'fashiond-dcgan-'));
});
afterAll(async () => {
  await rm(out, { recursive: true });
});

describe('a model folder', () => {
  it('holds what was trained, says on what and for how long, and is refused once it is changed', async () => {
    const { diversity } = await makeDcgan(data, options, { ...setting, out, name: 'tiny' });
    const { manifest, encoder } = await readDcganFolder(out);
    expect(manifest).toMatchObject({ kind: 'dcgan', name: 'tiny', codeLength: 100, width: 2 });
    expect(diversity.pictures).toBe(12);
    const card = await readFile(join(out, 'card.md'), 'utf8');
    expect(card).toContain('3 steps in 1 passes');
    expect(card).toContain('| patches | CC0 | 24 | 12 | 0 |');
    const report = await readFile(join(out, 'report.html'), 'utf8');
    for (const part of ['Samples', 'Whether it collapsed', 'Pictures drawn again', 'D(G(z))']) {
      expect(report).toContain(part);
    }
    await writeFile(join(out, 'encoder.onnx'), encoder.slice(0, -1));
    await expect(readDcganFolder(out)).rejects.toMatchObject({ code: 'corrupt' });
  });

  it('that is not there is an error which says what to type', async () => {
    await expect(readDcganFolder(join(out, 'nowhere'))).rejects.toMatchObject({
      code: 'not-found',
      hint: expect.stringContaining('fashiond train dcgan'),
    });
  });
});

describe('judgeDcgan', () => {
  it('catches a generator that draws the same whatever the code', async () => {
    const { generator, encoder } = await trainDcgan(data, options, { ...setting, checkpointPath: null });
    const deaf = new Map(generator);
    deaf.set('generator.start.weight', new Float32Array(generator.get('generator.start.weight')!.length));
    const networks = { generator: servedGenerator(2, deaf), encoder: servedEncoder(2, encoder) };
    const { diversity, codesFound } = await judgeDcgan(networks, data, { seed: 1, threads: 1 });
    expect(diversity.verdict.kind).toBe('collapsed');
    expect(diversity.samples.pairDistance).toBe(0);
    expect(diversity.samples.similarity).toBeCloseTo(1, 6);
    expect(codesFound).toBeLessThan(0.05);
  });
});
