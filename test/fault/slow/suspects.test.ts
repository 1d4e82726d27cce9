/** The process for suspects with real files, a real network and true faults. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ModelFingerprint } from '../../../src/domain/ids.js';
import type { Clock, Log, SuspectClassifier } from '../../../src/domain/ports.js';
import { fixedRule } from '../../../src/domain/rejection.js';
import { shippedLookalikePath } from '../../../src/config/assets.js';
import { readLookalikeModel } from '../../../src/lookalike-model.js';
import { loadModelFolder } from '../../../src/infer/model-folder.js';
import { createSuspectClassifier } from '../../../src/infer/suspect-classifier.js';
import type { SuspectOptions, SuspectSettings } from '../../../src/infer/suspect-classifier.js';
import { systemClock } from '../../../src/platform/clock.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { writeTinyModel } from '../../support/tiny-model.js';
import { TINY_LABELS } from '../../support/tiny-network.js';

const worker = fileURLToPath(new URL('../../support/deadly-suspect-worker.mjs', import.meta.url));
const silent: Log = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };
const impatient: Clock = { ...systemClock, sleep: async () => undefined };
/** Processes start one after the other, on a machine that may be busy. */
const TIMEOUT_MS = 120_000;
const never = new AbortController().signal;

let settings: SuspectSettings;
let folder: string;
let good: string;
let suspects: SuspectClassifier;
beforeAll(async () => {
  const modelFolder = await writeTinyModel();
  const { fingerprint } = (await loadModelFolder(modelFolder)).manifest;
  const runtime = { runtime: 'auto', device: 'auto' } as const;
  const { layout } = await readLookalikeModel(shippedLookalikePath);
  settings = {
    modelFolder,
    lookalikeFolder: shippedLookalikePath,
    fingerprint,
    lookVersion: layout.version,
    maxPixels: 1_000_000,
    rule: fixedRule(TINY_LABELS, 0.9),
    runtime,
  };
  folder = temporaryFolder();
  good = join(folder, 'good.png');
  await sharp({ create: { width: 30, height: 30, channels: 3, background: '#e6141e' } })
    .png()
    .toFile(good);
});
beforeEach(() => {
  process.env['FASHIOND_TEST_DIARY'] = join(temporaryFolder(), 'diary');
});
afterEach(() => suspects?.close());

function open(options: Partial<SuspectOptions> = {}): void {
  suspects = createSuspectClassifier({ worker, settings, log: silent, clock: impatient, ...options });
}

function deadly(deed: string): string {
  const path = join(folder, deed);
  writeFileSync(path, `${deed}: a picture that breaks its decoder`);
  return path;
}

const diary = (): string[] => readFileSync(process.env['FASHIOND_TEST_DIARY']!, 'utf8').trim().split('\n');
const children = (): number[] =>
  diary().flatMap((line) => (line.startsWith('child ') ? Number(line.slice(6)) || [] : []));

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function untilDead(pid: number): Promise<void> {
  for (let polls = 0; isAlive(pid) && polls < 500; polls += 1) await systemClock.sleep(10);
  expect(isAlive(pid)).toBe(false);
}

describe('a suspect', { timeout: TIMEOUT_MS }, () => {
  it('that is harmless gets what any picture gets, in one process for all, which close ends', async () => {
    open();
    const empty = join(folder, 'empty');
    writeFileSync(empty, '');
    const outcomes = await Promise.all([good, empty, good].map((path) => suspects.classify({ path }, never)));
    const red = {
      kind: 'classified',
      prediction: { category: 'sweater' },
      facts: { format: 'png', width: 30 },
    };
    expect(outcomes).toMatchObject([red, { kind: 'refused', reason: 'empty' }, red]);
    const [first] = outcomes;
    if (first?.kind !== 'classified') throw new Error('not classified');
    expect(first.vectors.features).toBeInstanceOf(Float32Array);
    expect(Math.hypot(...first.vectors.features)).toBeCloseTo(1, 5);
    expect(children()).toHaveLength(1);
    suspects.close();
    await untilDead(children()[0]!);
  });

  it('that ends its decoder is found out, whichever way it does, and the next one is classified', async () => {
    open();
    const outcomes = await Promise.all(
      ['segfault', 'abort', 'exit'].map((deed) => suspects.classify({ path: deadly(deed) }, never)),
    );
    expect(outcomes).toEqual(
      ['SIGSEGV', 'SIGABRT', 'exit code 7'].map((how) => ({
        kind: 'crashed',
        detail: `its decoder died: ${how}`,
      })),
    );
    expect(await suspects.classify({ path: good }, never)).toMatchObject({ kind: 'classified' });
    expect(children()).toHaveLength(4);
  });

  it('is not convicted by kill -9 of its process, but not tried for ever either', async () => {
    open({ maxKills: 2 });
    const outcome = await suspects.classify({ path: deadly('killed') }, never);
    expect(outcome).toEqual({ kind: 'failed', detail: 'its decoder was ended by SIGKILL 2 times in a row' });
    expect(diary().filter((line) => line === 'child killed')).toHaveLength(2);
  });

  it('that never ends is given up', async () => {
    open({ timeoutMs: 700 });
    const outcome = await suspects.classify({ path: deadly('hang') }, never);
    expect(outcome).toEqual({ kind: 'failed', detail: 'its decoder gave no answer in 0.7 s' });
    await untilDead(children()[0]!);
  });

  it('is let go at once when the daemon stops, and nothing is said of it', async () => {
    open();
    const stop = new AbortController();
    const outcome = suspects.classify({ path: deadly('hang') }, stop.signal);
    while (!existsInDiary('child hang')) await systemClock.sleep(10);
    stop.abort();
    expect(await outcome).toBeNull();
    await untilDead(children()[0]!);
    expect(await suspects.classify({ path: good }, stop.signal)).toBeNull();
  });
});

describe('the process for suspects', { timeout: TIMEOUT_MS }, () => {
  it('is not used with another model than the daemon has', async () => {
    open({ settings: { ...settings, fingerprint: 'f'.repeat(64) as ModelFingerprint } });
    await expect(suspects.classify({ path: good }, never)).rejects.toMatchObject({
      code: 'internal',
      message: expect.stringContaining('holds another model than at the start'),
    });
  });

  it('outlives the SIGTERM that is meant for the daemon, and ends when the daemon is killed', async () => {
    const script = `
      import { createSuspectClassifier } from ${JSON.stringify(new URL('../../../dist/infer/suspect-classifier.js', import.meta.url).href)};
      const log = { warn() {} };
      const suspects = createSuspectClassifier({ worker: ${JSON.stringify(worker)}, settings: ${JSON.stringify(settings)}, log });
      await suspects.classify({ path: ${JSON.stringify(good)} }, new AbortController().signal);
      console.log('asked');
      setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(parent.stdout, 'data');
    const [pid] = children();
    process.kill(pid!, 'SIGTERM');
    process.kill(pid!, 'SIGINT');
    await systemClock.sleep(100);
    expect(isAlive(pid!)).toBe(true);
    parent.kill('SIGKILL');
    await untilDead(pid!);
  });
});

function existsInDiary(line: string): boolean {
  try {
    return diary().includes(line);
  } catch {
    return false;
  }
}
