/** Schema 5: what tells that items of two shops are the same product, in a form that can be compared. */
import type { Migration } from '../migrate.js';

export const identities: Migration = {
  number: 5,
  name: 'identities',
  sql: `
-- Filled by the program when it opens a file that lacks them.
CREATE TABLE product_identities (
  product_id INTEGER PRIMARY KEY REFERENCES products (id),
  -- 14 digits, check digit right, not a number that a shop gives itself.
  gtin TEXT,
  -- Letters and digits alone, lower case.
  brand_key TEXT,
  mpn_key TEXT
) STRICT;
CREATE INDEX product_identities_gtin ON product_identities (gtin) WHERE gtin IS NOT NULL;
CREATE INDEX product_identities_mpn ON product_identities (brand_key, mpn_key)
  WHERE brand_key IS NOT NULL AND mpn_key IS NOT NULL;
`,
};
