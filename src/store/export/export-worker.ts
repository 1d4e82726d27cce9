/** Thread that exports beside the one that crawls: it makes a chunk whenever it is asked for one, and no more. */
import { parentPort, workerData } from 'node:worker_threads';
import { openForReading } from '../open-file.js';
import { exportOf } from './export.js';
import type { ExportJob } from './export.js';

export interface ExportThreadJob extends ExportJob {
  /** Of the database. */
  readonly path: string;
}

/** `next` asks for a chunk, `end` ends the thread. */
export type ExportRequest = 'next' | 'end';

/** Null is the end. */
export type ExportReply = Uint8Array | null;

const { path, ...job } = workerData as ExportThreadJob;
const db = openForReading(path);
const { chunks: made } = await exportOf(db, job);
const chunks = made[Symbol.iterator]();

parentPort?.on('message', (request: ExportRequest) => {
  if (request === 'end') {
    db.raw.close();
    parentPort?.close();
    return;
  }
  const next = chunks.next();
  // The thread stays after its last chunk until it is told to end: its exit could overtake what it has just posted.
  const reply: ExportReply = next.done === true ? null : next.value;
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  parentPort?.postMessage(reply);
});
