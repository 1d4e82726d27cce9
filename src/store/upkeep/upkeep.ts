/** One round of upkeep of a database that the daemon has open, on a thread of its own. */
import { createPool } from '../../platform/worker-pool.js';
import type { PrunedWithOrphans } from './orphans.js';
import type { Retention } from './retention.js';
import type { Copy } from './verified-copy.js';

export interface UpkeepJob {
  readonly path: string;
  /** The backup to make, in a folder where `count` daily ones are kept; null makes none. */
  readonly backup: { readonly target: string; readonly folder: string; readonly count: number } | null;
  /** Null deletes no rows. */
  readonly keep: Retention | null;
  /** Folder of the pictures. */
  readonly blobs: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export interface UpkeepReport {
  readonly copy: Copy | null;
  /** Paths of the backups that went. */
  readonly removed: readonly string[];
  /** Null where nothing was to go, or the clock is in doubt. */
  readonly pruned: PrunedWithOrphans | null;
  /** Why the clock is not believed. */
  readonly doubt: string | null;
}

/**
 * Null when the signal aborts first. A backup that was begun is then none; of the rows that were to go, the batches that
 * were committed are gone, and the files of their pictures stay for the next round.
 */
export async function runUpkeep(job: UpkeepJob, signal: AbortSignal): Promise<UpkeepReport | null> {
  const pool = createPool({ from: import.meta.url, worker: './upkeep-worker.js', threads: 1, maxQueue: 1 });
  try {
    return (await pool.run(job, { name: 'keepUp', signal })) as UpkeepReport;
  } catch (error) {
    if (signal.aborted) return null;
    throw error;
  } finally {
    await pool.destroy();
  }
}
