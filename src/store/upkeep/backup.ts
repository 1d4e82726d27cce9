/**
 * Backups of a database that may be in use: SQLite's backup API copies its pages, within one read transaction.
 *
 * Without that the copy would be begun anew whenever another process writes between two steps. Nobody waits: in WAL
 * mode a reader keeps no writer back. The log cannot be shortened meanwhile, so it grows by what is written.
 */
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { FashiondError, messageOf } from '../../domain/errors.js';
import { makeFolders } from '../../platform/ownership.js';
import { explain } from '../connection.js';
import { openForReading } from '../open-file.js';
import { finishCopy, partialOf, removeDatabase, requireRoomFor } from './verified-copy.js';
import type { Copy } from './verified-copy.js';

/** Pages copied before the event loop turns: 32 MiB. */
const STEP = 2048;

/**
 * Copies the database `source` to the new file `target`, whose folder is made, and reads the copy through, which blocks
 * its thread. Throws FashiondError: `refused` when the file exists or less than
 * `floorBytes` would be left on its disk, `corrupt` when the copy is not sound, else as `openReadOnly`. Whatever fails
 * leaves no file.
 */
export async function backUp(source: string, target: string, floorBytes = 0): Promise<Copy> {
  if (existsSync(target)) {
    throw new FashiondError('refused', `${target} exists already`, { hint: 'Name a file that does not.' });
  }
  const db = openForReading(source);
  try {
    makeFolderOf(target);
    const partial = partialOf(target);
    try {
      db.raw.exec('BEGIN');
      db.get('SELECT 1 FROM sqlite_schema');
      requireRoomFor(db, target, floorBytes);
      await db.raw.backup(partial, { progress: () => STEP });
    } catch (error) {
      removeDatabase(partial);
      throw explain(error, partial);
    }
  } finally {
    db.raw.close();
  }
  return finishCopy(target);
}

function makeFolderOf(target: string): void {
  try {
    makeFolders(dirname(target));
  } catch (error) {
    throw new FashiondError('refused', `cannot make the folder ${dirname(target)}: ${messageOf(error)}`, {
      hint: 'Name a file in a folder that this user may write to.',
      cause: error,
    });
  }
}
