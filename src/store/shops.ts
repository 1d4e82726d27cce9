/** Shops of the config. A shop that leaves the config keeps its items and is marked inactive. */
import { FashiondError } from '../domain/errors.js';
import type { ShopId } from '../domain/ids.js';
import type { Shop } from '../domain/shop.js';
import type { Connection } from './connection.js';

export function syncShops(db: Connection, shops: readonly Shop[]): void {
  db.transaction(() => {
    db.run('UPDATE shops SET active = 0');
    for (const shop of shops) {
      db.run(
        `INSERT INTO shops (key, name, active, usual_from) VALUES (?, ?, 1, ?)
         ON CONFLICT (key) DO UPDATE SET name = excluded.name, active = 1, usual_from = excluded.usual_from`,
        [shop.id, shop.name, shop.usualFrom ?? null],
      );
    }
  });
}

/** The shop's row id. */
export function shopRow(db: Connection, shop: ShopId): number {
  const row = db.get<{ id: number }>('SELECT id FROM shops WHERE key = ?', [shop]);
  if (row === undefined) {
    throw new FashiondError('not-found', `no shop is called ${shop}`, {
      hint: 'Shops come from the files under shops: in the configuration.',
    });
  }
  return row.id;
}
