/** What is wrong with a database and the pictures that belong to it. Changes nothing. */
import { existsSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import Database from 'better-sqlite3';
import { FashiondError } from '../../domain/errors.js';
import type { Sha256 } from '../../domain/ids.js';
import type { BlobStore } from '../../domain/ports.js';
import type { Connection } from '../connection.js';
import { openForReading } from '../open-file.js';
import { integrityProblems } from './integrity.js';
import { pictureFiles } from './orphans.js';

export interface CheckReport {
  readonly path: string;
  readonly bytes: number;
  /** Of the write-ahead log, which a running daemon keeps below 64 MiB unless a reader holds on to an old state. */
  readonly walBytes: number;
  /** Number of the last migration; null where the file cannot be read. */
  readonly schema: number | null;
  /** Of SQLite's own check and of the references between rows. */
  readonly problems: readonly string[];
  readonly pictures: {
    readonly known: number;
    /** SHA-256 of pictures that the database names and whose file is not there, or is not of the size it says. */
    readonly missing: readonly string[];
    /** Files that no row names, such as of a download that was cut off; harmless, and pruned by `store.keep.pictures`. */
    readonly orphans: number;
    readonly orphanBytes: number;
  };
}

/** Throws FashiondError where there is no database, or one of another program. */
export function checkDatabase(path: string, blobs: Pick<BlobStore, 'pathOf'>, folder: string): CheckReport {
  const bytes = existsSync(path) ? statSync(path).size : 0;
  const log = `${path}-wal`;
  const walBytes = existsSync(log) ? statSync(log).size : 0;
  const unread = { known: 0, missing: [], orphans: 0, orphanBytes: 0 };
  const report = { path, bytes, walBytes, schema: null, problems: [], pictures: unread };
  let db: Connection | null = null;
  try {
    db = openForReading(path);
    const problems = integrityProblems(db);
    const schema = db.get<{ n: number }>('SELECT max(number) AS n FROM migrations')?.n ?? null;
    return { ...report, schema, problems, pictures: checkPictures(db, blobs, folder) };
  } catch (error) {
    if (error instanceof FashiondError && error.code === 'corrupt') {
      return { ...report, problems: [error.message] };
    }
    if (error instanceof Database.SqliteError) return { ...report, problems: [error.message] };
    throw error;
  } finally {
    db?.raw.close();
  }
}

function checkPictures(
  db: Connection,
  blobs: Pick<BlobStore, 'pathOf'>,
  folder: string,
): CheckReport['pictures'] {
  const known = new Set<string>();
  const missing: string[] = [];
  for (const { sha256, byte_length: length } of db.all<{ sha256: string; byte_length: number }>(
    'SELECT sha256, byte_length FROM blobs ORDER BY id',
  )) {
    known.add(sha256);
    const found = statSync(blobs.pathOf(sha256 as Sha256), { throwIfNoEntry: false });
    if (found?.size !== length) missing.push(sha256);
  }
  let orphans = 0;
  let orphanBytes = 0;
  for (const path of pictureFiles(folder)) {
    if (known.has(basename(path))) continue;
    orphans += 1;
    orphanBytes += statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  }
  return { known: known.size, missing, orphans, orphanBytes };
}
