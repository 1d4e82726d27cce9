/**
 * What people said of items and pictures. Rows are added and never changed: the latest that was not taken back counts,
 * and taking back is a row of its own.
 */
import { FashiondError } from '../domain/errors.js';
import type { CategoryId, ProductId, Sha256 } from '../domain/ids.js';
import type { KeptLabel, NewLabel } from '../domain/review.js';
import type { Connection } from './connection.js';

/** Whether the picture `b` was called bad, and that stands. */
export const IS_BAD_PICTURE = `EXISTS (SELECT 1 FROM labels bad WHERE bad.blob_id = b.id
    AND bad.verdict = 'bad-picture' AND NOT EXISTS (SELECT 1 FROM labels w WHERE w.withdraws = bad.id))`;

const SAID_OF_ITEM = `
  SELECT l.category FROM labels l
  WHERE l.product_id = ? AND l.verdict IN ('category', 'none')
    AND NOT EXISTS (SELECT 1 FROM labels w WHERE w.withdraws = l.id)
  ORDER BY l.id DESC LIMIT 1`;

/** Null where nobody has judged the item; a null category where a person found none that fits. */
export function personSaid(db: Connection, product: number): { readonly category: CategoryId | null } | null {
  return db.get<{ category: CategoryId | null }>(SAID_OF_ITEM, [product]) ?? null;
}

/** In the caller's transaction. A bad picture is said of the picture, all else of the item. Returns the label's id. */
export function addLabel(db: Connection, label: NewLabel, now: number): number {
  const product = rowOf(db, 'products', 'id', label.product);
  requireSense(label);
  const seen = label.picture === null ? null : rowOf(db, 'blobs', 'sha256', label.picture);
  const ofPicture = label.verdict === 'bad-picture';
  return db.run(
    `INSERT INTO labels (product_id, blob_id, category, labelled_by, at, verdict, seen_blob_id, sample)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      ofPicture ? null : product,
      ofPicture ? seen : null,
      label.category,
      label.by,
      now,
      label.verdict,
      seen,
      label.sample,
    ],
  ).id;
}

/** Takes a label back. Returns whether there was one that stood. */
export function withdrawLabel(db: Connection, id: number, by: string, now: number): boolean {
  const { changes } = db.run(
    `INSERT INTO labels (product_id, blob_id, category, labelled_by, at, verdict, withdraws)
     SELECT product_id, blob_id, NULL, ?, ?, 'withdrawn', id FROM labels l
     WHERE l.id = ? AND l.verdict <> 'withdrawn' AND NOT EXISTS (SELECT 1 FROM labels w WHERE w.withdraws = l.id)`,
    [by, now, id],
  );
  return changes === 1;
}

/** Products whose decision may rest on the label. */
export function productsOfLabel(db: Connection, id: number): number[] {
  return db
    .all<{ id: number }>(
      `SELECT product_id AS id FROM labels WHERE id = :label AND product_id IS NOT NULL
       UNION SELECT pi.product_id FROM labels l JOIN images i ON i.blob_id = l.blob_id
         JOIN product_images pi ON pi.image_id = i.id WHERE l.id = :label`,
      { label: id },
    )
    .map((row) => row.id);
}

interface LabelRow {
  readonly label: number;
  readonly product_id: number | null;
  readonly picture: string | null;
  readonly verdict: KeptLabel['verdict'];
  readonly category: string | null;
  readonly sample: KeptLabel['sample'];
  readonly labelled_by: string;
  readonly at: string;
  readonly withdrawn_at: string | null;
}

const COLUMNS = 'label, product_id, picture, verdict, category, sample, labelled_by, at, withdrawn_at';

export function keptLabel(db: Connection, id: number): KeptLabel | null {
  const row = db.get<LabelRow>(`SELECT ${COLUMNS} FROM v_labels WHERE label = ?`, [id]);
  return row === undefined ? null : toLabel(row);
}

/** Newest first. */
export function keptLabels(db: Connection, limit: number, after: number | null): KeptLabel[] {
  return db
    .all<LabelRow>(`SELECT ${COLUMNS} FROM v_labels WHERE label < ? ORDER BY label DESC LIMIT ?`, [
      after ?? Number.MAX_SAFE_INTEGER,
      limit,
    ])
    .map(toLabel);
}

/** Of an item and of its pictures, newest first. */
export function standingLabels(db: Connection, product: ProductId): KeptLabel[] {
  return db
    .all<LabelRow>(
      `SELECT ${COLUMNS} FROM v_labels WHERE withdrawn_at IS NULL AND label IN (
         SELECT id FROM labels WHERE product_id = :product
         UNION SELECT l.id FROM product_images pi JOIN images i ON i.id = pi.image_id
           JOIN labels l ON l.blob_id = i.blob_id WHERE pi.product_id = :product)
       ORDER BY label DESC`,
      { product },
    )
    .map(toLabel);
}

function toLabel(row: LabelRow): KeptLabel {
  return {
    id: row.label,
    product: row.product_id as ProductId | null,
    picture: row.picture as Sha256 | null,
    verdict: row.verdict,
    category: row.category as CategoryId | null,
    sample: row.sample,
    by: row.labelled_by,
    at: row.at,
    withdrawnAt: row.withdrawn_at,
  };
}

function requireSense({ verdict, category, picture }: NewLabel): void {
  if ((verdict === 'category') !== (category !== null)) {
    throw new FashiondError(
      'usage',
      `the verdict ${verdict} goes ${category === null ? 'with' : 'without'} a category`,
    );
  }
  if (verdict === 'bad-picture' && picture === null) {
    throw new FashiondError('usage', 'it is not said which picture is bad', {
      hint: 'Name it by its SHA-256, as the item lists it.',
    });
  }
}

function rowOf(db: Connection, table: 'products' | 'blobs', column: string, value: string | number): number {
  const row = db.get<{ id: number }>(`SELECT id FROM ${table} WHERE ${column} = ?`, [value]);
  if (row === undefined) {
    throw new FashiondError('not-found', `there is no ${table === 'blobs' ? 'picture' : 'item'} ${value}`, {
      hint: 'Items and pictures are listed by the view v_items.',
    });
  }
  return row.id;
}
