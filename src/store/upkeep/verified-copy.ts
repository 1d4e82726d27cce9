/**
 * A copy of a database that is called a backup only once it has been read through: it is written under another name,
 * checked, forced to the disk, and renamed. A process that dies in between leaves a `.partial` file and no backup.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { FashiondError } from '../../domain/errors.js';
import { freeBytes } from '../../platform/disk-floor.js';
import { leaveToOwner } from '../../platform/ownership.js';
import { corruptError, explain } from '../connection.js';
import type { Connection } from '../connection.js';
import { APPLICATION_ID } from '../open-file.js';

export interface Copy {
  readonly path: string;
  readonly bytes: number;
  /** Number of its last migration. */
  readonly schema: number;
}

/** Ends the names of copies that were not finished. */
const PARTIAL = '.partial';

/** What a copy is written to before it is checked; what an earlier try left there is removed. */
export function partialOf(target: string): string {
  const partial = `${target}${PARTIAL}`;
  removeDatabase(partial);
  return partial;
}

/** Checks the copy that stands under `partialOf(target)` and gives it its name. Throws FashiondError; nothing stays then. */
export function finishCopy(target: string): Copy {
  const partial = `${target}${PARTIAL}`;
  try {
    if (existsSync(target)) {
      throw new FashiondError('refused', `${target} exists already`, { hint: 'Name a file that does not.' });
    }
    const schema = check(partial);
    const bytes = statSync(partial).size;
    leaveToOwner(partial);
    syncPath(partial);
    renameSync(partial, target);
    syncPath(dirname(target));
    return { path: target, bytes, schema };
  } catch (error) {
    removeDatabase(partial);
    throw error;
  }
}

/** Throws FashiondError `refused` where a copy of the database would leave less than `floorBytes` on the disk of `target`. */
export function requireRoomFor(db: Connection, target: string, floorBytes: number): void {
  const size = db.get<{ bytes: number }>(
    'SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size',
  );
  const missing = floorBytes + (size?.bytes ?? 0) - freeBytes(target);
  if (missing <= 0) return;
  throw new FashiondError(
    'refused',
    `a copy of ${db.path} would leave less than store.disk_floor on the disk of ${target}: ${missing} bytes are missing`,
    { hint: 'Free space on that disk, or lower store.disk_floor; nothing was written.', retry: true },
  );
}

/** Removes what processes that died left in a folder of the copies that `isOne` says are unfinished. */
export function removeUnfinished(folder: string, isOne: (name: string) => boolean): string[] {
  const paths = readdirSync(folder)
    .filter((name) => name.endsWith(PARTIAL) && isOne(name.slice(0, -PARTIAL.length)))
    .map((name) => join(folder, name));
  for (const path of paths) removeDatabase(path);
  return paths;
}

/** Forces a file, or the names in a folder, to the disk. */
export function syncPath(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** With what SQLite keeps beside it. */
export function removeDatabase(path: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(`${path}${suffix}`, { force: true });
}

/** The schema of a sound database of fashiond; it is left as one file that needs none beside it. */
function check(path: string): number {
  const file = new Database(path, { fileMustExist: true });
  try {
    file.pragma('journal_mode = DELETE');
    if (file.pragma('application_id', { simple: true }) !== APPLICATION_ID) {
      throw new FashiondError('incompatible', `${path} is not a database of fashiond`);
    }
    const problems = file.prepare('PRAGMA integrity_check(3)').pluck().all() as string[];
    if (problems[0] !== 'ok') throw corruptError(path, problems.join('; '));
    return file.prepare('SELECT max(number) FROM migrations').pluck().get() as number;
  } catch (error) {
    throw explain(error, path);
  } finally {
    file.close();
  }
}
