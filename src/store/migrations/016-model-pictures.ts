/** Schema 16: how many pictures each model has judged, kept as a number: counting millions of rows takes tenths of a second. */
import type { Migration } from '../migrate.js';

export const modelPictures: Migration = {
  number: 16,
  name: 'model-pictures',
  sql: `
ALTER TABLE models ADD COLUMN pictures INTEGER NOT NULL DEFAULT 0;
UPDATE models SET pictures = (SELECT count(*) FROM predictions p WHERE p.model_id = models.id);
CREATE TRIGGER predictions_counted AFTER INSERT ON predictions
  BEGIN UPDATE models SET pictures = pictures + 1 WHERE id = NEW.model_id; END;
CREATE TRIGGER predictions_uncounted AFTER DELETE ON predictions
  BEGIN UPDATE models SET pictures = pictures - 1 WHERE id = OLD.model_id; END;
`,
};
