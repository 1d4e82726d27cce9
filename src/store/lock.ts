/**
 * One daemon per database: a write lock held for the life of the process.
 *
 * The lock is an open exclusive transaction on a tiny SQLite file beside the database, so it rests on the
 * kernel's file locks: kill -9 drops it at once, nothing is left to clean up, and no stale process id can shut
 * anybody out. The file itself stays behind, empty; removing it would let two processes lock two files of the
 * same name.
 */
import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import { leaveToOwner } from '../platform/ownership.js';

export interface Lock {
  release(): void;
}

/** Null when another connection, in this process or another, holds the lock. */
export function acquireLock(path: string): Lock | null {
  const isNew = !existsSync(path);
  const file = new Database(path, { timeout: 0 });
  try {
    // A rollback journal in memory: the transaction never writes anything.
    file.pragma('journal_mode = MEMORY');
    file.exec('BEGIN EXCLUSIVE');
    if (isNew) leaveToOwner(path);
  } catch (error) {
    file.close();
    if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')) return null;
    throw error;
  }
  return { release: () => file.close() };
}
