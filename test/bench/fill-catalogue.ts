/** A catalogue of any size, by SQL: a crawl of so many items takes an hour. */
import Database from 'better-sqlite3';

/** What a catalogue of so many items is made of. */
export interface CatalogueSize {
  readonly items: number;
  readonly shops: number;
  readonly categories: number;
}

/** Into a database that openStore has made. */
export function fillCatalogue(path: string, { items, shops, categories }: CatalogueSize): void {
  const db = new Database(path);
  const insert = (table: string, values: string): void => {
    db.prepare(
      `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${items}) INSERT INTO ${table} SELECT ${values} FROM n`,
    ).run();
  };
  db.transaction(() => {
    db.exec(`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${shops})
      INSERT INTO shops (id, key, name, active) SELECT i, 'shop-' || i, 'Shop ' || i, 1 FROM n`);
    db.exec(`INSERT INTO models (id, fingerprint, name, role) VALUES (1, 'm', 'm', 'current')`);
    const words = `'A soft garment for every day of the week, cut wide and sewn twice. '`;
    insert(
      'products (id, shop_id, natural_key, url, title, description, brand, sku, breadcrumbs, first_seen, last_seen)',
      `i, 1 + i % ${shops}, 'k' || i, 'https://shop.example/' || i, 'Striped garment ' || i || ' in navy',
        replace(printf('%8s', ''), ' ', ${words}), 'Brand ' || (i % 900), 'S' || i, '[]', 1, 1`,
    );
    insert(
      'offers (product_id, price_minor, currency, availability, changed_at)',
      `i, 1000 + (i * 7919) % 50000, CASE i % 3 WHEN 0 THEN 'EUR' ELSE 'JPY' END, 'in-stock', 1`,
    );
    insert(
      'offer_history (product_id, price_minor, currency, availability, at)',
      `i, 1000, 'JPY', 'in-stock', 1`,
    );
    insert(
      'offer_history (product_id, price_minor, currency, availability, at)',
      `i, 900, 'JPY', 'in-stock', 2`,
    );
    insert(
      'item_predictions (product_id, model_id, category, probability, best, candidates, decided_at)',
      `i, 1, CASE i % 10 WHEN 0 THEN NULL ELSE 'category-' || (i % ${categories}) END, (i * 31 % 1000) / 1000.0,
        'category-' || (i % ${categories}), '[]', 1`,
    );
    insert(
      'blobs (id, sha256, byte_length, state, format, width, height, phash, palette, stored_at)',
      `i, printf('%064x', i), 1, 'done', 'jpeg', 1, 1, printf('%08x%08x', i * 2654435761 & 4294967295, i * 40503), '[]', 1`,
    );
    insert(
      'images (id, shop_id, url, state, due_at, blob_id, added_at)',
      `i, 1 + i % ${shops}, 'https://shop.example/i/' || i, 'stored', 1, i, 1`,
    );
    insert('product_images (product_id, position, image_id)', 'i, 0, i');
  })();
  db.close();
}
