/**
 * Picture files that no row names: the rows of pictures go first and their files after them, and a process that dies in
 * between leaves files that nothing else would ever remove.
 */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Connection } from '../connection.js';
import { prune } from './retention.js';
import type { Pruned, Retention } from './retention.js';

const PICTURE_FILE = /^[0-9a-f]{64}$/;
const DAY_MS = 86_400_000;
const BATCH = 500;

export interface PrunedWithOrphans extends Pruned {
  /** Picture files that no row names, and those that one names; null where the former can be let go. */
  readonly orphansDoubted: { readonly orphans: number; readonly named: number } | null;
}

/** Paths of the picture files of a folder and those below it. */
export function* pictureFiles(folder: string): Generator<string> {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* pictureFiles(path);
    else if (PICTURE_FILE.test(entry.name)) yield path;
  }
}

/**
 * As `prune`, and where pictures are to go names the files in `blobs` besides that no row names: those that were written
 * before that time and more than a day ago, as the row of a younger one may be on its way. It names none of them where the
 * database knows less than half of the files: then it is more likely another database than theirs, such as a new one in
 * place of one that broke.
 */
export function pruneWithOrphans(
  db: Connection,
  keep: Retention,
  blobs: string,
  now: number,
  dry: boolean,
): PrunedWithOrphans {
  const pruned = prune(db, keep, now, dry);
  if (keep.pictures === null) return { ...pruned, orphansDoubted: null };
  const gone = new Set(pruned.files);
  const before = now - Math.max(DAY_MS, keep.pictures);
  const { named, strangers } = filesIn(db, blobs, gone);
  if (strangers.length > named) return { ...pruned, orphansDoubted: { orphans: strangers.length, named } };
  const files = [...pruned.files];
  let { fileBytes } = pruned;
  for (const path of strangers) {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found === undefined || found.mtimeMs > before) continue;
    files.push(basename(path));
    fileBytes += found.size;
  }
  return { ...pruned, files, fileBytes, orphansDoubted: null };
}

/** How many files the database names, or named until now, and the paths of the others. */
function filesIn(
  db: Connection,
  blobs: string,
  gone: ReadonlySet<string>,
): { readonly named: number; readonly strangers: readonly string[] } {
  let files = 0;
  const strangers: string[] = [];
  let batch: string[] = [];
  const look = (): void => {
    files += batch.length;
    strangers.push(...notIn(db, batch).filter((path) => !gone.has(basename(path))));
    batch = [];
  };
  for (const path of pictureFiles(blobs)) {
    batch.push(path);
    if (batch.length === BATCH) look();
  }
  look();
  return { named: files - strangers.length, strangers };
}

function notIn(db: Connection, paths: readonly string[]): string[] {
  const known = db.all<{ sha256: string }>(
    'SELECT sha256 FROM blobs WHERE sha256 IN (SELECT value FROM json_each(?))',
    [JSON.stringify(paths.map((path) => basename(path)))],
  );
  const names = new Set(known.map(({ sha256 }) => sha256));
  return paths.filter((path) => !names.has(basename(path)));
}
