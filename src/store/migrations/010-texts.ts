/** Schema 10: what items' words say of their category, and what an item's decision rests on. */
import type { Migration } from '../migrate.js';

export const texts: Migration = {
  number: 10,
  name: 'texts',
  sql: `
-- Items whose words wait to be classified.
CREATE TABLE text_queue (product_id INTEGER PRIMARY KEY REFERENCES products (id)) STRICT;
INSERT INTO text_queue (product_id) SELECT id FROM products;

-- What the words of an item say, alone.
CREATE TABLE text_predictions (
  product_id INTEGER PRIMARY KEY REFERENCES products (id),
  -- Fingerprint of the text model.
  model TEXT NOT NULL,
  -- [[class, probability], ...], likeliest first; none where the words say nothing.
  candidates TEXT NOT NULL,
  -- [[word, field, weight], ...], the weightiest first.
  words TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;

-- JSON: who decided, by which words and which picture. Null where that was not kept.
ALTER TABLE item_predictions ADD COLUMN evidence TEXT;
`,
};
