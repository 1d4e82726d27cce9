/**
 * Thread that writes the log of the store back into its file, so that the thread that crawls never waits for the disk.
 *
 * A passive checkpoint disturbs nobody, but one that runs beside a busy writer never gets to the end of the log, and a
 * log that is not written back to its end goes on growing. So where it has become long, one that keeps the writer out
 * follows at once, when next to nothing is left to be written.
 */
import { parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';

/** `path`: of the database file. */
export interface CheckpointSettings {
  readonly path: string;
}

interface Progress {
  readonly log: number;
  readonly checkpointed: number;
}

const EVERY_MS = 500;
/** Pages of 16 KiB: 32 MB. */
const LONG_LOG = 2000;
/** A reader or writer that is in the way is not waited for: the next time comes soon. */
const PATIENCE_MS = 10;

const { path } = workerData as CheckpointSettings;
const db = new Database(path, { fileMustExist: true, timeout: PATIENCE_MS });
db.pragma('synchronous = NORMAL');
db.pragma('wal_autocheckpoint = 0');

const checkpoint = (mode: 'PASSIVE' | 'FULL'): Progress => {
  const [row] = db.pragma(`wal_checkpoint(${mode})`) as [Progress];
  return row;
};

const timer = setInterval(() => {
  const { log } = checkpoint('PASSIVE');
  if (log > LONG_LOG) checkpoint('FULL');
}, EVERY_MS);

parentPort?.once('message', () => {
  clearInterval(timer);
  db.close();
  parentPort?.close();
});
