/**
 * What the items that were drawn by chance say of the current model: they stand for the catalogue, as the hard cases that
 * people are asked of otherwise do not. Answers older than the model do not count, as it may have been taught them.
 */
import type { Connection } from '../connection.js';

export interface ChanceFigure {
  /** Items that were drawn by chance, and that a person has judged since the model came. */
  readonly judged: number;
  /** Of these, those whose likeliest category, accepted or not, is the one that the person said last. */
  readonly right: number;
}

/** A decision without candidates is a person's alone: no model has seen the item. */
const FIGURE = `
SELECT count(*) AS judged, COALESCE(sum(best IS said), 0) AS right FROM (
  SELECT d.best, (
      SELECT l.category FROM labels l
      WHERE l.product_id = d.product_id AND l.verdict IN ('category', 'none')
        AND NOT EXISTS (SELECT 1 FROM labels w WHERE w.withdraws = l.id)
      ORDER BY l.id DESC LIMIT 1) AS said
  FROM models m JOIN item_predictions d ON d.model_id = m.id AND d.candidates <> '[]'
  WHERE m.role = 'current' AND d.product_id IN (
    SELECT drawn.product_id FROM labels drawn
    WHERE drawn.sample = 'random' AND drawn.verdict IN ('category', 'none')
      AND drawn.at >= COALESCE((SELECT min(e.at) FROM model_events e WHERE e.model_id = m.id), m.loaded_at, 0)
      AND NOT EXISTS (SELECT 1 FROM labels w WHERE w.withdraws = drawn.id)))`;

export function chanceFigure(db: Connection): ChanceFigure {
  return db.get<ChanceFigure>(FIGURE) ?? { judged: 0, right: 0 };
}
