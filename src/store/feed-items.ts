/** Staged rows of feeds -> the catalogue: one product for each group of rows, one transaction for each batch. */
import type { FeedEntry, FeedItem } from '../domain/feed.js';
import type { Product } from '../domain/product.js';
import { productAt, productById, productByKey, saveProduct, skuKey, vanishIfNowhere } from './catalogue.js';
import type { ProductRow } from './catalogue.js';
import type { Connection } from './connection.js';
import { itemOf } from './feeds.js';
import { attachImages } from './product-images.js';

interface GroupRow {
  readonly item_key: string;
  readonly data: string | null;
  readonly traces: string;
  readonly gone_count: number;
  readonly product_id: number | null;
}

export const CHANGED_GROUPS = `
  SELECT DISTINCT group_key FROM feed_items INDEXED BY feed_items_changed
  WHERE feed_id = ? AND changed = 1 LIMIT ?`;

const ROWS_OF_GROUP = `
  SELECT item_key, data, traces, gone_count, product_id FROM feed_items
  WHERE feed_id = ? AND group_key = ? ORDER BY id`;

export function applyItems(
  db: Connection,
  feed: FeedEntry,
  limit: number,
  assemble: (items: readonly FeedItem[]) => Product,
  now: number,
): number {
  return db.transaction(() => {
    const shop = db.get<{ shop_id: number }>('SELECT shop_id FROM feeds WHERE id = ?', [feed.id])?.shop_id;
    if (shop === undefined) return 0;
    const groups = db.all<{ group_key: string }>(CHANGED_GROUPS, [feed.id, limit]);
    for (const { group_key: group } of groups) applyGroup(db, { feed: feed.id, shop, group }, assemble, now);
    return groups.length;
  });
}

interface Group {
  readonly feed: number;
  readonly shop: number;
  readonly group: string;
}

function applyGroup(
  db: Connection,
  at: Group,
  assemble: (items: readonly FeedItem[]) => Product,
  now: number,
): void {
  const rows = db.all<GroupRow>(ROWS_OF_GROUP, [at.feed, at.group]);
  const items = rows.flatMap((row) =>
    row.gone_count < 2 && row.data !== null ? [itemOf(row.item_key, at.group, row.data, row.traces)] : [],
  );
  const before = new Set(rows.flatMap(({ product_id: id }) => id ?? []));
  const previous =
    rows
      .flatMap(({ gone_count: gone, product_id: id }) => (gone < 2 && id !== null ? [id] : []))
      .find((id) => !isOfAnotherGroup(db, at, id)) ?? null;
  const product = items.length === 0 ? null : saveGroup(db, at, previous, assemble(items), now);
  // The rows of a product with variants are needed whenever one of them changes; others only until they are here.
  db.run(
    `UPDATE feed_items SET changed = 0, product_id = CASE WHEN gone_count < 2 THEN :product ELSE product_id END,
       hash = CASE WHEN gone_count < 2 THEN hash END,
       data = CASE WHEN gone_count < 2 AND group_key LIKE 'group:%' THEN data END
     WHERE feed_id = :feed AND group_key = :group`,
    { product, feed: at.feed, group: at.group },
  );
  for (const id of before) if (id !== product) vanishIfNowhere(db, id, now);
}

/** Whether other rows of the feed, which still list it, are that product: two groups are never one. */
function isOfAnotherGroup(db: Connection, { feed, group }: Group, product: number): boolean {
  const sql = `
    SELECT 1 FROM feed_items
    WHERE product_id = ? AND feed_id = ? AND group_key <> ? AND gone_count < 2 LIMIT 1`;
  return db.get(sql, [product, feed, group]) !== undefined;
}

/** The item's page may be known already, under its own number or under none: both are one product. */
function saveGroup(
  db: Connection,
  at: Group,
  previous: number | null,
  product: Product,
  now: number,
): number {
  const { shop } = at;
  const free = (row: ProductRow | undefined): ProductRow | undefined =>
    row === undefined || isOfAnotherGroup(db, at, row.id) ? undefined : row;
  const known =
    (previous === null ? undefined : productById(db, previous)) ??
    free(product.sku === null ? undefined : productByKey(db, shop, skuKey(product.sku))) ??
    free(productAt(db, shop, product.url)) ??
    free(productAt(db, shop, product.url.split('?', 1)[0] ?? product.url));
  const saved = { ...product, sku: known?.sku ?? product.sku };
  const key = known === undefined ? {} : { key: known.natural_key };
  const id = saveProduct(db, { shop, previous: known?.id ?? null, ...key }, saved, now);
  attachImages(db, { shop, product: id }, saved.images, now);
  return id;
}
