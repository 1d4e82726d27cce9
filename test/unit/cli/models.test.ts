import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CategoryId } from '../../../src/domain/ids.js';
import { loadModelFolder } from '../../../src/infer/model-folder.js';
import { writeDataset } from '../../../src/learn/dataset/dataset.js';
import { datasetOf } from '../../../src/learn/dataset/from-parts.js';
import { sha256Hex } from '../../../src/platform/fingerprint.js';
import { writeModel } from '../../support/model-writer.js';
import { writeOnnx } from '../../support/onnx-writer.js';
import { runCommand } from '../../support/run-command.js';
import {
  TINY_BITS,
  TINY_FEATURES,
  TINY_LABELS,
  TINY_NETWORK,
  TINY_SIZE,
} from '../../support/tiny-network.js';
import { workbench } from '../store/builders.js';

const bench = workbench();

/** `scale`: another one is another network that answers the same; `labels`: in another order it answers wrongly. */
const tiny = (folder: string, name: string, scale: number, labels: readonly string[] = TINY_LABELS) =>
  writeModel(folder, {
    name,
    network: writeOnnx({
      ...TINY_NETWORK,
      weights: TINY_NETWORK.weights.map((one) => (one.name === 'scale' ? { ...one, values: [scale] } : one)),
    }),
    size: TINY_SIZE,
    labels,
    latentBits: TINY_BITS,
    featureLength: TINY_FEATURES,
  });

/** Red sweaters, green beanies, blue shorts, as the tiny network has it. */
const colours = datasetOf(
  TINY_LABELS.flatMap((label, channel) =>
    Array.from({ length: 30 }, (_, at) => {
      const pixels = Uint8Array.from({ length: TINY_SIZE ** 2 * 3 }, (_, byte) =>
        byte % 3 === channel ? 255 : at,
      );
      const sha256 = sha256Hex(pixels);
      return {
        entry: { path: `${label}/${at}`, source: 'drawn', label, split: 'test' as const, sha256 },
        pixels,
      };
    }),
  ),
  { size: TINY_SIZE, fill: 255, preprocessing: 'none', sources: [{ name: 'drawn', licence: null }] },
);

/** A config, a database whose current model is `good`, and pictures to judge by. */
async function place() {
  const folder = bench.folder();
  const config = join(folder, 'fashiond.yaml');
  writeFileSync(config, 'model: { folder: kept }\n');
  await writeDataset(join(folder, 'pictures'), colours);
  const good = await tiny(join(folder, 'good'), 'good', 1 / 255);
  const store = bench.open(join(folder, 'fashiond.db'));
  store.models.register({ manifest: (await loadModelFolder(good)).manifest, path: good }, 'config');
  const run = async (...args: string[]) => runCommand('models', ...args, '--config', config);
  const promote = (...args: string[]) => run('promote', ...args, '--data', join(folder, 'pictures'));
  const candidate = async (name: string, scale: number, labels?: readonly string[]) => {
    const path = await tiny(join(folder, name), name, scale, labels);
    const { manifest } = await loadModelFolder(path);
    return { path, manifest };
  };
  return { folder, store, run, promote, candidate };
}

const WRONG = ['beanie', 'sweater', 'shorts'] as CategoryId[];

