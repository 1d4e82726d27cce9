/** What SQLite itself says of a database. */
import type { Connection } from '../connection.js';

/** What `PRAGMA integrity_check` and the references complain of; empty when all is well. */
export function integrityProblems(db: Connection): string[] {
  const found = db.all<{ integrity_check: string }>('PRAGMA integrity_check');
  const broken = db.all<{ table: string; rowid: number; parent: string }>('PRAGMA foreign_key_check');
  return [
    ...found.map((row) => row.integrity_check).filter((line) => line !== 'ok'),
    ...broken.map((row) => `${row.table} ${row.rowid} refers to a missing row of ${row.parent}`),
  ];
}
