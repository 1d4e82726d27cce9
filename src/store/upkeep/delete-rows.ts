/** Deletes rows together with what hangs on them, as the references of the schema say. */
import type { Connection } from '../connection.js';

interface Reference {
  readonly child: string;
  readonly column: string;
  /** Whether the child can do without: it is kept then, and refers to nothing. */
  readonly mayBeNull: boolean;
}

const REFERENCES = `
SELECT t.name AS child, f."from" AS "column", NOT c."notnull" AND c.pk = 0 AS mayBeNull
FROM sqlite_schema t
JOIN pragma_foreign_key_list(t.name) f
JOIN pragma_table_info(t.name) c ON c.name = f."from"
WHERE t.type = 'table' AND f."table" = ?
ORDER BY t.name, f.seq`;

/** Tables that refer to this one. */
export function referencesTo(db: Connection, table: string): Reference[] {
  return db.all<Reference>(REFERENCES, [table]);
}

/** To be called within a transaction. What the children's own children would lose makes it throw. */
export function deleteRows(db: Connection, table: string, ids: readonly number[]): void {
  const list = JSON.stringify(ids);
  const among = 'IN (SELECT value FROM json_each(?))';
  for (const { child, column, mayBeNull } of referencesTo(db, table)) {
    if (mayBeNull) db.run(`UPDATE ${child} SET ${column} = NULL WHERE ${column} ${among}`, [list]);
    else db.run(`DELETE FROM ${child} WHERE ${column} ${among}`, [list]);
  }
  db.run(`DELETE FROM ${table} WHERE id ${among}`, [list]);
}
