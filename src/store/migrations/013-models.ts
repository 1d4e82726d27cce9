/** Schema 13: every step in the life of a model, and which model the config named. */
import type { Migration } from '../migrate.js';

export const models: Migration = {
  number: 13,
  name: 'models',
  sql: `
-- Added to, never changed: who did what to which model.
CREATE TABLE model_events (
  id INTEGER PRIMARY KEY,
  model_id INTEGER NOT NULL REFERENCES models (id),
  step TEXT NOT NULL CHECK (step IN
    ('registered', 'candidate', 'imported', 'judged', 'promoted', 'forced', 'rolled-back', 'fell-back')),
  by TEXT NOT NULL,
  at INTEGER NOT NULL,
  -- The model whose place it took, or beside which it was judged.
  other_id INTEGER REFERENCES models (id),
  -- JSON.
  gate TEXT,
  note TEXT
) STRICT;
CREATE INDEX model_events_model ON model_events (model_id, step, id);
CREATE INDEX model_events_other ON model_events (other_id) WHERE other_id IS NOT NULL;
CREATE TRIGGER model_events_kept BEFORE DELETE ON model_events
  BEGIN SELECT RAISE(ABORT, 'steps in the life of a model are kept'); END;
CREATE TRIGGER model_events_final BEFORE UPDATE ON model_events
  BEGIN SELECT RAISE(ABORT, 'steps in the life of a model do not change'); END;

-- What model.path named when it was last looked at.
CREATE TABLE configured_model (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  fingerprint TEXT NOT NULL,
  -- Null: the one that ships.
  path TEXT
) STRICT;

DROP INDEX models_role;
CREATE UNIQUE INDEX models_role ON models (role) WHERE role IS NOT NULL;
`,
};
