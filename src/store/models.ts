/** Rows of models, and which of them holds which role. Every function works in its caller's transaction. */
import type { ModelFingerprint } from '../domain/ids.js';
import type { ModelRole, NewModel } from '../domain/model-registry.js';
import type { Connection } from './connection.js';

/** Row id of the model; a model not registered yet gets a row without a name. */
export function modelRow(db: Connection, fingerprint: ModelFingerprint): number {
  const sql = 'SELECT id FROM models WHERE fingerprint = ?';
  const known = db.get<{ id: number }>(sql, [fingerprint]);
  if (known !== undefined) return known.id;
  return db.run('INSERT INTO models (fingerprint) VALUES (?)', [fingerprint]).id;
}

/** Writes what is known of the model and returns its row. */
export function describeModel(
  db: Connection,
  { manifest, path }: Pick<NewModel, 'manifest'> & { readonly path: string | null },
): number {
  const id = modelRow(db, manifest.fingerprint);
  db.run('UPDATE models SET name = ?, path = COALESCE(?, path), labels = ?, threshold = ? WHERE id = ?', [
    manifest.name,
    path,
    JSON.stringify(manifest.labels),
    manifest.threshold,
    id,
  ]);
  return id;
}

/** Row of the model that holds the role, or null. */
export function holderOf(db: Connection, role: ModelRole): number | null {
  return db.get<{ id: number }>('SELECT id FROM models WHERE role = ?', [role])?.id ?? null;
}

/** Whoever held the role before holds none. */
export function giveRole(db: Connection, id: number, role: ModelRole): void {
  db.run('UPDATE models SET role = NULL WHERE role = ? AND id <> ?', [role, id]);
  db.run('UPDATE models SET role = ? WHERE id = ?', [role, id]);
}

/** The model holds no role any more. */
export function takeRole(db: Connection, id: number): void {
  db.run('UPDATE models SET role = NULL WHERE id = ?', [id]);
}

/** The model becomes current, the one that was current previous. Returns the row of the latter; null where nothing changed. */
export function makeCurrent(db: Connection, id: number, now: number): number | null {
  const before = holderOf(db, 'current');
  db.run('UPDATE models SET loaded_at = ? WHERE id = ?', [now, id]);
  if (before === id) return null;
  // Of its own role first: a previous model that comes back leaves its place to the one it replaces.
  takeRole(db, id);
  if (before !== null) giveRole(db, before, 'previous');
  giveRole(db, id, 'current');
  return before;
}
