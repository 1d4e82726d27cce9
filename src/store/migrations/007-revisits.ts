/** Schema 7: each page is due by a time of its own; no run has to touch what it does not visit. */
import type { Migration } from '../migrate.js';

export const revisits: Migration = {
  number: 7,
  name: 'revisits',
  sql: `
-- The run visits known pages due at this time or before.
ALTER TABLE runs ADD COLUMN due_before INTEGER NOT NULL DEFAULT 0;
-- pages_done and pages_dropped count while the run goes on; pages_pending is frozen when it ends.
UPDATE runs SET due_before = started_at,
  pages_done = COALESCE(pages_done,
    (SELECT count(*) FROM frontier f WHERE f.run_id = runs.id AND f.state = 'done')),
  pages_dropped = COALESCE(pages_dropped,
    (SELECT count(*) FROM frontier f WHERE f.run_id = runs.id AND f.state = 'dropped'));

-- In which order pages are visited; see ranks.ts. From 0: new. 64: again. 65: in every run. 66: when due.
ALTER TABLE frontier ADD COLUMN rank INTEGER NOT NULL DEFAULT 0;
-- A start page or a listing.
ALTER TABLE frontier ADD COLUMN each_run INTEGER NOT NULL DEFAULT 0 CHECK (each_run IN (0, 1));
-- When the last visit ended in any way.
ALTER TABLE frontier ADD COLUMN settled_at INTEGER;
-- What visits found, fading; see scheduler/revisit.ts.
ALTER TABLE frontier ADD COLUMN changes REAL NOT NULL DEFAULT 0;
ALTER TABLE frontier ADD COLUMN changed_ms REAL NOT NULL DEFAULT 0;
ALTER TABLE frontier ADD COLUMN unchanged_ms REAL NOT NULL DEFAULT 0;
-- Something said that it changed; and how often in a row that was wrong.
ALTER TABLE frontier ADD COLUMN hinted INTEGER NOT NULL DEFAULT 0 CHECK (hinted IN (0, 1));
ALTER TABLE frontier ADD COLUMN hint_misses INTEGER NOT NULL DEFAULT 0;
UPDATE frontier SET
  each_run = kind = 'page' AND visited_at IS NOT NULL,
  settled_at = CASE WHEN state IN ('done', 'dropped') THEN due_at ELSE visited_at END,
  rank = CASE
    WHEN state = 'dropped' THEN 66
    WHEN visited_at IS NULL THEN CASE kind WHEN 'product' THEN min(depth, 30) ELSE 31 + min(depth, 32) END
    WHEN state <> 'done' AND (gone_count = 1 OR attempts > 0) THEN 64
    WHEN kind = 'page' THEN 65
    ELSE 66 END;
DROP INDEX frontier_claim;
DROP INDEX frontier_due;
-- The state stands in them so that they answer alone.
CREATE INDEX frontier_claim ON frontier (shop_id, rank, due_at, id, state) WHERE state <> 'leased';
CREATE INDEX frontier_leases ON frontier (shop_id, due_at, state) WHERE state = 'leased';
CREATE INDEX frontier_reasons ON frontier (shop_id, settled_at) WHERE reason IS NOT NULL;

-- Of what a product page says, without what shops write anew in every answer; tells whether it changed.
ALTER TABLE pages ADD COLUMN product_hash TEXT;
`,
};
