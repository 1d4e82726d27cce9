/** Schema 3: pictures keep how much they look like what the model was taught, so that limits can change later. */
import type { Migration } from '../migrate.js';

export const typicality: Migration = {
  number: 3,
  name: 'typicality',
  sql: `
-- Null where the model does not tell.
ALTER TABLE predictions ADD COLUMN typicality REAL;
`,
};
