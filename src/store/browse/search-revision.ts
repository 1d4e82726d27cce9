/**
 * Counts the changes of what search answers with, so that nothing is read anew on a catalogue that only ticks over.
 *
 * Triggers of this connection alone, not of the file, count rows whose searched columns change; a visit that finds a
 * page as it was counts nothing. What another connection commits, such as the upkeep, counts as a change. A change that
 * is rolled back has been counted all the same.
 */
import type { Connection } from '../connection.js';

const COUNTER = 'fashiond_searched';
const UNUSABLE = `IN ('refused', 'quarantined')`;

/** What search reads of each table; an update that leaves these as they were is none. */
const SEARCHED: Readonly<Record<string, readonly string[]>> = {
  products: ['title', 'url', 'brand', 'vanished_at'],
  offers: ['price_minor', 'currency', 'availability'],
  item_predictions: ['category'],
  embeddings: ['vector'],
  product_images: ['position', 'image_id'],
  images: ['blob_id'],
  blobs: ['palette', `state ${UNUSABLE}`],
};
/** Rows of these are searched only once others name them. */
const NAMED_BY_OTHERS = new Set(['images', 'blobs']);

/** Counts from now on. Not to be called within a transaction, whose end might take the triggers back. */
export function searchRevision(db: Connection): () => string {
  let changes = 0;
  db.raw.function(COUNTER, () => {
    changes += 1;
    return null;
  });
  for (const [table, columns] of Object.entries(SEARCHED)) {
    const differs = columns.map((column) => `(OLD.${column}) IS NOT (NEW.${column})`);
    const events = NAMED_BY_OTHERS.has(table) ? ['UPDATE'] : ['INSERT', 'UPDATE', 'DELETE'];
    for (const event of events) {
      db.raw.exec(`CREATE TEMP TRIGGER searched_${table}_${event} AFTER ${event} ON main.${table}
        ${event === 'UPDATE' ? `WHEN ${differs.join(' OR ')}` : ''} BEGIN SELECT ${COUNTER}(); END`);
    }
  }
  return () => `${changes} ${db.get<{ data_version: number }>('PRAGMA data_version')?.data_version ?? 0}`;
}
