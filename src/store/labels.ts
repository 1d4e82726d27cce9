/** What a person said about an item or a picture. Added, never changed: the latest counts. */
import { FashiondError } from '../domain/errors.js';
import type { CategoryId, ProductId, Sha256 } from '../domain/ids.js';
import type { Connection } from './connection.js';

type LabelTarget = { readonly product: ProductId } | { readonly picture: Sha256 };

export interface Label {
  readonly target: LabelTarget;
  /** Null: none of the categories, or a bad picture. */
  readonly category: CategoryId | null;
  readonly by: string;
}

/** On the disk when this returns: no crawl brings a person's answer back. Returns the label's id. */
export function addLabel(db: Connection, label: Label, now: number): number {
  return db.durably(() => {
    const { target } = label;
    const product = 'product' in target ? rowOf(db, 'products', 'id', target.product) : null;
    const blob = 'picture' in target ? rowOf(db, 'blobs', 'sha256', target.picture) : null;
    return db.run(
      'INSERT INTO labels (product_id, blob_id, category, labelled_by, at) VALUES (?, ?, ?, ?, ?)',
      [product, blob, label.category, label.by, now],
    ).id;
  });
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
