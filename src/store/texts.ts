/**
 * Items' words: which wait to be classified, and what was said of them. Words wait from the moment a page brings new
 * ones until what they say is committed together with the item's decision.
 */
import type { ModelFingerprint, ProductId } from '../domain/ids.js';
import type { ItemText, TextPrediction } from '../domain/item-text.js';
import type { ReadText, WaitingText } from '../domain/ports.js';
import type { Connection } from './connection.js';

interface TextRow {
  readonly id: number;
  readonly title: string;
  readonly description: string | null;
  readonly brand: string | null;
  readonly breadcrumbs: string;
}

interface PredictionRow {
  readonly model: string;
  readonly candidates: string;
  readonly words: string;
}

const WAITING_TEXTS = `
  SELECT p.id, p.title, p.description, p.brand, p.breadcrumbs
  FROM text_queue q JOIN products p ON p.id = q.product_id ORDER BY q.product_id LIMIT ?`;

export function queueText(db: Connection, product: number): void {
  db.run('INSERT OR IGNORE INTO text_queue (product_id) VALUES (?)', [product]);
}

/** The words of a product as they were kept, to see whether a page changes them; null for a new one. */
export function keptText(db: Connection, product: number | undefined): ItemText | null {
  if (product === undefined) return null;
  const row = db.get<TextRow>(
    'SELECT id, title, description, brand, breadcrumbs FROM products WHERE id = ?',
    [product],
  );
  return row === undefined ? null : textOf(row);
}

export function isSameText(one: ItemText, other: ItemText): boolean {
  return (
    one.title === other.title &&
    one.description === other.description &&
    one.brand === other.brand &&
    JSON.stringify(one.breadcrumbs) === JSON.stringify(other.breadcrumbs)
  );
}

export function waitingTexts(db: Connection, limit: number): WaitingText[] {
  return db
    .all<TextRow>(WAITING_TEXTS, [limit])
    .map((row) => ({ product: row.id as ProductId, text: textOf(row) }));
}

export function countWaitingTexts(db: Connection): number {
  return db.get<{ n: number }>('SELECT count(*) AS n FROM text_queue')?.n ?? 0;
}

/** Queues every item that the model has not read. Returns how many. */
export function requeueTexts(db: Connection, model: ModelFingerprint): number {
  return db.run(
    `INSERT OR IGNORE INTO text_queue (product_id)
     SELECT p.id FROM products p LEFT JOIN text_predictions t ON t.product_id = p.id
     WHERE t.model IS NOT ?`,
    [model],
  ).changes;
}

/** Keeps what was said; false, and it goes on waiting, where the words are others by now. */
export function saveText(db: Connection, { product, text, prediction }: ReadText, now: number): boolean {
  const kept = keptText(db, product);
  if (kept === null || !isSameText(kept, text)) return false;
  db.run(
    `INSERT INTO text_predictions (product_id, model, candidates, words, at)
     VALUES (:product, :model, :candidates, :words, :now)
     ON CONFLICT (product_id) DO UPDATE SET model = excluded.model, candidates = excluded.candidates,
       words = excluded.words, at = excluded.at`,
    {
      product,
      model: prediction.model,
      candidates: JSON.stringify(prediction.candidates.map((one) => [one.class, one.probability])),
      words: JSON.stringify(prediction.words.map(({ word, field, weight }) => [word, field, weight])),
      now,
    },
  );
  db.run('DELETE FROM text_queue WHERE product_id = ?', [product]);
  return true;
}

/** What was last said of the item's words; null while they wait for the first time. */
export function textPredictionOf(db: Connection, product: number): TextPrediction | null {
  const row = db.get<PredictionRow>(
    'SELECT model, candidates, words FROM text_predictions WHERE product_id = ?',
    [product],
  );
  if (row === undefined) return null;
  const candidates = JSON.parse(row.candidates) as [TextPrediction['candidates'][number]['class'], number][];
  const words = JSON.parse(row.words) as [string, TextPrediction['words'][number]['field'], number][];
  return {
    model: row.model as ModelFingerprint,
    candidates: candidates.map(([name, probability]) => ({ class: name, probability })),
    words: words.map(([word, field, weight]) => ({ word, field, weight })),
  };
}

function textOf({ title, description, brand, breadcrumbs }: TextRow): ItemText {
  return { title, description, brand, breadcrumbs: JSON.parse(breadcrumbs) as string[] };
}
