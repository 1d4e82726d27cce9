/** Schema 12: what a person's label means, what was seen with it, and the indexes that lists of items go by. */
import type { Migration } from '../migrate.js';

export const review: Migration = {
  number: 12,
  name: 'review',
  sql: `
ALTER TABLE labels ADD COLUMN verdict TEXT NOT NULL DEFAULT 'category'
  CHECK (verdict IN ('category', 'none', 'bad-picture', 'withdrawn'));
-- Of a withdrawal: the label it takes back. The label itself stays as it was.
ALTER TABLE labels ADD COLUMN withdraws INTEGER REFERENCES labels (id);
-- The picture that was seen when an item was judged.
ALTER TABLE labels ADD COLUMN seen_blob_id INTEGER REFERENCES blobs (id);
-- Why it was asked: uncertain or random; null where a person chose the item.
ALTER TABLE labels ADD COLUMN sample TEXT CHECK (sample IN ('uncertain', 'random'));
UPDATE labels SET verdict = CASE WHEN blob_id IS NULL THEN 'none' ELSE 'bad-picture' END WHERE category IS NULL;
CREATE UNIQUE INDEX labels_withdrawn ON labels (withdraws) WHERE withdraws IS NOT NULL;

CREATE INDEX products_vanished ON products (vanished_at) WHERE vanished_at IS NOT NULL;
CREATE INDEX products_of_shop ON products (shop_id, id);
CREATE INDEX products_brand ON products (brand, id) WHERE brand IS NOT NULL;
CREATE INDEX item_predictions_category ON item_predictions (category, product_id);
CREATE INDEX item_predictions_unsure ON item_predictions (model_id, probability, product_id);
CREATE INDEX offers_price ON offers (currency, price_minor, product_id);
`,
};
