/**
 * Everything a user could tell two catalogues apart by: each view whole, and the tables behind them, without ids,
 * times and the shops' ports.
 */
import Database from 'better-sqlite3';
import { VIEWS } from '../../src/store/views.js';

/** Rows by the name of what they come from, as JSON, sorted: two crawls find their pages in different orders. */
export type Catalogue = Readonly<Record<string, readonly string[]>>;

/** Numbers of rows, and what depends on which of several errors came last. */
const VOLATILE = new Set(['product_id', 'other_product_id', 'run', 'last_error']);
/** What a run is judged by is how far the pictures were when it ended, and how often it was put off. */
const OF_THE_MOMENT = new Set(['health', 'problems', 'outcomes', 'throttled', 'v_runs.unknown_share']);

const TABLES: Readonly<Record<string, string>> = {
  integrity: 'PRAGMA integrity_check',
  prices: `SELECT shop, url, price_minor, currency, list_price, availability,
    row_number() OVER (PARTITION BY product_id ORDER BY at) AS nth FROM v_prices`,
  titles: `SELECT p.url, h.title, row_number() OVER (PARTITION BY h.product_id ORDER BY h.at) AS nth
    FROM title_history h JOIN products p ON p.id = h.product_id`,
  pictures: `SELECT p.url, pi.position, i.url AS picture FROM product_images pi
    JOIN products p ON p.id = pi.product_id JOIN images i ON i.id = pi.image_id`,
  images: `SELECT i.url, i.state, b.sha256 FROM images i LEFT JOIN blobs b ON b.id = i.blob_id`,
  blobs: 'SELECT sha256, state, byte_length, format, width, height, phash FROM blobs',
  predictions: `SELECT b.sha256, m.fingerprint, p.category, p.best, p.probability
    FROM predictions p JOIN blobs b ON b.id = p.blob_id JOIN models m ON m.id = p.model_id`,
  embeddings: `SELECT b.sha256, s.kind, s.fingerprint, length(e.vector) AS bytes
    FROM embeddings e JOIN blobs b ON b.id = e.blob_id JOIN vector_spaces s ON s.id = e.space_id`,
  runs: 'SELECT s.key, r.slot, r.status FROM runs r JOIN shops s ON s.id = r.shop_id',
  feeds:
    'SELECT s.key, f.url, f.state, f.items, f.skipped, f.problem FROM feeds f JOIN shops s ON s.id = f.shop_id',
  feed_items: `SELECT f.url, i.item_key, i.gone_count, i.changed, p.url AS product FROM feed_items i
    JOIN feeds f ON f.id = i.feed_id LEFT JOIN products p ON p.id = i.product_id`,
  frontier:
    'SELECT s.key, f.url, f.kind, f.state, f.gone_count FROM frontier f JOIN shops s ON s.id = f.shop_id',
};

/** `path`: the database of a daemon that has ended. */
export function catalogueOf(path: string): Catalogue {
  const db = new Database(path, { readonly: true });
  try {
    const views = VIEWS.map(({ name }) => [name, `SELECT * FROM ${name}`] as const);
    return Object.fromEntries(
      [...views, ...Object.entries(TABLES)].map(([name, sql]) => [
        name,
        db
          .prepare<[], Record<string, unknown>>(sql)
          .all()
          .map((row) => comparable(name, row))
          .toSorted(),
      ]),
    );
  } finally {
    db.close();
  }
}

/** A prediction depends in its last digits on the batch it was computed in; near a rounding edge even these do. */
const DIGITS = 3;

function comparable(table: string, row: Readonly<Record<string, unknown>>): string {
  const kept = Object.entries(row).filter(
    ([column]) =>
      !VOLATILE.has(column) && !OF_THE_MOMENT.has(column) && !OF_THE_MOMENT.has(`${table}.${column}`),
  );
  const json = JSON.stringify(kept, (_, value: unknown) =>
    typeof value === 'number' ? Number(value.toFixed(DIGITS)) : value,
  );
  return json.replaceAll(/127\.0\.0\.1:\d+/g, 'shop').replaceAll(/"\d{4}-\d\d-\d\dT[\d:.]+Z"/g, '"a time"');
}

/** How two catalogues differ, for people: a few rows of each table; empty where they are the same. */
export function differences(expected: Catalogue, found: Catalogue): string[] {
  const names = new Set([...Object.keys(expected), ...Object.keys(found)]);
  return [...names].flatMap((name) => {
    const [before, after] = [expected[name] ?? [], found[name] ?? []];
    return [
      ...withoutThese(before, after).map((row) => `${name}: lost ${row}`),
      ...withoutThese(after, before).map((row) => `${name}: more than there was ${row}`),
    ];
  });
}

/** The rows that `others` lacks; a row that stands twice counts twice. */
function withoutThese(rows: readonly string[], others: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const row of others) counts.set(row, (counts.get(row) ?? 0) + 1);
  return rows.filter((row) => {
    const left = counts.get(row) ?? 0;
    counts.set(row, left - 1);
    return left <= 0;
  });
}
