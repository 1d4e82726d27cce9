/**
 * Names the items of which what search answers with has changed, so that an index is kept as the catalogue is.
 *
 * Triggers of this connection alone, not of the file, note rows whose searched columns change; a visit that finds a page
 * as it was notes nothing. What another connection commits, such as the upkeep, may be anything. A change that is rolled
 * back has been noted all the same.
 */
import type { ProductId } from '../../domain/ids.js';
import type { SearchChanges } from '../../domain/search-ports.js';
import type { Connection } from '../connection.js';

const NOTE = 'fashiond_searched';
const UNUSABLE = `IN ('refused', 'quarantined')`;
/** Changes past which an index is made anew sooner than changed. */
const MOST = 20_000;

type Kind = 'product' | 'image' | 'blob' | 'vector';

interface Searched {
  readonly kind: Kind;
  readonly key: string;
  /** What search reads; an update that leaves these as they were is none. */
  readonly columns: readonly string[];
  /** Rows that are searched only once others name them. */
  readonly isNamed?: true;
}

const SEARCHED: Readonly<Record<string, Searched>> = {
  products: { kind: 'product', key: 'id', columns: ['title', 'url', 'brand', 'vanished_at'] },
  offers: { kind: 'product', key: 'product_id', columns: ['price_minor', 'currency', 'availability'] },
  item_predictions: { kind: 'product', key: 'product_id', columns: ['category'] },
  embeddings: { kind: 'vector', key: 'blob_id', columns: ['vector'] },
  product_images: { kind: 'product', key: 'product_id', columns: ['position', 'image_id'] },
  images: { kind: 'image', key: 'id', columns: ['blob_id'], isNamed: true },
  blobs: { kind: 'blob', key: 'id', columns: ['palette', `state ${UNUSABLE}`], isNamed: true },
};

const ITEMS_OF_IMAGE = 'SELECT product_id AS id FROM product_images WHERE image_id = ?';
const ITEMS_OF_BLOB = `
  SELECT pi.product_id AS id FROM images i JOIN product_images pi ON pi.image_id = i.id WHERE i.blob_id = ?`;

/** Notes from now on. Not to be called within a transaction, whose end might take the triggers back. */
export function searchChanges(db: Connection): () => SearchChanges | null {
  const noted: Readonly<Record<Kind, Set<number>>> = {
    product: new Set(),
    image: new Set(),
    blob: new Set(),
    vector: new Set(),
  };
  db.raw.function(NOTE, (kind, id) => {
    const ids = noted[kind as Kind];
    // One more says that there are too many.
    if (ids.size <= MOST) ids.add(id as number);
    return null;
  });
  watch(db);
  // Nothing is known of what was before.
  let version = -1;
  return () => {
    const before = version;
    version = db.get<{ data_version: number }>('PRAGMA data_version')?.data_version ?? 0;
    const isKnown = version === before && Object.values(noted).every(({ size }) => size <= MOST);
    const changes = isKnown ? resolved(db, noted) : null;
    for (const ids of Object.values(noted)) ids.clear();
    return changes;
  };
}

function watch(db: Connection): void {
  for (const [table, { kind, key, columns, isNamed }] of Object.entries(SEARCHED)) {
    const differs = [key, ...columns].map((column) => `(OLD.${column}) IS NOT (NEW.${column})`);
    const events = isNamed === true ? ['UPDATE'] : ['INSERT', 'UPDATE', 'DELETE'];
    for (const event of events) {
      const row = event === 'DELETE' ? 'OLD' : 'NEW';
      db.raw.exec(`CREATE TEMP TRIGGER searched_${table}_${event} AFTER ${event} ON main.${table}
        ${event === 'UPDATE' ? `WHEN ${differs.join(' OR ')}` : ''}
        BEGIN SELECT ${NOTE}('${kind}', ${row}.${key}); END`);
    }
  }
}

function resolved(db: Connection, noted: Readonly<Record<Kind, ReadonlySet<number>>>): SearchChanges {
  const items = new Set(noted.product);
  const add = (sql: string, id: number): void => {
    for (const row of db.all<{ id: number }>(sql, [id])) items.add(row.id);
  };
  for (const image of noted.image) add(ITEMS_OF_IMAGE, image);
  for (const blob of [...noted.blob, ...noted.vector]) add(ITEMS_OF_BLOB, blob);
  return { items: [...items] as ProductId[], pictures: [...noted.vector] };
}
