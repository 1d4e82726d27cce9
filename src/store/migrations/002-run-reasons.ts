/** Schema 2: why a run failed, and an index that counts a shop's items without reading them. */
import type { Migration } from '../migrate.js';

export const runReasons: Migration = {
  number: 2,
  name: 'run-reasons',
  sql: `
-- Of a failed run.
ALTER TABLE runs ADD COLUMN reason TEXT;
CREATE INDEX products_shop ON products (shop_id, vanished_at);
`,
};
