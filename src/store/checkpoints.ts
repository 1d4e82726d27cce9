/**
 * Checkpoints by a thread of their own. SQLite makes them within the commit that fills its log, which then takes tens of
 * milliseconds: 16 MB are written and synced meanwhile, and the event loop stands still.
 */
import { Worker } from 'node:worker_threads';
import type { Log } from '../domain/ports.js';
import { IMPORT_ONLY, workerPath } from '../platform/worker-path.js';
import type { CheckpointSettings, CheckpointTrouble } from './checkpoint-worker.js';
import type { Connection } from './connection.js';

/** Pages after which SQLite makes a checkpoint itself: its default, and while the thread is there far more than it leaves. */
const OWN_ALONE = 1000;
const OWN_BESIDE = 16_000;
const HEAP_MIB = 16;
/** Four times what is left of it at most while no reader is in the way. */
const LONG_LOG_BYTES = 256 * 1024 * 1024;

export interface Checkpoints {
  /** Ends the thread. Closing the store writes the rest. */
  close(): Promise<void>;
}

/**
 * Starts the thread. The log says when checkpoints fail, as on a full disk, and the thread goes on trying; and when a reader
 * keeps SQLite's own log from being written back until it has more than `longLog` bytes. Should the thread end, the log says
 * so, and checkpoints are made as without it.
 */
export function startCheckpoints(db: Connection, log: Log, longLog = LONG_LOG_BYTES): Checkpoints {
  const settings: CheckpointSettings = { path: db.path, longLog };
  const worker = new Worker(workerPath(import.meta.url, './checkpoint-worker.js'), {
    workerData: settings,
    execArgv: [...IMPORT_ONLY],
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB },
  });
  const ownAfter = (pages: number): void => {
    if (db.raw.open) db.raw.pragma(`wal_autocheckpoint = ${pages}`);
  };
  ownAfter(OWN_BESIDE);
  worker.on('message', (trouble: CheckpointTrouble) => {
    if ('problem' in trouble) log.warn('store.checkpoints_wait', { path: db.path, error: trouble.problem });
    else log.warn('store.log_long', { path: db.path, bytes: trouble.logBytes });
  });
  worker.on('error', (error) => {
    log.warn('store.checkpoints_failed', { path: db.path, error: error.message });
  });
  const ended = new Promise<void>((resolve) => {
    worker.once('exit', () => {
      ownAfter(OWN_ALONE);
      resolve();
    });
  });
  worker.unref();
  return {
    close: async () => {
      worker.ref();
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
      worker.postMessage('end');
      await ended;
    },
  };
}
