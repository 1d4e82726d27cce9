/** Schema 6: what each run measured and how it was judged, and a sign of life of the daemon. */
import type { Migration } from '../migrate.js';

export const health: Migration = {
  number: 6,
  name: 'health',
  sql: `
-- Runs before this are not what is usual for the shop.
ALTER TABLE shops ADD COLUMN usual_from INTEGER;

-- Fields the last reading found: 1 title, 2 price, 4 currency, 8 availability, 16 brand, 32 sku, 64 pictures,
-- 128 breadcrumbs; 0 once the page no longer reads as a product, null where it never did.
ALTER TABLE pages ADD COLUMN fields INTEGER;
UPDATE pages SET fields = (
  SELECT 1 + 6 * (o.price_minor IS NOT NULL)
    + 8 * (COALESCE(o.availability, 'unknown') NOT IN ('unknown', 'discontinued'))
    + 16 * (p.brand IS NOT NULL) + 32 * (p.sku IS NOT NULL)
    + 64 * EXISTS (SELECT 1 FROM product_images i WHERE i.product_id = p.id)
    + 128 * (p.breadcrumbs <> '[]')
  FROM products p LEFT JOIN offers o ON o.product_id = p.id WHERE p.id = pages.product_id)
WHERE product_id IS NOT NULL;

CREATE TABLE run_measures (
  run_id INTEGER PRIMARY KEY REFERENCES runs (id),
  -- Counted with each visit.
  product_pages INTEGER NOT NULL DEFAULT 0,
  product_pages_lost INTEGER NOT NULL DEFAULT 0,
  encoding_guesses INTEGER NOT NULL DEFAULT 0,
  broken_markup INTEGER NOT NULL DEFAULT 0,
  -- Measured when the run ended; decisions on items again when their pictures were classified.
  items INTEGER,
  oldest_seen INTEGER,
  decided INTEGER,
  unknown INTEGER,
  level TEXT CHECK (level IN ('green', 'yellow', 'red'))
) STRICT;

-- Visits of a run by how they ended.
CREATE TABLE run_outcomes (
  run_id INTEGER NOT NULL REFERENCES runs (id),
  outcome TEXT NOT NULL,
  visits INTEGER NOT NULL,
  PRIMARY KEY (run_id, outcome)
) STRICT, WITHOUT ROWID;

-- Product pages of a run on which a field was found.
CREATE TABLE run_fields (
  run_id INTEGER NOT NULL REFERENCES runs (id),
  field TEXT NOT NULL,
  found INTEGER NOT NULL,
  PRIMARY KEY (run_id, field)
) STRICT, WITHOUT ROWID;

-- What is wrong with a run that ended.
CREATE TABLE run_findings (
  run_id INTEGER NOT NULL REFERENCES runs (id),
  code TEXT NOT NULL,
  level TEXT NOT NULL CHECK (level IN ('yellow', 'red')),
  what TEXT NOT NULL,
  since INTEGER NOT NULL,
  PRIMARY KEY (run_id, code)
) STRICT, WITHOUT ROWID;

-- The daemon's last sign of life; the delays of its event loop, in milliseconds, over the minutes before.
CREATE TABLE heartbeat (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  pid INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  at INTEGER NOT NULL,
  window_ms REAL NOT NULL,
  loop_p50_ms REAL NOT NULL,
  loop_p99_ms REAL NOT NULL,
  loop_max_ms REAL NOT NULL
) STRICT;
`,
};
