/** Schema 14: how far a new model has seen the catalogue again, and what models answered of the golden pictures. */
import type { Migration } from '../migrate.js';

export const renewal: Migration = {
  number: 14,
  name: 'renewal',
  sql: `
-- One row: the model that sees every item again, newest first, and how far it is.
CREATE TABLE renewal (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  model_id INTEGER NOT NULL REFERENCES models (id),
  -- Whose vectors are searched until it has seen them all.
  from_id INTEGER NOT NULL REFERENCES models (id),
  look_version TEXT NOT NULL,
  -- Items of this number and greater ones are through.
  cursor INTEGER NOT NULL,
  total INTEGER NOT NULL,
  done INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  ended_at INTEGER
) STRICT;

CREATE TABLE golden_answers (
  model_id INTEGER NOT NULL REFERENCES models (id),
  picture TEXT NOT NULL,
  -- JSON: probabilities by category, and features.
  answer TEXT NOT NULL,
  PRIMARY KEY (model_id, picture)
) STRICT, WITHOUT ROWID;
`,
};
