/** What search needs of the store: items with what an index keeps of them, and what it reads once they are found. */
import type { CategoryId, ProductId, Sha256, ShopId } from '../domain/ids.js';
import type { IndexEntry, SearchSpaces } from '../domain/search-ports.js';
import type { Availability } from '../domain/product.js';
import type { SearchItem, SearchVectors } from '../domain/similar.js';
import type { Connection } from './connection.js';
import { SHOWN_DECISION } from './shown-decision.js';
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

interface EntryRow extends Omit<ItemRow, 'title' | 'url' | 'picture'> {
  readonly blob: number;
  readonly short: Uint8Array | null;
}

/** Rows of one read, which holds the event loop for some milliseconds. */
const PAGE = 200;

const FILTERED_COLUMNS = `
  p.id, s.key AS shop, p.brand, d.category, o.price_minor, o.currency,
  CASE WHEN p.vanished_at IS NOT NULL THEN 'discontinued' ELSE COALESCE(o.availability, 'unknown') END
    AS availability, b.palette ->> '$[0].name' AS colour`;
const ITEM_COLUMNS = `${FILTERED_COLUMNS}, p.title, p.url, b.sha256 AS picture`;

const DECISION = `
  LEFT JOIN item_predictions d ON d.id = ${SHOWN_DECISION}`;

/**
 * The item's first usable picture that has both vectors; a short one was made of both. CROSS JOIN keeps the items in
 * order: no sorting.
 */
const SEARCHED = `
  FROM products p
  CROSS JOIN shops s ON s.id = p.shop_id
  JOIN blobs b ON b.id = (
    SELECT i.blob_id FROM product_images pi
    JOIN images i ON i.id = pi.image_id
    JOIN blobs c ON c.id = i.blob_id AND c.state NOT IN ('refused', 'quarantined')
    WHERE pi.product_id = p.id AND (
      EXISTS (SELECT 1 FROM short_vectors cv WHERE cv.blob_id = c.id AND cv.space_id = :short)
      OR EXISTS (SELECT 1 FROM embeddings cf WHERE cf.space_id = :features AND cf.blob_id = c.id)
        AND EXISTS (SELECT 1 FROM embeddings cl WHERE cl.space_id = :look AND cl.blob_id = c.id))
    ORDER BY pi.position LIMIT 1)
  LEFT JOIN offers o ON o.product_id = p.id
  ${DECISION}`;
const ENTRIES = `
  SELECT ${FILTERED_COLUMNS}, b.id AS blob, v.bytes AS short ${SEARCHED}
  LEFT JOIN short_vectors v ON v.blob_id = b.id AND v.space_id = :short`;

export const INDEXED_ITEMS = `${ENTRIES} WHERE p.id > :after ORDER BY p.id LIMIT ${PAGE}`;
const INDEXED_ITEM = `${ENTRIES} WHERE p.id = :id`;
const WHOLE_ITEM = `SELECT ${ITEM_COLUMNS} ${SEARCHED} WHERE p.id = :id`;

