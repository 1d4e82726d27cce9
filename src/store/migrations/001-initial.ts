/** Schema 1. An applied migration never changes: every later change is a new file. */
import type { Migration } from '../migrate.js';

export const initial: Migration = {
  number: 1,
  name: 'initial',
  sql: `
CREATE TABLE migrations (
  number INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  checksum TEXT NOT NULL,
  applied_at INTEGER NOT NULL
) STRICT;

-- The process that writes; tells the next one whom to wait for. The lock itself is a file of its own.
CREATE TABLE holder (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  pid INTEGER NOT NULL,
  since INTEGER NOT NULL
) STRICT;

-- Minor units of one unit of a currency, where they are not 100 (ISO 4217).
CREATE TABLE currencies (
  code TEXT PRIMARY KEY,
  factor INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO currencies (code, factor) VALUES
  ('BIF', 1), ('CLP', 1), ('DJF', 1), ('GNF', 1), ('ISK', 1), ('JPY', 1), ('KMF', 1), ('KRW', 1),
  ('PYG', 1), ('RWF', 1), ('UGX', 1), ('UYI', 1), ('VND', 1), ('VUV', 1), ('XAF', 1), ('XOF', 1),
  ('XPF', 1), ('BHD', 1000), ('IQD', 1000), ('JOD', 1000), ('KWD', 1000), ('LYD', 1000),
  ('OMR', 1000), ('TND', 1000);

CREATE TABLE shops (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  active INTEGER NOT NULL CHECK (active IN (0, 1))
) STRICT;

CREATE TABLE runs (
  id INTEGER PRIMARY KEY,
  shop_id INTEGER NOT NULL REFERENCES shops (id),
  slot TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('running', 'finished', 'failed')),
  started_at INTEGER NOT NULL,
  finished_at INTEGER,
  -- Frozen when the run ends, because the next one takes the entries over.
  pages_pending INTEGER,
  pages_done INTEGER,
  pages_dropped INTEGER,
  UNIQUE (shop_id, slot)
) STRICT;
CREATE INDEX runs_unfinished ON runs (started_at) WHERE status = 'running';

CREATE TABLE frontier (
  id INTEGER PRIMARY KEY,
  shop_id INTEGER NOT NULL REFERENCES shops (id),
  url TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('page', 'product')),
  depth INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('pending', 'leased', 'done', 'dropped')),
  -- The run that the state belongs to.
  run_id INTEGER NOT NULL REFERENCES runs (id),
  attempts INTEGER NOT NULL DEFAULT 0,
  -- Pending: not to be claimed before. Leased: when the lease ends.
  due_at INTEGER NOT NULL,
  -- 404 or 410 in a row: 0, 1 (to be confirmed), 2 (confirmed); since when.
  gone_count INTEGER NOT NULL DEFAULT 0,
  gone_at INTEGER,
  -- Of the last retry or drop.
  reason TEXT,
  detail TEXT,
  added_at INTEGER NOT NULL,
  visited_at INTEGER,
  UNIQUE (shop_id, url)
) STRICT;
CREATE INDEX frontier_claim ON frontier (run_id, state, kind DESC, depth, id, due_at);
CREATE INDEX frontier_due ON frontier (run_id, state, due_at);

CREATE TABLE products (
  id INTEGER PRIMARY KEY,
  shop_id INTEGER NOT NULL REFERENCES shops (id),
  -- sku:... where the page names one, else url:...
  natural_key TEXT NOT NULL,
  url TEXT NOT NULL,
  title TEXT NOT NULL,
  description TEXT,
  brand TEXT,
  sku TEXT,
  gtin TEXT,
  mpn TEXT,
  breadcrumbs TEXT NOT NULL,
  first_seen INTEGER NOT NULL,
  last_seen INTEGER NOT NULL,
  vanished_at INTEGER,
  UNIQUE (shop_id, natural_key)
) STRICT;
CREATE INDEX products_sku ON products (sku) WHERE sku IS NOT NULL;
CREATE INDEX products_url ON products (url);

CREATE TABLE pages (
  frontier_id INTEGER PRIMARY KEY REFERENCES frontier (id),
  etag TEXT,
  last_modified TEXT,
  content_hash TEXT,
  encoding TEXT,
  canonical_url TEXT,
  warnings TEXT NOT NULL DEFAULT '[]',
  traces TEXT NOT NULL DEFAULT '[]',
  -- The product it was last read as; kept when it no longer reads as one.
  product_id INTEGER REFERENCES products (id),
  read_at INTEGER NOT NULL,
  visited_at INTEGER NOT NULL
) STRICT;
CREATE INDEX pages_product ON pages (product_id);

CREATE TABLE title_history (
  id INTEGER PRIMARY KEY,
  product_id INTEGER NOT NULL REFERENCES products (id),
  title TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX title_history_product ON title_history (product_id, at);

CREATE TABLE offers (
  product_id INTEGER PRIMARY KEY REFERENCES products (id),
  price_minor INTEGER NOT NULL,
  currency TEXT NOT NULL,
  list_price_minor INTEGER,
  availability TEXT NOT NULL,
  tax_included INTEGER CHECK (tax_included IN (0, 1)),
  changed_at INTEGER NOT NULL
) STRICT;

-- One row for each change, the first offer included. Without a price where the page showed none.
CREATE TABLE offer_history (
  id INTEGER PRIMARY KEY,
  product_id INTEGER NOT NULL REFERENCES products (id),
  price_minor INTEGER,
  currency TEXT,
  list_price_minor INTEGER,
  availability TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX offer_history_product ON offer_history (product_id, at);

-- Pictures by content.
CREATE TABLE blobs (
  id INTEGER PRIMARY KEY,
  sha256 TEXT NOT NULL UNIQUE,
  byte_length INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('stored', 'leased', 'done', 'refused', 'quarantined')),
  -- Handed to a decoder that did not report back.
  attempts INTEGER NOT NULL DEFAULT 0,
  -- Reports that the machinery failed.
  failures INTEGER NOT NULL DEFAULT 0,
  reason TEXT,
  detail TEXT,
  format TEXT,
  width INTEGER,
  height INTEGER,
  phash TEXT,
  palette TEXT,
  stored_at INTEGER NOT NULL,
  finished_at INTEGER
) STRICT;
CREATE INDEX blobs_queue ON blobs (state, attempts, failures, id);

-- Pictures by URL.
CREATE TABLE images (
  id INTEGER PRIMARY KEY,
  shop_id INTEGER NOT NULL REFERENCES shops (id),
  url TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('wanted', 'leased', 'stored', 'failed')),
  etag TEXT,
  last_modified TEXT,
  attempts INTEGER NOT NULL DEFAULT 0,
  -- Wanted: not to be claimed before. Leased: when the lease ends.
  due_at INTEGER NOT NULL,
  blob_id INTEGER REFERENCES blobs (id),
  reason TEXT,
  added_at INTEGER NOT NULL,
  visited_at INTEGER,
  UNIQUE (shop_id, url)
) STRICT;
CREATE INDEX images_queue ON images (shop_id, state, due_at, id);
CREATE INDEX images_due ON images (state, due_at);
CREATE INDEX images_blob ON images (blob_id);

CREATE TABLE product_images (
  product_id INTEGER NOT NULL REFERENCES products (id),
  position INTEGER NOT NULL,
  image_id INTEGER NOT NULL REFERENCES images (id),
  PRIMARY KEY (product_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX product_images_image ON product_images (image_id, product_id);

CREATE TABLE models (
  id INTEGER PRIMARY KEY,
  fingerprint TEXT NOT NULL UNIQUE,
  name TEXT,
  path TEXT,
  role TEXT CHECK (role IN ('current', 'previous', 'candidate')),
  labels TEXT NOT NULL DEFAULT '[]',
  threshold REAL,
  -- What items were last decided with, as a whole; null when that is not known.
  decider TEXT,
  loaded_at INTEGER
) STRICT;
CREATE UNIQUE INDEX models_role ON models (role) WHERE role IN ('current', 'previous');

-- One picture, one model.
CREATE TABLE predictions (
  id INTEGER PRIMARY KEY,
  blob_id INTEGER NOT NULL REFERENCES blobs (id),
  model_id INTEGER NOT NULL REFERENCES models (id),
  category TEXT,
  probability REAL NOT NULL,
  best TEXT NOT NULL,
  reason TEXT,
  -- [[category, probability], ...], likeliest first.
  candidates TEXT NOT NULL,
  at INTEGER NOT NULL,
  UNIQUE (blob_id, model_id)
) STRICT;

-- One item, one model: the decision over the predictions of its pictures.
CREATE TABLE item_predictions (
  id INTEGER PRIMARY KEY,
  product_id INTEGER NOT NULL REFERENCES products (id),
  model_id INTEGER NOT NULL REFERENCES models (id),
  category TEXT,
  probability REAL NOT NULL,
  best TEXT NOT NULL,
  reason TEXT,
  candidates TEXT NOT NULL,
  -- Since when the decision stands.
  decided_at INTEGER NOT NULL,
  UNIQUE (product_id, model_id)
) STRICT;

-- Items whose pictures or rules changed since they were last decided.
CREATE TABLE undecided (product_id INTEGER PRIMARY KEY REFERENCES products (id)) STRICT;

-- Vectors of one space may be compared with each other, and with no others.
CREATE TABLE vector_spaces (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('features', 'latent', 'look')),
  -- Of the model; for looks, the version of the layout.
  fingerprint TEXT NOT NULL,
  UNIQUE (kind, fingerprint)
) STRICT;
CREATE TABLE embeddings (
  id INTEGER PRIMARY KEY,
  space_id INTEGER NOT NULL REFERENCES vector_spaces (id),
  blob_id INTEGER NOT NULL REFERENCES blobs (id),
  -- Little-endian float32; latent codes: packed bits, least significant first.
  vector BLOB NOT NULL,
  UNIQUE (space_id, blob_id)
) STRICT;
CREATE INDEX embeddings_blob ON embeddings (blob_id);

-- What a person said. Labels are added, never changed: the latest counts.
CREATE TABLE labels (
  id INTEGER PRIMARY KEY,
  product_id INTEGER REFERENCES products (id),
  blob_id INTEGER REFERENCES blobs (id),
  -- Null: none of the categories, or a bad picture.
  category TEXT,
  labelled_by TEXT NOT NULL,
  at INTEGER NOT NULL,
  CHECK ((product_id IS NULL) <> (blob_id IS NULL))
) STRICT;
CREATE INDEX labels_product ON labels (product_id, at) WHERE product_id IS NOT NULL;
CREATE INDEX labels_blob ON labels (blob_id, at) WHERE blob_id IS NOT NULL;
`,
};
