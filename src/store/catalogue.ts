/**
 * Products, their current offers, and the history of prices, stock and titles.
 *
 * A product's identity within its shop is its SKU where a page names one, else its canonical URL. History gets
 * a row when something changed, the first value included, and none otherwise.
 */
import type { Offer, Product } from '../domain/product.js';
import type { Connection } from './connection.js';
import { saveIdentity } from './identity.js';
import { isSameText, keptText, queueText } from './texts.js';
import { saveVariants } from './variants.js';

export interface ProductRow {
  readonly id: number;
  readonly natural_key: string;
  readonly sku: string | null;
  readonly title: string;
}

interface OfferRow {
  readonly price_minor: number;
  readonly currency: string;
  readonly list_price_minor: number | null;
  readonly availability: string;
}

/** The index is named because the planner prefers the one by shop, and then reads all products of it. */
export const PRODUCTS_AT = `
  SELECT id, natural_key, sku, title FROM products INDEXED BY products_url WHERE url = :url AND shop_id = :shop LIMIT 2`;

const UPSERT_PRODUCT = `
  INSERT INTO products (shop_id, natural_key, url, title, description, brand, sku, gtin, mpn, breadcrumbs,
    first_seen, last_seen)
  VALUES (:shop, :key, :url, :title, :description, :brand, :sku, :gtin, :mpn, :breadcrumbs, :now, :now)
  ON CONFLICT (shop_id, natural_key) DO UPDATE SET
    url = excluded.url, title = excluded.title, description = excluded.description, brand = excluded.brand,
    sku = COALESCE(excluded.sku, sku), gtin = excluded.gtin, mpn = excluded.mpn,
    breadcrumbs = excluded.breadcrumbs, last_seen = excluded.last_seen, vanished_at = NULL
  RETURNING id`;

/**
 * Writes what a page or a feed reads. `previous` is the product it was last read as, `key` the natural key of one
 * that is known to be the same. Returns the product's id.
 */
export function saveProduct(
  db: Connection,
  page: { readonly shop: number; readonly previous: number | null; readonly key?: string },
  product: Product,
  now: number,
): number {
  const key = page.key ?? settleKey(db, page, product);
  const before = productByKey(db, page.shop, key);
  const text = keptText(db, before?.id);
  const row = db.get<{ id: number }>(UPSERT_PRODUCT, {
    shop: page.shop,
    key,
    url: product.url,
    title: product.title,
    description: product.description,
    brand: product.brand,
    sku: product.sku,
    gtin: product.gtin,
    mpn: product.mpn,
    breadcrumbs: JSON.stringify(product.breadcrumbs),
    now,
  });
  const id = (row as { id: number }).id;
  if (before?.title !== product.title) {
    db.run('INSERT INTO title_history (product_id, title, at) VALUES (?, ?, ?)', [id, product.title, now]);
  }
  saveIdentity(db, id, product);
  if (text === null || !isSameText(text, product)) queueText(db, id);
  saveOffer(db, id, product.offer, now);
  saveVariants(db, id, product.variants);
  return id;
}

/** The page still shows the product, as it was. */
export function touchProduct(db: Connection, product: number, now: number): void {
  db.run('UPDATE products SET last_seen = max(last_seen, ?), vanished_at = NULL WHERE id = ?', [
    now,
    product,
  ]);
}

/**
 * Marks a product vanished when no page shows it any more: each of its pages is confirmed gone or shows
 * another, and no feed lists it. Its pages lose what makes them "unchanged", so that a return is read in full.
 */
export function vanishIfNowhere(db: Connection, product: number, now: number): void {
  const alive = db.get(
    `SELECT 1 FROM pages p JOIN frontier f ON f.id = p.frontier_id
     WHERE p.product_id = :product AND f.gone_count < 2
     UNION ALL
     SELECT 1 FROM feed_items i JOIN feeds d ON d.id = i.feed_id
     WHERE i.product_id = :product AND i.gone_count < 2 AND d.active = 1`,
    { product },
  );
  if (alive !== undefined) return;
  const { changes } = db.run('UPDATE products SET vanished_at = ? WHERE id = ? AND vanished_at IS NULL', [
    now,
    product,
  ]);
  if (changes === 0) return;
  db.run(
    `INSERT INTO offer_history (product_id, price_minor, currency, list_price_minor, availability, at)
     SELECT p.id, o.price_minor, o.currency, o.list_price_minor, 'discontinued', :now
     FROM products p LEFT JOIN offers o ON o.product_id = p.id WHERE p.id = :product`,
    { product, now },
  );
  db.run(`UPDATE offers SET availability = 'discontinued', changed_at = ? WHERE product_id = ?`, [
    now,
    product,
  ]);
  db.run('UPDATE pages SET etag = NULL, last_modified = NULL, content_hash = NULL WHERE product_id = ?', [
    product,
  ]);
}

