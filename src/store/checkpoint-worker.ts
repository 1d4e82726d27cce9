/**
 * Thread that writes the log of the store back into its file, so that the thread that crawls never waits for the disk.
 *
 * A passive checkpoint disturbs nobody, but one that runs beside a busy writer never gets to the end of the log, and a
 * log that is not written back to its end goes on growing. So where it has become long, one that keeps the writer out
 * follows at once, when next to nothing is left to be written.
 *
 * A checkpoint that fails, as on a full disk, is tried again at the next tick; the thread posts why, once until one
 * succeeds. A reader that holds on to an old state has the log grow for as long, while the writer goes on; the thread posts
 * how long the log is, once until it is shorter.
 */
import { parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { messageOf } from '../domain/errors.js';

export interface CheckpointSettings {
  /** Of the database file. */
  readonly path: string;
  /** Bytes of the log that are told. */
  readonly longLog: number;
}

export type CheckpointTrouble = { readonly problem: string } | { readonly logBytes: number };

interface Progress {
  readonly log: number;
  readonly checkpointed: number;
}

const EVERY_MS = 500;
/** Pages of 16 KiB: 32 MB. */
const LONG_LOG = 2000;
/** A reader or writer that is in the way is not waited for: the next time comes soon. */
const PATIENCE_MS = 10;

const { path, longLog } = workerData as CheckpointSettings;

function open(): Database.Database {
  try {
    const file = new Database(path, { fileMustExist: true, timeout: PATIENCE_MS });
    file.pragma('synchronous = NORMAL');
    file.pragma('wal_autocheckpoint = 0');
    return file;
  } catch (error) {
    // An SqliteError loses its message on the way to another thread.
    throw new Error(messageOf(error), { cause: error });
  }
}

const db = open();

const checkpoint = (mode: 'PASSIVE' | 'FULL'): Progress => {
  const [row] = db.pragma(`wal_checkpoint(${mode})`) as [Progress];
  return row;
};

function tell(trouble: CheckpointTrouble): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  parentPort?.postMessage(trouble);
}

const pageBytes = db.pragma('page_size', { simple: true }) as number;
let [isTold, isLongTold] = [false, false];
const timer = setInterval(() => {
  try {
    const { log } = checkpoint('PASSIVE');
    if (log > LONG_LOG) checkpoint('FULL');
    const logBytes = log * pageBytes;
    const isLong = logBytes > longLog;
    if (isLong && !isLongTold) tell({ logBytes });
    [isTold, isLongTold] = [false, isLong];
  } catch (error) {
    if (!isTold) tell({ problem: messageOf(error) });
    isTold = true;
  }
}, EVERY_MS);

parentPort?.once('message', () => {
  clearInterval(timer);
  db.close();
  parentPort?.close();
});
