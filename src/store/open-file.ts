/**
 * Opens the database file: looks before it touches.
 *
 * An existing file is first read through a read-only connection, which cannot checkpoint: a damaged file, or
 * one that is not ours, is left byte for byte as it was. Only then is it opened for writing and configured.
 */
import { closeSync, existsSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { FashiondError, messageOf } from '../domain/errors.js';
import { leaveToOwner, makeFolders } from '../platform/ownership.js';
import { Connection, corruptError, explain, notDatabase } from './connection.js';

/** `fash`, in the file's header: tells fashiond's databases from those of other programs. */
export const APPLICATION_ID = 0x66617368;
/**
 * Bytes of a database page. A 512-dimensional vector takes 2,343 bytes of file with this size against 4,106
 * with SQLite's own 4 KiB, and is inserted three times as fast.
 */
const PAGE_SIZE = 16 * 1024;
/** One page of the smallest size there is. */
const SMALLEST_DATABASE = 512;
const BUSY_TIMEOUT_MS = 5000;
const CACHE_KIB = 64 * 1024;
const JOURNAL_LIMIT_BYTES = 64 * 1024 * 1024;

/** Refuses a file that is damaged or another program's. Changes nothing. */
export function inspectFile(path: string): void {
  if (isNew(path)) return;
  if (isTooShort(path)) throw notDatabase(path);
  const file = openRaw(path, true);
  try {
    const id = file.pragma('application_id', { simple: true });
    const tables = file.prepare('SELECT count(*) FROM sqlite_schema').pluck().get();
    if (id !== APPLICATION_ID && tables !== 0) {
      throw new FashiondError('incompatible', `${path} is a database of another program`, {
        hint: 'Nothing was changed. Name another file in store.path.',
      });
    }
    const problems = file.prepare('PRAGMA quick_check(3)').pluck().all() as string[];
    if (problems[0] !== 'ok') throw corruptError(path, problems.join('; '));
  } catch (error) {
    throw explain(error, path);
  } finally {
    file.close();
  }
}

/** For writing; creates the file, and its folder, when missing. */
export function openForWriting(path: string): Connection {
  const fresh = isNew(path);
  makeFolder(dirname(path));
  if (fresh) makeFile(path);
  const file = openRaw(path, false);
  try {
    // The page size counts only before the first page is written, and WAL mode writes it.
    if (fresh) file.pragma(`page_size = ${PAGE_SIZE}`);
    file.pragma('journal_mode = WAL');
    if (fresh) file.pragma(`application_id = ${APPLICATION_ID}`);
    file.pragma('synchronous = NORMAL');
    file.pragma('foreign_keys = ON');
    file.pragma(`cache_size = -${CACHE_KIB}`);
    file.pragma(`journal_size_limit = ${JOURNAL_LIMIT_BYTES}`);
    file.pragma('temp_store = MEMORY');
  } catch (error) {
    file.close();
    throw explain(error, path);
  }
  return new Connection(file, path);
}

/** For reading beside a running daemon, or without one. */
export function openForReading(path: string): Connection {
  if (!existsSync(path)) {
    throw new FashiondError('not-found', `there is no database ${path}`, {
      hint: 'Crawl first: fashiond demo, or fashiond crawl --once --config FILE.',
    });
  }
  if (isTooShort(path)) throw notDatabase(path);
  const file = openRaw(path, true);
  try {
    const id = file.pragma('application_id', { simple: true });
    if (id !== APPLICATION_ID) {
      throw new FashiondError('incompatible', `${path} is not a database of fashiond`, {
        hint: 'Name the file that store.path of the daemon names.',
      });
    }
  } catch (error) {
    file.close();
    throw explain(error, path);
  }
  return new Connection(file, path);
}

/** Whether there is nothing in the file yet. */
function isNew(path: string): boolean {
  return !existsSync(path) || (statSync(path).isFile() && statSync(path).size === 0);
}

/**
 * SQLite takes a file of a few bytes for an empty database, and would write over it. The size is asked, not the
 * content: closing a descriptor of the file would drop the locks that this process holds on it elsewhere.
 */
function isTooShort(path: string): boolean {
  return statSync(path).size < SMALLEST_DATABASE;
}

export function makeFolder(folder: string): void {
  try {
    makeFolders(folder);
  } catch (error) {
    throw new FashiondError('refused', `cannot make the folder ${folder}: ${messageOf(error)}`, {
      hint: 'Check store.path.',
      cause: error,
    });
  }
}

/** As SQLite makes them; what the umask takes goes. */
const FILE_MODE = 0o644;

/** Before SQLite does: what it puts beside the file, the log and its index, gets the file's owner. */
function makeFile(path: string): void {
  try {
    closeSync(openSync(path, 'a', FILE_MODE));
    leaveToOwner(path);
  } catch (error) {
    throw new FashiondError('refused', `cannot make ${path}: ${messageOf(error)}`, {
      hint: 'Check store.path.',
      cause: error,
    });
  }
}

function openRaw(path: string, readonly: boolean): Database.Database {
  try {
    return new Database(path, { readonly, fileMustExist: readonly, timeout: BUSY_TIMEOUT_MS });
  } catch (error) {
    throw explain(error, path);
  }
}
