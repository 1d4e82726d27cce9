/**
 * Lists of items, page by page.
 *
 * The statement is put together from the filter, so that it starts at the few items that a filter leaves, else at the
 * index that gives the order, and ends as soon as a page is full: by price, then by words, by category, brand or shop,
 * else from the newest item on. What is selected are ids only; the view `v_items` then describes the items of the page.
 */
import type { BrowsedItem, ItemFilter, ListPage, ListPosition } from '../../domain/browse.js';
import { FashiondError } from '../../domain/errors.js';
import type { ProductId } from '../../domain/ids.js';
import type { Connection } from '../connection.js';
import { SHOWN_DECISION } from '../shown-decision.js';
import { orderable } from '../view-doc.js';
import { fewItems } from './narrow.js';
import { toItem } from './rows.js';
import type { ItemRow } from './rows.js';
import { wordsOf } from './words.js';

type Params = Record<string, string | number>;

interface Draft {
  /** The driving table first: CROSS JOIN keeps SQLite to the order. */
  readonly from: string;
  readonly sort: string;
  /** The item's number as the index has it that gives the order. */
  readonly id: string;
  readonly conditions: string[];
  readonly params: Params;
}

export function listItems(
  db: Connection,
  filter: ItemFilter,
  limit: number,
  after: ListPosition | null,
): ListPage<BrowsedItem> {
  const { sql, params } = listStatement(filter, after, fewItems(db, filter));
  const found = db.all<{ id: number; sort: number }>(sql, { ...params, limit: limit + 1 });
  const shown = found.slice(0, limit);
  const last = shown.at(-1);
  return {
    rows: itemsOf(
      db,
      shown.map(({ id }) => id as ProductId),
    ),
    next: found.length > limit && last !== undefined ? { value: last.sort, id: last.id } : null,
  };
}

/** Those that exist, in the order asked for. */
export function itemsOf(db: Connection, ids: readonly ProductId[]): BrowsedItem[] {
  const rows = db.all<ItemRow>('SELECT * FROM v_items WHERE product_id IN (SELECT value FROM json_each(?))', [
    JSON.stringify(ids),
  ]);
  const byId = new Map(rows.map((row) => [row.product_id, toItem(row)]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

/** `few`: the items among which all that pass are; null where they are not known. */
export function listStatement(
  filter: ItemFilter,
  after: ListPosition | null,
  few: readonly number[] | null = null,
): { readonly sql: string; readonly params: Params } {
  const draft = startingPoint(filter, few);
  const { conditions, params } = draft;
  if (!filter.vanished) conditions.push('p.vanished_at IS NULL');
  if (filter.inStock) {
    conditions.push(`p.vanished_at IS NULL AND o.availability IN (${orderable})`);
  }
  addPrices(filter, draft);
  const words = wordsOf(filter.words);
  conditions.push(...words.conditions);
  Object.assign(params, words.params);
  const up = filter.order === 'cheapest' || filter.order === 'oldest';
  const { sort, id } = draft;
  const key = sort === id ? [id] : [sort, id];
  if (after !== null) {
    conditions.push(
      `(${key.join(', ')}) ${up ? '>' : '<'} (${key.length === 1 ? ':after' : ':value, :after'})`,
    );
    Object.assign(params, key.length === 1 ? { after: after.id } : { value: after.value, after: after.id });
  }
  const order = key.map((column) => `${column} ${up ? 'ASC' : 'DESC'}`).join(', ');
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
  const offers = draft.from.includes('offers o') ? '' : 'LEFT JOIN offers o ON o.product_id = p.id';
  return {
    sql: `SELECT p.id, ${sort} AS sort FROM ${draft.from} ${offers} ${where} ORDER BY ${order} LIMIT :limit`,
    params,
  };
}

function startingPoint(filter: ItemFilter, few: readonly number[] | null): Draft {
  const conditions: string[] = [];
  const params: Params = {};
  const { category, shop, brand } = filter;
  const isPriced = filter.order === 'cheapest' || filter.order === 'dearest';
  if (isPriced && filter.currency === null) {
    throw new FashiondError('usage', 'items are ordered by price within one currency only', {
      hint: 'Name the currency, such as JPY, as well.',
    });
  }
  if (shop !== null) {
    conditions.push('p.shop_id = (SELECT id FROM shops WHERE key = :shop)');
    params['shop'] = shop;
  }
  if (brand !== null) {
    conditions.push('p.brand = :brand');
    params['brand'] = brand;
  }
  const byCategory = category !== null && category !== 'unknown';
  if (byCategory) params['category'] = category;
  const { match } = wordsOf(filter.words);
  const sorted = isPriced ? { sort: 'o.price_minor', id: 'o.product_id' } : { sort: 'p.id', id: 'p.id' };
  if (few === null && byCategory && (isPriced || (brand === null && match === null))) {
    conditions.push(`d.id = ${SHOWN_DECISION}`);
    return { ...categoryStart(isPriced), conditions, params };
  }
  if (category !== null) {
    conditions.push(
      `(SELECT s.category FROM item_predictions s WHERE s.id = ${SHOWN_DECISION}) IS ${byCategory ? ':category' : 'NULL'}`,
    );
  }
  if (few !== null) {
    const from = 'json_each(:few) f CROSS JOIN products p ON p.id = f.value';
    return { from, ...sorted, conditions, params: { ...params, few: JSON.stringify(few) } };
  }
  if (isPriced) {
    return { from: 'offers o CROSS JOIN products p ON p.id = o.product_id', ...sorted, conditions, params };
  }
  if (match === null) return { from: 'products p', ...sorted, conditions, params };
  conditions.push('w.item_words MATCH :match');
  return {
    from: 'item_words w CROSS JOIN products p ON p.id = w.rowid',
    sort: 'w.rowid',
    id: 'w.rowid',
    conditions,
    params: { ...params, match },
  };
}

/** By price, an offer that is not of the category costs one look at the index of the categories. */
function categoryStart(isPriced: boolean): Pick<Draft, 'from' | 'sort' | 'id'> {
  const decided = 'item_predictions d INDEXED BY item_predictions_category';
  if (!isPriced) {
    const from = `${decided} CROSS JOIN products p ON p.id = d.product_id AND d.category = :category`;
    return { from, sort: 'd.product_id', id: 'd.product_id' };
  }
  return {
    from: `offers o CROSS JOIN ${decided} ON d.category = :category AND d.product_id = o.product_id
      CROSS JOIN products p ON p.id = o.product_id`,
    sort: 'o.price_minor',
    id: 'o.product_id',
  };
}

function addPrices(filter: ItemFilter, { conditions, params }: Draft): void {
  if (filter.currency !== null) {
    conditions.push('o.currency = :currency');
    params['currency'] = filter.currency;
  }
  if (filter.minPrice !== null) {
    conditions.push('o.price_minor >= :minPrice');
    params['minPrice'] = filter.minPrice;
  }
  if (filter.maxPrice !== null) {
    conditions.push('o.price_minor <= :maxPrice');
    params['maxPrice'] = filter.maxPrice;
  }
}
