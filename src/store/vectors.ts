/**
 * Vectors of pictures, in spaces: two vectors of one space may be compared, of two never.
 *
 * On disk a vector is little-endian float32, whatever the machine.
 */
import { endianness } from 'node:os';
import type { ModelFingerprint } from '../domain/ids.js';
import type { PictureVectors, SearchFeatures } from '../domain/prediction.js';
import type { Connection } from './connection.js';

export type VectorKind = 'features' | 'latent' | 'look';

const SWAP = endianness() === 'BE';

/** Row id of the space; `fingerprint` is the model's, or for looks the version of the layout. */
export function spaceRow(db: Connection, kind: VectorKind, fingerprint: string): number {
  db.run('INSERT INTO vector_spaces (kind, fingerprint) VALUES (?, ?) ON CONFLICT DO NOTHING', [
    kind,
    fingerprint,
  ]);
  const row = db.get<{ id: number }>('SELECT id FROM vector_spaces WHERE kind = ? AND fingerprint = ?', [
    kind,
    fingerprint,
  ]);
  return row?.id ?? 0;
}

export function saveVectors(
  db: Connection,
  blob: number,
  vectors: PictureVectors,
  versions: { readonly model: ModelFingerprint; readonly lookVersion: string },
): void {
  saveVector(db, spaceRow(db, 'features', versions.model), blob, encodeVector(vectors.features));
  saveVector(db, spaceRow(db, 'latent', versions.model), blob, vectors.latent);
  saveVector(db, spaceRow(db, 'look', versions.lookVersion), blob, encodeVector(vectors.look));
  // Made of what was there before.
  db.run('DELETE FROM short_vectors WHERE blob_id = ?', [blob]);
}

/** Of a model besides the one whose vectors were saved. */
export function saveFeatures(db: Connection, blob: number, { model, features }: SearchFeatures): void {
  saveVector(db, spaceRow(db, 'features', model), blob, encodeVector(features));
}

function saveVector(db: Connection, space: number, blob: number, vector: Uint8Array): void {
  db.run(
    `INSERT INTO embeddings (space_id, blob_id, vector) VALUES (?, ?, ?)
     ON CONFLICT (space_id, blob_id) DO UPDATE SET vector = excluded.vector`,
    [space, blob, vector],
  );
}

export function encodeVector(vector: Float32Array): Uint8Array {
  const bytes = Buffer.from(new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength));
  return SWAP ? Buffer.from(bytes).swap32() : bytes;
}

/** A copy: rows come in buffers that need not be aligned to four bytes. */
export function decodeVector(bytes: Uint8Array): Float32Array {
  const copy = Buffer.from(new Uint8Array(bytes).buffer);
  if (SWAP) copy.swap32();
  return new Float32Array(copy.buffer, copy.byteOffset, copy.byteLength / Float32Array.BYTES_PER_ELEMENT);
}

export function vectorFingerprints(
  db: Connection,
): readonly { readonly model: ModelFingerprint; readonly count: number }[] {
  return db.all<{ model: ModelFingerprint; count: number }>(
    `SELECT s.fingerprint AS model, count(*) AS count
     FROM vector_spaces s JOIN embeddings e ON e.space_id = s.id
     WHERE s.kind = 'features' GROUP BY s.id ORDER BY count DESC, model`,
  );
}
