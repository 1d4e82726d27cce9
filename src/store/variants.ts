/** The colours and sizes of a product, as its page showed them last. */
import type { Variant } from '../domain/product.js';
import type { Connection } from './connection.js';

const INSERT = `
  INSERT INTO variants (product_id, position, title, sku, gtin, mpn, colour, size, url, images, price_minor,
    currency, list_price_minor, availability)
  VALUES (:product, :position, :title, :sku, :gtin, :mpn, :colour, :size, :url, :images, :price, :currency,
    :listPrice, :availability)`;

/** Replaces what was there. */
export function saveVariants(db: Connection, product: number, variants: readonly Variant[]): void {
  db.run('DELETE FROM variants WHERE product_id = ?', [product]);
  for (const [position, variant] of variants.entries()) {
    const { title, sku, gtin, mpn, colour, size, url, images, offer, availability } = variant;
    db.run(INSERT, {
      product,
      position,
      title,
      sku,
      gtin,
      mpn,
      colour,
      size,
      url,
      images: JSON.stringify(images),
      price: offer?.price.minor ?? null,
      currency: offer?.price.currency ?? null,
      listPrice: offer?.listPrice?.minor ?? null,
      availability,
    });
  }
}
