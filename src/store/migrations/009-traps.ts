/** Schema 9: how many addresses of each pattern a shop has, and what the guards against traps refused. */
import type { Migration } from '../migrate.js';

export const traps: Migration = {
  number: 9,
  name: 'traps',
  sql: `
-- Addresses found on pages, by pattern; see domain/traps.ts.
CREATE TABLE url_patterns (
  shop_id INTEGER NOT NULL REFERENCES shops (id),
  pattern TEXT NOT NULL,
  urls INTEGER NOT NULL,
  -- Those of them, and of listed ones, that were read as an item.
  products INTEGER NOT NULL,
  PRIMARY KEY (shop_id, pattern)
) STRICT, WITHOUT ROWID;

-- Links to unknown pages that a guard refused in a run: depth, repeats, parameters or pattern.
CREATE TABLE link_refusals (
  run_id INTEGER NOT NULL REFERENCES runs (id),
  guard TEXT NOT NULL,
  links INTEGER NOT NULL,
  -- The last one.
  example TEXT NOT NULL,
  PRIMARY KEY (run_id, guard)
) STRICT, WITHOUT ROWID;
`,
};
