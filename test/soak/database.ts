/** What a soak reads of the daemon's database, without a part in its recovery: a dead daemon's is read as a copy. */
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';

const LEFT = `
  SELECT (SELECT count(*) FROM runs WHERE status = 'running')
    + (SELECT count(*) FROM shops WHERE active = 1 AND id NOT IN (SELECT shop_id FROM runs))
    + (SELECT count(*) FROM images WHERE state IN ('wanted', 'leased'))
    + (SELECT count(*) FROM blobs WHERE state IN ('stored', 'leased'))
    + (SELECT count(*) FROM text_queue)`;

/** Whether every shop has been crawled, every picture classified and every item's words read. Reads beside the daemon. */
export function isDone(path: string): boolean {
  const db = new Database(path, { readonly: true });
  try {
    return db.prepare(LEFT).pluck().get() === 0;
  } finally {
    db.close();
  }
}

/** Addresses of pages, pictures and feeds that were in the hands of the daemon that died; none before it made the file. */
export function leasedIn(path: string): string[] {
  if (!existsSync(path)) return [];
  const folder = mkdtempSync(join(tmpdir(), 'fashiond-soak-copy-'));
  try {
    const copy = join(folder, 'copy.db');
    copyFileSync(path, copy);
    if (existsSync(`${path}-wal`)) copyFileSync(`${path}-wal`, `${copy}-wal`);
    const db = new Database(copy);
    try {
      const check = db.pragma('quick_check', { simple: true });
      if (check !== 'ok') throw new Error(`after a kill the database is damaged: ${String(check)}`);
      // The daemon may have died before its first migration.
      if (db.prepare(`SELECT 1 FROM sqlite_schema WHERE name = 'feeds'`).get() === undefined) return [];
      return db
        .prepare<[], string>(
          `SELECT url FROM frontier WHERE state = 'leased' UNION ALL SELECT url FROM images WHERE state = 'leased'
           UNION ALL SELECT url FROM feeds WHERE state = 'leased'`,
        )
        .pluck()
        .all();
    } finally {
      db.close();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}
