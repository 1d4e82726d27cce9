/**
 * Filters that leave few items, found by their indexes before a list is read.
 *
 * A list that is read in its order ends when a page is full, soon where many pass; where few do it would be read to its
 * end. These few are looked at one by one instead. Currency, price and stock lead nowhere: a list that is narrowed
 * by these alone may go through the catalogue, and is read where that holds nobody up (readers.ts).
 */
import type { ItemFilter } from '../../domain/browse.js';
import type { Connection, SqlParams } from '../connection.js';
import { wordsOf } from './words.js';

/** So many items are looked at in 5 ms; of a million, what more of them have fills a page of 50 within 50,000. */
const FEW = 1000;

interface Start {
  readonly sql: string;
  readonly params: SqlParams;
}

/** Numbers of items, all that may pass among them; null where each filter leaves many, or one index gives the order too. */
export function fewItems(db: Connection, filter: ItemFilter): readonly number[] | null {
  const isPriced = filter.order === 'cheapest' || filter.order === 'dearest';
  const starts = startsOf(filter);
  if (!isPriced && starts.length < 2) return null;
  let fewest: readonly number[] | null = null;
  for (const { sql, params } of starts) {
    const ids = db.all<{ id: number }>(`${sql} LIMIT ${FEW + 1}`, params).map(({ id }) => id);
    if (ids.length <= FEW && (fewest === null || ids.length < fewest.length)) fewest = ids;
  }
  // Several models may have put an item in the category.
  return fewest === null ? null : [...new Set(fewest)];
}

function startsOf({ words, shop, brand, category }: ItemFilter): Start[] {
  const { match } = wordsOf(words);
  const starts: Start[] = [];
  const add = (sql: string, param: string | null): void => {
    if (param !== null) starts.push({ sql, params: [param] });
  };
  add('SELECT rowid AS id FROM item_words WHERE item_words MATCH ?', match);
  add('SELECT id FROM products WHERE shop_id = (SELECT id FROM shops WHERE key = ?)', shop);
  add('SELECT id FROM products WHERE brand = ?', brand);
  add(
    'SELECT product_id AS id FROM item_predictions WHERE category = ?',
    category === 'unknown' ? null : category,
  );
  return starts;
}