const PICTURE_VECTORS = `
  SELECT f.vector AS features, l.vector AS look FROM embeddings f
  JOIN embeddings l ON l.space_id = :look AND l.blob_id = f.blob_id
  WHERE f.space_id = :features AND f.blob_id = :picture`;

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
  ${DECISION}
  WHERE p.id = ?`;

export const FIND_BY_REFERENCE = `
  SELECT id FROM products WHERE sku = :reference
  UNION ALL SELECT id FROM products WHERE url = :reference
  UNION ALL SELECT p.product_id FROM frontier f JOIN pages p ON p.frontier_id = f.id
    WHERE f.shop_id IN (SELECT id FROM shops) AND f.url = :reference AND p.product_id IS NOT NULL`;

export function* indexedItems(db: Connection, spaces: SearchSpaces): Iterable<IndexEntry> {
  const found = knownSpaces(db, spaces);
  if (found === null) return;
  let after = 0;
  for (;;) {
    const rows = db.all<EntryRow>(INDEXED_ITEMS, { ...found, after });
    for (const row of rows) yield toEntry(row);
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    after = last.id;
  }
}

export function indexedItem(db: Connection, id: ProductId, spaces: SearchSpaces): IndexEntry | null {
  const found = knownSpaces(db, spaces);
  const row = found === null ? undefined : db.get<EntryRow>(INDEXED_ITEM, { ...found, id });
  return row === undefined ? null : toEntry(row);
}

export function wholeItems(
  db: Connection,
  ids: readonly ProductId[],
  spaces: SearchSpaces,
): ReadonlyMap<ProductId, SearchItem> {
  const found = knownSpaces(db, spaces);
  const items = new Map<ProductId, SearchItem>();
  if (found === null) return items;
  for (const id of ids) {
    const row = db.get<ItemRow>(WHOLE_ITEM, { ...found, id });
    if (row !== undefined) items.set(id, toItem(row));
  }
  return items;
}

/** Row ids of the spaces of whole vectors, which stay as they are once they are there. */
const SPACES = new WeakMap<Connection, Map<string, { readonly features: number; readonly look: number }>>();

export function pictureVectors(db: Connection, picture: number, spaces: SearchSpaces): SearchVectors | null {
  const found = wholeSpaces(db, spaces);
  if (found === null) return null;
  const { features, look } = found;
  const row = db.get<{ features: Uint8Array; look: Uint8Array }>(PICTURE_VECTORS, {
    features,
    look,
    picture,
  });
  return row === undefined ? null : { features: decodeVector(row.features), look: decodeVector(row.look) };
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

type KnownSpaces = Readonly<Record<'features' | 'look' | 'short', number>>;

/** Row ids, 0 for short vectors that there are none of; null where nothing has such vectors. */
function knownSpaces(db: Connection, spaces: SearchSpaces): KnownSpaces | null {
  const found = wholeSpaces(db, spaces);
  if (found === null) return null;
  const short = db.get<{ id: number }>('SELECT id FROM short_spaces WHERE fingerprint = ?', [spaces.short]);
  return { ...found, short: short?.id ?? 0 };
}

function wholeSpaces(
  db: Connection,
  { model, lookVersion }: SearchSpaces,
): { readonly features: number; readonly look: number } | null {
  const known = SPACES.get(db) ?? new Map<string, { features: number; look: number }>();
  SPACES.set(db, known);
  const key = `${model} ${lookVersion}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const spaceOf = (kind: string, fingerprint: string): number | undefined =>
    db.get<{ id: number }>('SELECT id FROM vector_spaces WHERE kind = ? AND fingerprint = ?', [
      kind,
      fingerprint,
    ])?.id;
  const [features, look] = [spaceOf('features', model), spaceOf('look', lookVersion)];
  if (features === undefined || look === undefined) return null;
  known.set(key, { features, look });
  return { features, look };
}

function toEntry(row: EntryRow): IndexEntry {
  const { short } = row;
  return {
    item: { ...filtered(row), picture: row.blob },
    // A copy, so that what is kept of it does not keep the whole page.
    short: short === null ? null : new Int8Array(short),
  };
}

function filtered(
  row: Omit<ItemRow, 'title' | 'url' | 'picture'>,
): Omit<SearchItem, 'title' | 'url' | 'picture'> {
  const { price_minor: minor, currency } = row;
  return {
    productId: row.id as ProductId,
    shop: row.shop as ShopId,
    brand: row.brand,
    category: row.category as CategoryId | null,
    price: minor === null || currency === null ? null : { minor, currency },
    availability: row.availability as Availability,
    colour: row.colour,
  };
}

function toItem(row: ItemRow): SearchItem {
  const { title, url, picture } = row;
  return { ...filtered(row), title, url, picture: picture as Sha256 };
}
