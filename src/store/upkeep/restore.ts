/**
 * Puts a backup in the place of the database. The replaced file is kept under a name of its own, and what
 * stands in the place is always a database: the new one is copied and checked beside it, then renamed over it. Where the
 * log of the replaced one cannot be written back, it stands there without that log from when the log is put beside the
 * kept name until the rename: a process that dies in between leaves all of it under the kept name.
 */
import { constants, copyFileSync, existsSync, linkSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import type { Clock } from '../../domain/ports.js';
import { leaveToOwner } from '../../platform/ownership.js';
import { schemaOf } from '../migrate.js';
import { openForReading } from '../open-file.js';
import { MIGRATIONS, takeLock } from '../store.js';
import { backUp } from './backup.js';
import { removeDatabase, syncPath } from './verified-copy.js';

export interface Restored {
  /** What stood there before, or null where nothing did. */
  readonly replaced: string | null;
  readonly schema: number;
}

/**
 * Throws FashiondError: `busy` while a daemon has the database, `corrupt` or `incompatible` for a backup that is damaged
 * or of a newer fashiond; the database is as it was then.
 */
export async function restore(backup: string, path: string, clock: Pick<Clock, 'now'>): Promise<Restored> {
  const lock = takeLock(path);
  const next = `${path}.restoring`;
  try {
    requireKnownSchema(backup);
    removeDatabase(next);
    const { schema } = await backUp(backup, next);
    markHolder(next, clock);
    const replaced = existsSync(path) ? setAside(path, clock) : null;
    renameSync(next, path);
    syncPath(dirname(path));
    return { replaced, schema };
  } finally {
    removeDatabase(next);
    lock.release();
  }
}

/** A copy made before an upgrade that failed is known by who had the database last: none is of this state. */
function markHolder(path: string, clock: Pick<Clock, 'now'>): void {
  const db = new Database(path);
  try {
    const sql = 'INSERT OR REPLACE INTO holder (id, pid, since) VALUES (1, ?, ?)';
    db.prepare(sql).run(process.pid, clock.now());
  } finally {
    db.close();
  }
}

/** Refuses what this program could not open, before anything is touched. */
function requireKnownSchema(backup: string): void {
  const db = openForReading(backup);
  try {
    schemaOf(db, MIGRATIONS);
  } finally {
    db.raw.close();
  }
}

/** Gives the database a second name, with all that was committed to it. */
function setAside(path: string, clock: Pick<Clock, 'now'>): string {
  const time = new Date(clock.now()).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const replaced = `${path}.replaced.${time}`;
  const isWhole = writeLogBack(path);
  try {
    linkSync(path, replaced);
  } catch {
    // Not every file system has hard links.
    copyFileSync(path, replaced, constants.COPYFILE_EXCL);
    leaveToOwner(replaced);
    syncPath(replaced);
  }
  // A log that could not be written back must not be taken for the new file's.
  if (!isWhole && existsSync(`${path}-wal`)) renameSync(`${path}-wal`, `${replaced}-wal`);
  if (!isWhole && existsSync(`${path}-shm`)) renameSync(`${path}-shm`, `${replaced}-shm`);
  return replaced;
}

/** Whether the file needs no log beside it any more; a damaged one may not get there. */
function writeLogBack(path: string): boolean {
  try {
    const file = new Database(path, { fileMustExist: true, timeout: 0 });
    try {
      file.pragma('wal_checkpoint(TRUNCATE)');
      // Not possible while anybody else has the file open.
      return (
        file.pragma('journal_mode = DELETE', { simple: true }) === 'delete' && !existsSync(`${path}-wal`)
      );
    } finally {
      file.close();
    }
  } catch {
    return !existsSync(`${path}-wal`);
  }
}
