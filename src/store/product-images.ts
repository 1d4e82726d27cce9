/** Which pictures show which item, and in which order. */
import type { Connection } from './connection.js';

/**
 * Replaces the item's pictures; URLs not seen before become wanted. Pictures that are no longer named stay in
 * the store. An item whose pictures changed is marked as undecided.
 */
export function attachImages(
  db: Connection,
  owner: { readonly shop: number; readonly product: number },
  urls: readonly string[],
  now: number,
): void {
  const wanted = urls.map((url) => imageRow(db, owner.shop, url, now));
  const present = db
    .all<{ image_id: number }>('SELECT image_id FROM product_images WHERE product_id = ? ORDER BY position', [
      owner.product,
    ])
    .map((row) => row.image_id);
  if (present.length === wanted.length && present.every((id, index) => id === wanted[index])) return;
  db.run('DELETE FROM product_images WHERE product_id = ?', [owner.product]);
  for (const [position, image] of wanted.entries()) {
    db.run('INSERT INTO product_images (product_id, position, image_id) VALUES (?, ?, ?)', [
      owner.product,
      position,
      image,
    ]);
  }
  db.run('INSERT OR IGNORE INTO undecided (product_id) VALUES (?)', [owner.product]);
}

function imageRow(db: Connection, shop: number, url: string, now: number): number {
  const known = db.get<{ id: number }>('SELECT id FROM images WHERE shop_id = ? AND url = ?', [shop, url]);
  if (known !== undefined) return known.id;
  // Due at once, and not from now on: a clock that is set back would put it off.
  return db.run(`INSERT INTO images (shop_id, url, state, due_at, added_at) VALUES (?, ?, 'wanted', 0, ?)`, [
    shop,
    url,
    now,
  ]).id;
}
