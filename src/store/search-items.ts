/** What search needs of the store: items with their vectors, in pages, so that no statement stays open. */
import type { CategoryId, ModelFingerprint, ProductId, Sha256, ShopId } from '../domain/ids.js';
import type { Availability } from '../domain/product.js';
import type { SearchItem, SearchVectors } from '../domain/similar.js';
import type { Connection } from './connection.js';
import { decodeVector } from './vectors.js';

interface ItemRow {
  readonly id: number;
  readonly shop: string;
  readonly title: string;
  readonly url: string;
  readonly brand: string | null;
  readonly category: string | null;
  readonly price_minor: number | null;
  readonly currency: string | null;
  readonly availability: string;
  readonly picture: string;
  readonly colour: string | null;
}

interface VectorRow extends ItemRow {
  readonly features: Uint8Array;
  readonly look: Uint8Array;
}

/** Rows of one read, which holds the event loop for some milliseconds. */
const PAGE = 100;

const ITEM_COLUMNS = `
  p.id, s.key AS shop, p.title, p.url, p.brand, d.category, o.price_minor, o.currency,
  CASE WHEN p.vanished_at IS NOT NULL THEN 'discontinued' ELSE COALESCE(o.availability, 'unknown') END
    AS availability,
  b.sha256 AS picture, b.palette ->> '$[0].name' AS colour`;

/** The decision of the current model where there is one, else the latest of another. */
const CURRENT_DECISION = `
  LEFT JOIN item_predictions d ON d.id = (
    SELECT ip.id FROM item_predictions ip JOIN models m ON m.id = ip.model_id
    WHERE ip.product_id = p.id
    ORDER BY m.role IS 'current' DESC, ip.decided_at DESC, ip.id DESC LIMIT 1)`;

/** The item's first usable picture that has both vectors. CROSS JOIN keeps the items in order: no sorting. */
export const ITEMS_WITH_VECTORS = `
  SELECT ${ITEM_COLUMNS}, f.vector AS features, l.vector AS look
  FROM products p
  CROSS JOIN shops s ON s.id = p.shop_id
  JOIN blobs b ON b.id = (
    SELECT i.blob_id FROM product_images pi
    JOIN images i ON i.id = pi.image_id
    JOIN blobs c ON c.id = i.blob_id AND c.state NOT IN ('refused', 'quarantined')
    JOIN embeddings cf ON cf.space_id = :features AND cf.blob_id = c.id
    JOIN embeddings cl ON cl.space_id = :look AND cl.blob_id = c.id
    WHERE pi.product_id = p.id ORDER BY pi.position LIMIT 1)
  JOIN embeddings f ON f.space_id = :features AND f.blob_id = b.id
  JOIN embeddings l ON l.space_id = :look AND l.blob_id = b.id
  LEFT JOIN offers o ON o.product_id = p.id
  ${CURRENT_DECISION}
  WHERE p.id > :after ORDER BY p.id LIMIT ${PAGE}`;

/** The first picture whose bytes are known and were not refused; one that was read before one that waits. */
const FIND_ITEM = `
  SELECT ${ITEM_COLUMNS}
  FROM products p
  JOIN shops s ON s.id = p.shop_id
  JOIN blobs b ON b.id = (
    SELECT i.blob_id FROM product_images pi
    JOIN images i ON i.id = pi.image_id
    JOIN blobs c ON c.id = i.blob_id AND c.state NOT IN ('refused', 'quarantined')
    WHERE pi.product_id = p.id ORDER BY c.format IS NULL, pi.position LIMIT 1)
  LEFT JOIN offers o ON o.product_id = p.id
  ${CURRENT_DECISION}
  WHERE p.id = ?`;

export const FIND_BY_REFERENCE = `
  SELECT id FROM products WHERE sku = :reference
  UNION ALL SELECT id FROM products WHERE url = :reference
  UNION ALL SELECT p.product_id FROM frontier f JOIN pages p ON p.frontier_id = f.id
    WHERE f.shop_id IN (SELECT id FROM shops) AND f.url = :reference AND p.product_id IS NOT NULL`;

export function* searchItems(
  db: Connection,
  model: ModelFingerprint,
  lookVersion: string,
): Iterable<{ readonly item: SearchItem; readonly vectors: SearchVectors }> {
  const features = existingSpace(db, 'features', model);
  const look = existingSpace(db, 'look', lookVersion);
  if (features === null || look === null) return;
  let after = 0;
  for (;;) {
    const rows = db.all<VectorRow>(ITEMS_WITH_VECTORS, { features, look, after });
    for (const row of rows) {
      const vectors = { features: decodeVector(row.features), look: decodeVector(row.look) };
      yield { item: toItem(row), vectors };
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    after = last.id;
  }
}

/** The SKU may be another item's number: ids first, then SKUs, then URLs. */
export function findItem(
  db: Connection,
  reference: string,
): { readonly item: SearchItem; readonly picture: Sha256 } | null {
  for (const id of candidates(db, reference)) {
    const row = db.get<ItemRow>(FIND_ITEM, [id]);
    if (row !== undefined) return { item: toItem(row), picture: row.picture as Sha256 };
  }
  return null;
}

function* candidates(db: Connection, reference: string): Iterable<number> {
  if (/^[1-9]\d{0,14}$/.test(reference)) yield Number(reference);
  const rows = db.all<{ id: number }>(FIND_BY_REFERENCE, { reference });
  for (const { id } of rows) yield id;
}

function existingSpace(db: Connection, kind: 'features' | 'look', fingerprint: string): number | null {
  const row = db.get<{ id: number }>('SELECT id FROM vector_spaces WHERE kind = ? AND fingerprint = ?', [
    kind,
    fingerprint,
  ]);
  return row?.id ?? null;
}

function toItem(row: ItemRow): SearchItem {
  const { price_minor: minor, currency } = row;
  return {
    productId: row.id as ProductId,
    shop: row.shop as ShopId,
    title: row.title,
    url: row.url,
    brand: row.brand,
    category: row.category as CategoryId | null,
    price: minor === null || currency === null ? null : { minor, currency },
    availability: row.availability as Availability,
    picture: row.picture as Sha256,
    colour: row.colour,
  };
}
