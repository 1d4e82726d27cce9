/**
 * The search thread: an index of its own, filled from the store through its own connection, and asked by messages (see
 * search-thread.ts). A change or a question that comes while it is being filled waits for that.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import type { Piscina } from 'piscina';
import { FashiondError, messageOf } from './domain/errors.js';
import { createPool } from './platform/worker-pool.js';
import { StoredIndex } from './search/fill-index.js';
import type { FirstLook } from './search/first-look.js';
import type { SearchThreadData, ToSearch, FromSearch } from './search-messages.js';
import { openReadOnly } from './store/store.js';

/** Rows put into a partition between two messages: some milliseconds. */
const DIVIDED = 500;
const RETRY_MS = 600_000;

const { path, model, layout, basis, settings } = workerData as SearchThreadData;
const store = openReadOnly(path);
const stored = new StoredIndex(store, { model, lookVersion: layout.version }, { layout, basis }, (made) => {
  if (stored.shortSpace !== null) tell({ kind: 'made', space: stored.shortSpace, made });
});
const waiting: ToSearch[] = [];
let isReady = false;
let isEnded = false;
let isDividing = false;
let isToldSlow = false;
/** When dividing may be tried again after it failed, in `performance.now()`. */
let retryAt = 0;
/** The thread that trains centroids, while it does. */
let training: Piscina | null = null;

parentPort?.on('message', (message: ToSearch) => {
  if (message.kind === 'end') end();
  else if (isReady) handle(message);
  else waiting.push(message);
});
function tell(message: FromSearch): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  parentPort?.postMessage(message);
}

async function fill(): Promise<void> {
  try {
    // The turns are for a thread that is to end before it was filled.
    for (const _ of stored.fill()) {
      await nextTurn();
      if (isEnded) return;
    }
    isReady = true;
    tell({ kind: 'ready', items: stored.index.size });
    tellIfSlow();
    for (const message of waiting.splice(0)) handle(message);
    void divide();
  } catch (error) {
    tell({ kind: 'failed', ask: null, ...faultOf(error) });
  }
}

function handle(message: ToSearch): void {
  if (message.kind === 'end') return;
  try {
    if (message.kind === 'changed') {
      stored.take(message.changes);
      tellIfSlow();
      void divide();
      return;
    }
    const { ask, filter } = message;
    const vectors = message.kind === 'ofItem' ? stored.index.vectorsOf(message.id) : message.vectors;
    const found = vectors === null ? null : stored.index.similar(vectors, filter, settings);
    tell({ kind: 'answer', ask, found });
  } catch (error) {
    if (message.kind === 'changed') tell({ kind: 'missed', ...faultOf(error) });
    else tell({ kind: 'failed', ask: message.ask, ...faultOf(error) });
  }
}

function tellIfSlow(): void {
  if (isToldSlow || !stored.isSlow) return;
  isToldSlow = true;
  tell({ kind: 'slow', items: stored.index.size });
}

function faultOf(error: unknown): Pick<Extract<FromSearch, { kind: 'failed' }>, 'code' | 'message' | 'hint'> {
  if (error instanceof FashiondError) return { code: error.code, message: error.message, hint: error.hint };
  return { code: 'internal', message: messageOf(error), hint: null };
}

/** Divides the first look where it has grown large: its centroids are trained by a thread, its rows filed between messages. */
async function divide(): Promise<void> {
  const { look } = stored.index;
  if (isDividing || look === null || !look.wantsPartition) return;
  if (performance.now() < retryAt) return;
  isDividing = true;
  const pool = createPool({
    from: import.meta.url,
    worker: './search/k-means-worker.js',
    threads: 1,
    maxQueue: 1,
  });
  training = pool;
  try {
    look.beginPartition(await trained(pool, look));
    for (let more = true; more;) {
      await nextTurn();
      more = !isEnded && look.divide(DIVIDED);
    }
  } catch (error) {
    retryAt = performance.now() + RETRY_MS;
    if (!isEnded) tell({ kind: 'failed', ask: null, ...faultOf(error) });
  } finally {
    isDividing = false;
    training = null;
    // At the end it is destroyed at once, and not a second time.
    if (!isEnded) await pool.destroy();
  }
}

async function trained(pool: Piscina, look: FirstLook): Promise<Float32Array> {
  return (await pool.run(look.sample(), { name: 'train' })) as Float32Array;
}

function end(): void {
  isEnded = true;
  store.close();
  // Training takes a minute with a large index, and the thread would not be over before it.
  void training?.destroy();
  parentPort?.close();
}

await fill();
