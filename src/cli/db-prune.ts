/** `db prune`: deletes what `store.keep` says is not to be kept any longer, as the daemon does once a day. */
import type { Sha256 } from '../domain/ids.js';
import { createBlobStore } from '../images/blob-store.js';
import { systemClock } from '../platform/clock.js';
import { openForReading, openForWriting } from '../store/open-file.js';
import { MIGRATIONS, takeLock } from '../store/store.js';
import { requireCurrent } from '../store/migrate.js';
import { pruneWithOrphans } from '../store/upkeep/orphans.js';
import type { PrunedWithOrphans } from '../store/upkeep/orphans.js';
import type { Config } from '../config/schema.js';
import { formatBytes } from './bytes.js';
import type { CliContext } from './context.js';

export interface PruneFlags {
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** Deletes, or says what it would delete. Throws FashiondError `busy` beside a daemon, unless it is a dry run. */
export async function pruneDatabase(config: Config, flags: PruneFlags, context: CliContext): Promise<void> {
  const dry = flags.dryRun === true;
  const pruned = dry ? look(config) : await deleteOld(config);
  const { rows, files, fileBytes, orphansDoubted: doubted } = pruned;
  if (doubted !== null) {
    context.note(
      `${doubted.orphans} files in ${config.store.blobs} stay: the database names only ${doubted.named} of those there, ` +
        'so they may be of another database',
    );
  }
  if (flags.json === true) {
    context.print(JSON.stringify({ dryRun: dry, rows, files: files.length, fileBytes }));
    return;
  }
  const went = dry ? 'would go' : 'went';
  for (const [name, count] of Object.entries(rows)) {
    const kept = config.store.keep[name as keyof PrunedWithOrphans['rows']];
    context.print(`${name.padEnd(9)} ${kept === null ? 'kept for ever' : `${count} ${went}`}`);
  }
  context.print(`${formatBytes(fileBytes)} in ${files.length} picture files ${went}`);
}

function look({ store }: Config): PrunedWithOrphans {
  const db = openForReading(store.path);
  try {
    requireCurrent(db, MIGRATIONS);
    return pruneWithOrphans(db, store.keep, store.blobs, systemClock.now(), true);
  } finally {
    db.raw.close();
  }
}

async function deleteOld({ store }: Config): Promise<PrunedWithOrphans> {
  const lock = takeLock(store.path);
  try {
    // Only a file that exists: to make one is the daemon's business.
    openForReading(store.path).raw.close();
    const db = openForWriting(store.path);
    let pruned: PrunedWithOrphans;
    try {
      requireCurrent(db, MIGRATIONS);
      pruned = pruneWithOrphans(db, store.keep, store.blobs, systemClock.now(), false);
    } finally {
      db.raw.close();
    }
    const blobs = createBlobStore(store.blobs);
    for (const sha256 of pruned.files) await blobs.remove(sha256 as Sha256, systemClock.now());
    return pruned;
  } finally {
    lock.release();
  }
}
