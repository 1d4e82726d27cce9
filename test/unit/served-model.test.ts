import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { configSchema } from '../../src/config/schema.js';
import { FashiondError } from '../../src/domain/errors.js';
import type { ModelFingerprint } from '../../src/domain/ids.js';
import { loadModelFolder } from '../../src/infer/model-folder.js';
import { chooseServed, openServedModel, servedFolder } from '../../src/served-model.js';
import { writeModel } from '../support/model-writer.js';
import { writeOnnx } from '../support/onnx-writer.js';
import { TINY_BITS, TINY_FEATURES, TINY_NETWORK, TINY_SIZE } from '../support/tiny-network.js';
import { silent, workbench } from './store/builders.js';

const bench = workbench();
const A = 'a' as ModelFingerprint;
const B = 'b' as ModelFingerprint;
const C = 'c' as ModelFingerprint;

describe('which model is served', () => {
  const named = (fingerprint: ModelFingerprint | null, path: string | null = null) => ({ fingerprint, path });
  it.each([
    ['the first one', named(A), null, null, 'config'],
    ['the same as ever', named(A), { fingerprint: A, path: null }, { fingerprint: A }, 'config'],
    [
      'a promoted one, after a restart',
      named(A),
      { fingerprint: A, path: null },
      { fingerprint: B },
      'current',
    ],
    [
      'what the config names anew',
      named(C, '/c'),
      { fingerprint: A, path: null },
      { fingerprint: B },
      'config',
    ],
    [
      'what was put into its folder',
      named(C, '/a'),
      { fingerprint: A, path: '/a' },
      { fingerprint: B },
      'config',
    ],
    ['that of a new release', named(C), { fingerprint: A, path: null }, { fingerprint: A }, 'config'],
    [
      'a promoted one, whatever a release brings',
      named(C),
      { fingerprint: A, path: null },
      { fingerprint: B },
      'release',
    ],
    [
      'a promoted one, without the folder of the config',
      named(null, '/a'),
      { fingerprint: A, path: '/a' },
      { fingerprint: B },
      'current',
    ],
    [
      'a new folder that is no model, which is an error',
      named(null, '/c'),
      { fingerprint: A, path: '/a' },
      { fingerprint: B },
      'config',
    ],
    ['what the config named before there was a registry', named(A), null, { fingerprint: B }, 'config'],
  ] as const)('%s', (_, now, told, current, expected) => {
    expect(chooseServed(now, told, current)).toBe(expected);
  });
});

/** The same network with another name for its first class is another model. */
const tiny = (folder: string, first: string) =>
  writeModel(folder, {
    name: 'tiny',
    network: writeOnnx(TINY_NETWORK),
    size: TINY_SIZE,
    labels: [first, 'beanie', 'shorts'],
    latentBits: TINY_BITS,
    featureLength: TINY_FEATURES,
  });

/** Two model folders that differ, and the config that names the first. */
async function twoModels() {
  const folder = bench.folder();
  const [first, second] = [join(folder, 'first'), join(folder, 'second')];
  await tiny(first, 'sweater');
  await tiny(second, 'skirt');
  const config = configSchema.parse({ model: { path: first }, store: { path: join(folder, 'x.db') } });
  const { models } = bench.open(config.store.path);
  await openServedModel(config, models, silent);
  const { manifest } = await loadModelFolder(second);
  models.addCandidate({ manifest, path: second }, { kind: 'candidate', by: 'ann' });
  models.promote(manifest.fingerprint, { by: 'ann', force: true });
  return { first, second, config, models };
}

describe('a promoted model', () => {
  it('is served again after a restart, and read by commands', async () => {
    const { second, config, models } = await twoModels();
    expect((await openServedModel(config, models, silent)).folder).toBe(second);
    expect(await servedFolder(config, models)).toBe(second);
    const renamed = join(bench.folder(), 'other');
    cpSync(second, renamed, { recursive: true });
    await openServedModel({ ...config, model: { ...config.model, path: renamed } }, models, silent);
    expect(models.current()?.path).toBe(renamed);
  });

  it('leaves its place to the previous one when its folder is damaged, and says so', async () => {
    const { first, second, config, models } = await twoModels();
    writeFileSync(join(second, 'model.onnx'), 'broken');
    const logged: unknown[] = [];
    const log = { ...silent, error: (...line: unknown[]) => void logged.push(line) };
    expect((await openServedModel(config, models, log)).folder).toBe(first);
    expect(logged).toEqual([
      ['model.fell_back', expect.objectContaining({ reason: expect.stringContaining('model.onnx') })],
    ]);
    expect(models.events(1)).toMatchObject([{ step: 'fell-back', by: 'daemon' }]);
    expect(models.current()?.path).toBe(first);
    expect(models.list().map(({ role }) => role)).toEqual(['current', null]);
  });

  it('is an error that names both when the previous one is gone as well', async () => {
    const { first, second, config, models } = await twoModels();
    rmSync(first, { recursive: true });
    rmSync(second, { recursive: true });
    const failure = await openServedModel(config, models, silent).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(FashiondError);
    expect((failure as FashiondError).message).toContain(first);
    expect((failure as FashiondError).message).toContain(second);
    expect(models.current()?.path).toBe(second);
  });
});
