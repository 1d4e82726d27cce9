/** Schema 15: vectors of search, shortened, so that an index is filled without reading the whole ones. */
import type { Migration } from '../migrate.js';

export const shortVectors: Migration = {
  number: 15,
  name: 'short-vectors',
  sql: `
-- What they were made from and how: rows of two spaces are never compared.
CREATE TABLE short_spaces (
  id INTEGER PRIMARY KEY,
  fingerprint TEXT NOT NULL UNIQUE
) STRICT;
CREATE TABLE short_vectors (
  blob_id INTEGER NOT NULL REFERENCES blobs (id),
  space_id INTEGER NOT NULL REFERENCES short_spaces (id),
  -- As search lays it out.
  bytes BLOB NOT NULL,
  PRIMARY KEY (blob_id, space_id)
) STRICT, WITHOUT ROWID;
`,
};
