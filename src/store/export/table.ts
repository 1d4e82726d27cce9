/**
 * The rows that an export writes, batch by batch, so that a view of any length takes little memory.
 *
 * Items are read in the order of their numbers, each batch in a read of its own: an export that takes long keeps no
 * log from being shortened, and an item that changes meanwhile is as it was when its batch was read. Other views have no
 * key to go on from and are one read.
 */
import type { ItemFilter } from '../../domain/browse.js';
import { FashiondError } from '../../domain/errors.js';
import { didYouMean } from '../../platform/did-you-mean.js';
import { listStatement } from '../browse/list-items.js';
import type { Connection } from '../connection.js';
import type { ColumnType } from '../view-doc.js';
import { VIEWS } from '../views.js';

type Value = string | number | bigint | null;
export type Row = Readonly<Record<string, Value>>;

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
}

export interface Table {
  readonly columns: readonly Column[];
  readonly batches: Iterable<readonly Row[]>;
}

export const ITEMS_VIEW = 'v_items';
const BATCH = 500;
/** The view whole, vanished items included. */
const EVERYTHING: ItemFilter = {
  shop: null,
  category: null,
  brand: null,
  words: null,
  inStock: false,
  currency: null,
  minPrice: null,
  maxPrice: null,
  vanished: true,
  order: 'oldest',
};

/** `filter`: of `v_items` only; null for every row. Throws FashiondError `usage` for a view that does not exist. */
export function tableOf(db: Connection, view: string, filter: ItemFilter | null): Table {
  const columns = columnsOf(view);
  const names = columns.map(({ name }) => name).join(', ');
  if (view === ITEMS_VIEW) return { columns, batches: itemBatches(db, names, filter ?? EVERYTHING) };
  if (filter !== null) throw new FashiondError('usage', `only ${ITEMS_VIEW} can be filtered, not ${view}`);
  return {
    columns,
    batches: batchesOf(db.statement(`SELECT ${names} FROM ${view}`).iterate() as Iterable<Row>),
  };
}

export function columnsOf(view: string): readonly Column[] {
  const found = VIEWS.find(({ name }) => name === view);
  if (found !== undefined) {
    const types = Object.entries(found.types) as [ColumnType, readonly string[]][];
    const typeOf = (name: string): ColumnType =>
      types.find(([, names]) => names.includes(name))?.[0] ?? 'text';
    return Object.keys(found.columns).map((name) => ({ name, type: typeOf(name) }));
  }
  const names = VIEWS.map(({ name }) => name);
  throw new FashiondError('usage', `there is no view ${view}`, {
    hint: didYouMean(view, names) ?? `expected one of ${names.join(', ')}`,
  });
}

function* itemBatches(db: Connection, names: string, filter: ItemFilter): Generator<readonly Row[]> {
  const rows = `SELECT ${names} FROM ${ITEMS_VIEW}
    WHERE product_id IN (SELECT value FROM json_each(?)) ORDER BY product_id`;
  let last = 0;
  for (;;) {
    const { sql, params } = listStatement({ ...filter, order: 'oldest' }, { value: last, id: last });
    const ids = db.all<{ id: number }>(sql, { ...params, limit: BATCH }).map(({ id }) => id);
    if (ids.length > 0) yield db.all<Row>(rows, [JSON.stringify(ids)]);
    if (ids.length < BATCH) return;
    last = ids.at(-1) ?? last;
  }
}

function* batchesOf(rows: Iterable<Row>): Generator<readonly Row[]> {
  let batch: Row[] = [];
  for (const row of rows) {
    batch.push(row);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
