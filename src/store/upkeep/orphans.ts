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
 * before that time and more than a day ago, as the row of a younger one may be on its way.
 */
export function pruneWithOrphans(
  db: Connection,
  keep: Retention,
  blobs: string,
  now: number,
  dry: boolean,
): Pruned {
  const pruned = prune(db, keep, now, dry);
  if (keep.pictures === null) return pruned;
  const files = new Set(pruned.files);
  let { fileBytes } = pruned;
  const before = now - Math.max(DAY_MS, keep.pictures);
  for (const path of unnamed(db, pictureFiles(blobs))) {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found === undefined || found.mtimeMs > before || files.has(basename(path))) continue;
    files.add(basename(path));
    fileBytes += found.size;
  }
  return { ...pruned, files: [...files], fileBytes };
}

function* unnamed(db: Connection, paths: Iterable<string>): Generator<string> {
  let batch: string[] = [];
  for (const path of paths) {
    batch.push(path);
    if (batch.length < BATCH) continue;
    yield* notIn(db, batch);
    batch = [];
  }
  yield* notIn(db, batch);
}

function notIn(db: Connection, paths: readonly string[]): string[] {
  const known = db.all<{ sha256: string }>(
    'SELECT sha256 FROM blobs WHERE sha256 IN (SELECT value FROM json_each(?))',
    [JSON.stringify(paths.map((path) => basename(path)))],
  );
  const names = new Set(known.map(({ sha256 }) => sha256));
  return paths.filter((path) => !names.has(basename(path)));
}