/**
 * The natural key to save under. A page that gains a SKU keeps its product, renamed; one that loses its SKU
 * (a reading that found less) keeps the product and the key.
 */
function settleKey(
  db: Connection,
  page: { readonly shop: number; readonly previous: number | null },
  product: Product,
): string {
  const key = product.sku === null ? `url:${product.url}` : skuKey(product.sku);
  if (productByKey(db, page.shop, key) !== undefined) return key;
  const listed = productAt(db, page.shop, product.url);
  if (listed !== undefined && isListed(db, listed.id)) return listed.natural_key;
  const previous = page.previous === null ? undefined : productById(db, page.previous);
  if (previous === undefined) return key;
  const hadSku = previous.natural_key.startsWith('sku:');
  if (product.sku === null) return hadSku ? previous.natural_key : key;
  if (hadSku) return key;
  db.run('UPDATE products SET natural_key = ? WHERE id = ?', [key, previous.id]);
  return key;
}

export function skuKey(sku: string): string {
  return `sku:${sku}`;
}

export function productById(db: Connection, id: number): ProductRow | undefined {
  return db.get<ProductRow>('SELECT id, natural_key, sku, title FROM products WHERE id = ?', [id]);
}

export function productByKey(db: Connection, shop: number, key: string): ProductRow | undefined {
  return db.get<ProductRow>(
    'SELECT id, natural_key, sku, title FROM products WHERE shop_id = ? AND natural_key = ?',
    [shop, key],
  );
}

/** The only product of the shop at this address; none where several are. */
export function productAt(db: Connection, shop: number, url: string): ProductRow | undefined {
  const rows = db.all<ProductRow>(PRODUCTS_AT, { shop, url });
  return rows.length === 1 ? rows[0] : undefined;
}

/** A feed knows the product under a number of its own, whatever the page says. */
function isListed(db: Connection, product: number): boolean {
  return db.get('SELECT 1 FROM feed_items WHERE product_id = ?', [product]) !== undefined;
}

function saveOffer(db: Connection, product: number, offer: Offer | null, now: number): void {
  const before = db.get<OfferRow>(
    'SELECT price_minor, currency, list_price_minor, availability FROM offers WHERE product_id = ?',
    [product],
  );
  if (offer === null) {
    if (before === undefined) return;
    db.run('DELETE FROM offers WHERE product_id = ?', [product]);
    db.run(`INSERT INTO offer_history (product_id, availability, at) VALUES (?, 'unknown', ?)`, [
      product,
      now,
    ]);
    return;
  }
  // A list price in another currency cannot be set against the price; no shop has been seen to do it.
  const listPrice = offer.listPrice?.currency === offer.price.currency ? offer.listPrice.minor : null;
  const taxIncluded = offer.taxIncluded === null ? null : Number(offer.taxIncluded);
  const values = {
    product,
    price: offer.price.minor,
    currency: offer.price.currency,
    listPrice,
    availability: offer.availability,
    now,
  };
  const changed =
    before === undefined ||
    before.price_minor !== values.price ||
    before.currency !== values.currency ||
    before.list_price_minor !== listPrice ||
    before.availability !== values.availability;
  if (!changed) {
    db.run('UPDATE offers SET tax_included = ? WHERE product_id = ?', [taxIncluded, product]);
    return;
  }
  db.run(
    `INSERT INTO offers (product_id, price_minor, currency, list_price_minor, availability, tax_included,
       changed_at)
     VALUES (:product, :price, :currency, :listPrice, :availability, :taxIncluded, :now)
     ON CONFLICT (product_id) DO UPDATE SET price_minor = excluded.price_minor, currency = excluded.currency,
       list_price_minor = excluded.list_price_minor, availability = excluded.availability,
       tax_included = excluded.tax_included, changed_at = excluded.changed_at`,
    { ...values, taxIncluded },
  );
  db.run(
    `INSERT INTO offer_history (product_id, price_minor, currency, list_price_minor, availability, at)
     VALUES (:product, :price, :currency, :listPrice, :availability, :now)`,
    values,
  );
}
