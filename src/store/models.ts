/** Models by fingerprint, and which of them is current. */
import type { ModelFingerprint } from '../domain/ids.js';
import type { ModelManifest } from '../domain/model.js';
import type { Connection } from './connection.js';

/** Makes the model current, the one that was current previous; on the disk when this returns. */
export function registerModel(
  db: Connection,
  manifest: ModelManifest,
  path: string | null,
  now: number,
): void {
  db.durably(() => {
    const id = modelRow(db, manifest.fingerprint);
    db.run(
      `UPDATE models SET name = ?, path = COALESCE(?, path), labels = ?, threshold = ?, loaded_at = ?
       WHERE id = ?`,
      [manifest.name, path, JSON.stringify(manifest.labels), manifest.threshold, now, id],
    );
    const current = db.get<{ id: number }>(`SELECT id FROM models WHERE role = 'current'`);
    if (current?.id === id) return;
    db.run(`UPDATE models SET role = NULL WHERE role = 'previous'`);
    db.run(`UPDATE models SET role = 'previous' WHERE role = 'current'`);
    db.run(`UPDATE models SET role = 'current' WHERE id = ?`, [id]);
  });
}

/** Row id of the model; a model not registered yet gets a row without a name. */
export function modelRow(db: Connection, fingerprint: ModelFingerprint): number {
  const sql = 'SELECT id FROM models WHERE fingerprint = ?';
  const known = db.get<{ id: number }>(sql, [fingerprint]);
  if (known !== undefined) return known.id;
  return db.run('INSERT INTO models (fingerprint) VALUES (?)', [fingerprint]).id;
}
