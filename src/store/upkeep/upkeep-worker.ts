/** Thread that does one round of upkeep: SQLite's calls block, and the thread that crawls must not wait for them. */
import { openForWriting } from '../open-file.js';
import { backUp } from './backup.js';
import { removeOldBackups } from './backup-name.js';
import { clockDoubt } from './clock-doubt.js';
import { pruneWithOrphans } from './orphans.js';
import type { UpkeepJob, UpkeepReport } from './upkeep.js';

export async function keepUp({ path, backup, keep, blobs, now }: UpkeepJob): Promise<UpkeepReport> {
  const copy = backup === null ? null : await backUp(path, backup.target);
  // Only once the new one is there.
  const removed = backup === null ? [] : removeOldBackups(backup.folder, backup.count, now);
  if (keep === null) return { copy, removed, pruned: null, doubt: null };
  const db = openForWriting(path);
  try {
    const doubt = clockDoubt(db, now);
    const pruned = doubt === null ? pruneWithOrphans(db, keep, blobs, now, false) : null;
    return { copy, removed, pruned, doubt };
  } finally {
    db.raw.close();
  }
}
