/** Schema 11: product feeds and the rows they list. */
import type { Migration } from '../migrate.js';

export const feeds: Migration = {
  number: 11,
  name: 'feeds',
  sql: `
CREATE TABLE feeds (
  id INTEGER PRIMARY KEY,
  shop_id INTEGER NOT NULL REFERENCES shops (id),
  url TEXT NOT NULL,
  -- 0: the shop file no longer names it, and what it lists keeps no item alive.
  active INTEGER NOT NULL CHECK (active IN (0, 1)),
  state TEXT NOT NULL CHECK (state IN ('pending', 'leased', 'done', 'dropped')),
  -- The run that the state belongs to.
  run_id INTEGER NOT NULL REFERENCES runs (id),
  attempts INTEGER NOT NULL DEFAULT 0,
  -- Pending: not to be claimed before. Leased: when the lease ends.
  due_at INTEGER NOT NULL,
  etag TEXT,
  last_modified TEXT,
  content_hash TEXT,
  -- Numbers of the reading that was begun last, and of the last one that came to the feed's end.
  reading INTEGER NOT NULL DEFAULT 0,
  whole_reading INTEGER NOT NULL DEFAULT 0,
  -- Of the last reading: rows that are items, and rows that are none.
  items INTEGER,
  skipped INTEGER,
  -- What went wrong last, or null.
  problem TEXT,
  added_at INTEGER NOT NULL,
  read_at INTEGER,
  visited_at INTEGER,
  UNIQUE (shop_id, url)
) STRICT;
CREATE INDEX feeds_claim ON feeds (run_id, state, due_at);

CREATE TABLE feed_items (
  id INTEGER PRIMARY KEY,
  feed_id INTEGER NOT NULL REFERENCES feeds (id),
  -- The feed's own id of the row.
  item_key TEXT NOT NULL,
  -- Rows of one product share it: item:KEY or group:ITEM_GROUP_ID.
  group_key TEXT NOT NULL,
  -- Of the row as staged; null: to be taken in full when it comes again.
  hash TEXT,
  -- The row as a product, JSON; kept while other rows of the product may need it.
  data TEXT,
  traces TEXT NOT NULL,
  -- The reading that had the row last.
  seen INTEGER NOT NULL,
  -- Missing in whole readings: 0, 1 (to be confirmed), 2 (gone); since when.
  gone_count INTEGER NOT NULL DEFAULT 0,
  gone_at INTEGER,
  -- 1: the catalogue does not know of it yet.
  changed INTEGER NOT NULL CHECK (changed IN (0, 1)),
  product_id INTEGER REFERENCES products (id),
  UNIQUE (feed_id, item_key)
) STRICT;
CREATE INDEX feed_items_group ON feed_items (feed_id, group_key);
CREATE INDEX feed_items_changed ON feed_items (feed_id, group_key) WHERE changed = 1;
CREATE INDEX feed_items_seen ON feed_items (feed_id, gone_count, seen);
CREATE INDEX feed_items_product ON feed_items (product_id) WHERE product_id IS NOT NULL;
`,
};
