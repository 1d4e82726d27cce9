/** Schema 8: colours and sizes of a product, each with its present offer. */
import type { Migration } from '../migrate.js';

export const variants: Migration = {
  number: 8,
  name: 'variants',
  sql: `
-- What the page showed last, in its order; without history, which offers of products have.
CREATE TABLE variants (
  product_id INTEGER NOT NULL REFERENCES products (id),
  position INTEGER NOT NULL,
  title TEXT,
  sku TEXT,
  gtin TEXT,
  mpn TEXT,
  colour TEXT,
  size TEXT,
  url TEXT,
  -- JSON array of URLs.
  images TEXT NOT NULL,
  price_minor INTEGER,
  currency TEXT,
  list_price_minor INTEGER,
  availability TEXT NOT NULL,
  PRIMARY KEY (product_id, position),
  CHECK ((price_minor IS NULL) = (currency IS NULL))
) STRICT, WITHOUT ROWID;

-- An unchanged page would never tell its variants: each is read in full once more.
UPDATE pages SET etag = NULL, last_modified = NULL, content_hash = NULL;
`,
};
