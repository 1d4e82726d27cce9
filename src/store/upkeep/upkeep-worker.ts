/** Thread that does one round of upkeep: SQLite's calls block, and the thread that crawls must not wait for them. */
import { parentPort, workerData } from 'node:worker_threads';
import { openForWriting } from '../open-file.js';
import { backUp } from './backup.js';
import { removeOldBackups } from './backup-name.js';
import { prune } from './retention.js';
import type { UpkeepJob, UpkeepReport } from './upkeep.js';

const { path, backup, keep, now } = workerData as UpkeepJob;

const copy = backup === null ? null : await backUp(path, backup.target);
// Only once the new one is there.
const removed = backup === null || copy === null ? [] : removeOldBackups(backup.folder, backup.count);
const db = openForWriting(path);
try {
  const report: UpkeepReport = { copy, removed, pruned: prune(db, keep, now, false) };
  parentPort?.postMessage(report);
} finally {
  db.raw.close();
}
