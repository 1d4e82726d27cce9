/** Schema 4: copies of robots.txt outlive the process. */
import type { Migration } from '../migrate.js';

export const robots: Migration = {
  number: 4,
  name: 'robots',
  sql: `
CREATE TABLE robots (
  origin TEXT PRIMARY KEY,
  -- Latin-1, one character a byte; null where there is none.
  text TEXT,
  fetched_at INTEGER NOT NULL
) STRICT;
`,
};
