import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { createBlobStore } from '../../../../src/images/blob-store.js';
import type { Sha256 } from '../../../../src/domain/ids.js';
import { openForWriting } from '../../../../src/store/open-file.js';
import type { Connection } from '../../../../src/store/connection.js';
import { pruneWithOrphans } from '../../../../src/store/upkeep/orphans.js';
import { writeFirstSchema } from '../../../support/first-schema.js';
import { workbench } from '../builders.js';

const bench = workbench();
const DAY = 86_400_000;
const NEVER = { runs: null, prices: null, vanished: null, pictures: null };
const NOW = Date.UTC(2026, 5, 1);

let db: Connection;
let folder: string;
beforeEach(() => {
  folder = bench.folder();
  const path = join(folder, 'old.db');
  writeFirstSchema(path);
  bench.open(path).close();
  db = openForWriting(path);
  return () => db.raw.close();
});

/** A file of so many days ago, and a row of it or none. */
async function picture(text: string, days: number, isKnown: boolean): Promise<Sha256> {
  const blobs = createBlobStore(join(folder, 'blobs'));
  const sha256 = await blobs.write(Buffer.from(text));
  utimesSync(blobs.pathOf(sha256), NOW / 1000, (NOW - days * DAY) / 1000);
  if (isKnown)
    db.run(`INSERT INTO blobs (sha256, byte_length, state, stored_at) VALUES (?, 5, 'done', ?)`, [
      sha256,
      NOW,
    ]);
  return sha256;
}

it('names the files of which no row knows, those that a process left which died after the rows went', async () => {
  for (const text of ['known', 'as well', 'and so is this']) await picture(text, 40, true);
  const lost = await picture('lost', 40, false);
  const recent = await picture('recent', 3, false);
  await picture('on its way', 0.5, false);
  const names = (days: number | null): readonly string[] => {
    const pictures = days === null ? null : days * DAY;
    const { files, fileBytes } = pruneWithOrphans(
      db,
      { ...NEVER, pictures },
      join(folder, 'blobs'),
      NOW,
      true,
    );
    expect(files.length === 0).toBe(fileBytes === 0);
    // What the rules themselves let go is for their own tests.
    return files.filter((name) => !/^(a|b)\1{62}/.test(name)).toSorted();
  };
  expect(names(30)).toEqual([lost]);
  expect(names(0)).toEqual([lost, recent].toSorted());
  expect(names(null)).toEqual([]);
});

it('names no file while the database knows less than half of them, as it may be another one than theirs', async () => {
  const others = await Promise.all(['labelled', 'sold', 'vanished'].map((text) => picture(text, 40, false)));
  const look = (): ReturnType<typeof pruneWithOrphans> =>
    pruneWithOrphans(db, { ...NEVER, pictures: DAY }, join(folder, 'blobs'), NOW, true);
  expect(look().orphansDoubted).toEqual({ orphans: 3, named: 0 });
  expect(look().files.filter((name) => others.includes(name as Sha256))).toEqual([]);
  for (const text of ['downloaded', 'again', 'since']) await picture(text, 0, true);
  expect(look().orphansDoubted).toBeNull();
  expect(look().files).toEqual(expect.arrayContaining(others));
});

it('names a picture once whose row goes and whose file is there', async () => {
  const sha256 = await picture('goes', 40, true);
  db.run('UPDATE blobs SET stored_at = 0');
  db.run('DELETE FROM labels');
  db.run('DELETE FROM product_images');
  db.run('UPDATE images SET added_at = 0, visited_at = 0');
  const { files } = pruneWithOrphans(db, { ...NEVER, pictures: DAY }, join(folder, 'blobs'), NOW, false);
  expect(files.filter((name) => name === sha256)).toHaveLength(1);
});
