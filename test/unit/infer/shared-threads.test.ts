/** Models that come and go in threads that stay. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it } from 'vitest';
import { fixedRule } from '../../../src/domain/rejection.js';
import { loadModelFolder } from '../../../src/infer/model-folder.js';
import { openClassifierOn } from '../../../src/infer/picture-classifier.js';
import { InferencePool } from '../../../src/infer/pool.js';
import { ThreadSessions } from '../../../src/infer/thread-sessions.js';
import { writeOnnx } from '../../support/onnx-writer.js';
import { writeTinyModel } from '../../support/tiny-model.js';
import { TINY_LABELS, TINY_NETWORK, TINY_SIZE } from '../../support/tiny-network.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { silent } from '../store/builders.js';

const GREY = Uint8Array.from([120, 125, 121]);
const KILLS_DECODER = Uint8Array.from([66, 0, 0]);

const pools: InferencePool[] = [];
afterEach(async () => {
  for (const pool of pools.splice(0)) await pool.close();
});

function startPool() {
  const diary = join(temporaryFolder(), 'diary');
  process.env['FASHIOND_TEST_DIARY'] = diary;
  const pool = new InferencePool({
    worker: fileURLToPath(new URL('marked-worker.mjs', import.meta.url)),
    threads: 2,
    maxPixels: 1_000_000,
    lookLayout: { version: 'test', colour: [0, 1], shape: [1, 2], pattern: [2, 3] },
    log: silent,
  });
  pools.push(pool);
  const starts = () => readFileSync(`${diary}.started`, 'utf8').trim().split('\n').length;
  return { pool, starts };
}

/** The tiny model, made to prefer one label of a picture that says nothing. */
async function loaded(label: number) {
  const bias = TINY_LABELS.map((_, at) => (at === label ? 9 : 0));
  const weights = TINY_NETWORK.weights.map((one) =>
    one.name === 'output.b' ? { ...one, values: bias } : one,
  );
  return loadModelFolder(await writeTinyModel({ network: writeOnnx({ ...TINY_NETWORK, weights }) }));
}

async function open(pool: InferencePool, label: number) {
  const rule = fixedRule(TINY_LABELS, 0.5);
  const options = { model: await loaded(label), rule, batch: 4, batchWaitMs: 2, log: silent };
  const classifier = await openClassifierOn(pool, options);
  const best = async (): Promise<string> => {
    const outcome = await classifier.predict({ bytes: GREY });
    return outcome.kind === 'classified' ? outcome.prediction.best : JSON.stringify(outcome);
  };
  return { classifier, best };
}

it('serves several models at once, each with its own network, and one after the other without a new thread', async () => {
  const { pool, starts } = startPool();
  let before = await open(pool, 0);
  for (const label of [1, 2, 0]) {
    const next = await open(pool, label);
    const asked = Array.from({ length: 40 }, (_, at) => (at % 2 === 0 ? before : next).best());
    const answers = await Promise.all(asked);
    expect(new Set(answers.filter((_, at) => at % 2 === 1))).toEqual(new Set([TINY_LABELS[label]]));
    expect(new Set(answers.filter((_, at) => at % 2 === 0))).toEqual(new Set([TINY_LABELS[(label + 2) % 3]]));
    await before.classifier.close();
    await expect(before.best()).rejects.toMatchObject({ code: 'cancelled' });
    expect(await next.best()).toBe(TINY_LABELS[label]);
    before = next;
  }
  expect(starts()).toBe(2);
});

it('serves every open model in a thread that takes the place of a dead one', async () => {
  const { pool, starts } = startPool();
  const models = [await open(pool, 0), await open(pool, 1)];
  const killed = models.map(({ classifier }) => classifier.predict({ bytes: KILLS_DECODER }));
  for (const outcome of await Promise.all(killed)) expect(outcome.kind).toBe('failed');
  const answers = await Promise.all(Array.from({ length: 20 }, (_, at) => models[at % 2]!.best()));
  for (const [at, answer] of answers.entries()) expect(answer).toBe(TINY_LABELS[at % 2]);
  expect(starts()).toBe(2 + 4);
});

it('goes on with the others where a model cannot be loaded', async () => {
  const { pool } = startPool();
  const { best } = await open(pool, 1);
  const broken = await loadModelFolder(await writeTinyModel({ manifest: { latentBits: 64 } }));
  const rule = fixedRule(TINY_LABELS, 0.5);
  const opening = openClassifierOn(pool, { model: broken, rule, batch: 4, batchWaitMs: 2, log: silent });
  await expect(opening).rejects.toMatchObject({ code: 'incompatible' });
  expect(await best()).toBe(TINY_LABELS[1]);
});

it('keeps the session of a model in a thread until the model is closed, and closes it then', async () => {
  const sessions = new ThreadSessions();
  const model = await loaded(0);
  const runtime = { runtime: 'onnx', device: 'cpu', reason: 'test' } as const;
  const [first, second] = [1, 2].map((id) => {
    const isOpen = new Int32Array(new SharedArrayBuffer(4)).fill(1);
    return { ...model, runtime, id, isOpen };
  });
  const session = await sessions.of(first!);
  const other = await sessions.of(second!);
  await sessions.sweep();
  // As it comes with another task: another object of the same opening.
  expect(await sessions.of({ ...first! })).toBe(session);
  Atomics.store(first!.isOpen, 0, 0);
  await sessions.sweep();
  const pixels = new Uint8Array(TINY_SIZE ** 2 * 3);
  await expect(session.run(pixels, 1)).rejects.toThrow('disposed');
  expect((await other.run(pixels, 1)).probabilities).toHaveLength(TINY_LABELS.length);
});