describe('fashiond models', { timeout: 120_000 }, () => {
  it('imports what was exported, judges it, promotes it and rolls back', async () => {
    const { folder, store, run, promote, candidate } = await place();
    const next = await candidate('next', 1 / 254);
    store.models.addCandidate(next, { kind: 'candidate', by: 'ann' });
    store.close();
    const file = join(folder, 'next.tar');
    expect((await run('export', 'candidate', file)).out).toMatch(/^next [0-9a-f]{12} written to /);
    expect((await run('import', file)).out).toMatch(/^next .* candidate/);
    const { out } = await run('list', '--json');
    const [current, imported] = (
      JSON.parse(out) as { models: { role: string; name: string; path: string }[] }
    ).models;
    expect([current, imported]).toMatchObject([
      { role: 'current', name: 'good' },
      { role: 'candidate', name: 'next' },
    ]);
    expect(imported?.path).toContain(join(folder, 'kept', 'next-'));
    expect((await run('judge', '--data', join(folder, 'pictures'), '--by', 'daemon')).out).toMatch(
      /passes the gate\n$/,
    );
    const promoted = await promote();
    expect(promoted).toMatchObject({ code: 0, err: '' });
    expect(promoted.out).toMatch(
      /kept {3}precision 1\.000 .*kept {3}coverage 1\.000 .*next \w+ is the current model now\n$/s,
    );
    const shown = await run('show', 'current');
    expect(shown.out).toMatch(
      /promoted by .*judged by .*judged by daemon.*imported by .*next\.tar.*candidate by ann/s,
    );
    expect((await run('rollback', '--note', 'complaints')).out).toMatch(/^good /);
    expect((await run('list')).out).toMatch(/current +good .*\nprevious +next .*passed/);
    expect(await run('show', 'nothing')).toMatchObject({
      code: 1,
      err: expect.stringContaining('there is no model'),
    });
  });

  it('refuses a worse model with both numbers, and records that it was forced', async () => {
    const { store, run, promote, candidate } = await place();
    store.models.addCandidate(await candidate('worse', 1 / 255, WRONG), { kind: 'candidate', by: 'ann' });
    store.close();
    const refused = await promote();
    expect(refused.code).toBe(1);
    expect(refused.out).toMatch(/FAILED precision 0\.333 .*30 of 90.*floor 0\.97/);
    expect(refused.out).toMatch(/FAILED worst class \S+: right 0\.000 .*0 of 30.* 1\.000 .*30 of 30/);
    expect(refused.err).toContain('--force');
    expect((await run('list')).out).toMatch(/current +good .*\ncandidate +worse .*failed/);
    const forced = await promote('--force', '--note', 'demo day', '--json');
    expect(JSON.parse(forced.out)).toMatchObject({ promoted: true, gate: { passed: false } });
    const { events } = JSON.parse((await run('show', 'current', '--json')).out) as { events: object[] };
    expect(events[0]).toMatchObject({ step: 'forced', note: 'demo day', gate: { passed: false } });
  });

  it('promotes and rolls back beside the process that has the database', async () => {
    const { store, run, promote, candidate } = await place();
    store.models.addCandidate(await candidate('next', 1 / 254), { kind: 'candidate', by: 'ann' });
    expect(await promote()).toMatchObject({ code: 0, err: expect.stringContaining('running daemon') });
    expect(store.models.current()).toMatchObject({ name: 'next', gate: { passed: true } });
    expect(await run('rollback')).toMatchObject({ code: 0, err: expect.stringContaining('running daemon') });
    expect(store.models.current()).toMatchObject({ name: 'good' });
  });

  it('leaves nothing of a file that is no model, or of one whose network is none', async () => {
    const { folder, store, run, candidate } = await place();
    const next = await candidate('next', 1 / 254);
    store.models.addCandidate(next, { kind: 'candidate', by: 'ann' });
    const file = join(folder, 'next.tar');
    await run('export', 'candidate', file);
    const bytes = readFileSync(file);
    bytes[bytes.length - 2000]! ^= 1;
    writeFileSync(file, bytes);
    expect(await run('import', file)).toMatchObject({
      code: 1,
      err: expect.stringContaining('no exported model'),
    });
    // Whole and with the right hashes, but of other shapes than its manifest says.
    const shapes = await writeModel(join(folder, 'shapes'), {
      name: 'shapes',
      network: writeOnnx(TINY_NETWORK),
      size: TINY_SIZE,
      labels: [...TINY_LABELS, 'coat'],
      latentBits: TINY_BITS,
      featureLength: TINY_FEATURES,
    });
    const { manifest } = await loadModelFolder(shapes);
    store.models.addCandidate({ manifest, path: shapes }, { kind: 'candidate', by: 'ann' });
    await run('export', 'candidate', file);
    const refused = await run('import', file);
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('probabilities') });
    expect(existsSync(join(folder, 'kept')) ? readdirSync(join(folder, 'kept')) : []).toEqual([]);
    expect(await run('import', join(folder, 'none.tar'))).toMatchObject({
      code: 1,
      err: expect.stringContaining('cannot read'),
    });
    expect(store.models.events(100).filter(({ step }) => step === 'imported')).toEqual([]);
  });
});
