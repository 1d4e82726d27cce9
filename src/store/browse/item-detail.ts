/** One item whole: with its pictures, variants and history. */
import type { BrowsedVariant, ItemDetail, PricePoint } from '../../domain/browse.js';
import type { CategoryId, ProductId, Sha256 } from '../../domain/ids.js';
import type { PaletteColour } from '../../domain/picture.js';
import type { Availability } from '../../domain/product.js';
import type { Connection } from '../connection.js';
import { SHOWN_DECISION } from '../shown-decision.js';
import { moneyOf, toItem, wholeMoney } from './rows.js';
import type { ItemRow } from './rows.js';

interface MoreRow {
  readonly description: string | null;
  readonly gtin: string | null;
  readonly mpn: string | null;
  readonly breadcrumbs: string;
  readonly candidates: string | null;
}

interface OfferRow {
  readonly price_minor: number | null;
  readonly currency: string | null;
  readonly list_price: number | null;
  readonly availability: string;
}

interface VariantRow extends OfferRow {
  readonly variant: string | null;
  readonly colour: string | null;
  readonly size: string | null;
  readonly sku: string | null;
  readonly in_stock: number;
  readonly url: string;
}

const MORE = `
  SELECT p.description, p.gtin, p.mpn, p.breadcrumbs, (
    SELECT d.candidates FROM item_predictions d WHERE d.id = ${SHOWN_DECISION}) AS candidates
  FROM products p WHERE p.id = ?`;

const PICTURES = `
  SELECT b.sha256 FROM product_images pi JOIN images im ON im.id = pi.image_id
  JOIN blobs b ON b.id = im.blob_id AND b.format IS NOT NULL AND b.state NOT IN ('refused', 'quarantined')
  WHERE pi.product_id = ? GROUP BY b.id ORDER BY min(pi.position)`;

export function itemDetail(db: Connection, id: ProductId): ItemDetail | null {
  const row = db.get<ItemRow>('SELECT * FROM v_items WHERE product_id = ?', [id]);
  const more = db.get<MoreRow>(MORE, [id]);
  if (row === undefined || more === undefined) return null;
  const pairs = JSON.parse(more.candidates ?? '[]') as [CategoryId, number][];
  return {
    ...toItem(row),
    description: more.description,
    gtin: more.gtin,
    mpn: more.mpn,
    breadcrumbs: JSON.parse(more.breadcrumbs) as string[],
    palette: JSON.parse(row.palette ?? '[]') as PaletteColour[],
    pictures: db.all<{ sha256: Sha256 }>(PICTURES, [id]).map(({ sha256 }) => sha256),
    candidates: pairs.map(([category, probability]) => ({ category, probability })),
    evidence: row.evidence === null ? null : (JSON.parse(row.evidence) as ItemDetail['evidence']),
    variants: variantsOf(db, id),
    history: historyOf(db, id),
  };
}

/** Oldest first. */
export function historyOf(db: Connection, id: ProductId): PricePoint[] {
  const rows = db.all<OfferRow & { readonly at: string }>(
    'SELECT at, price_minor, currency, list_price, availability FROM v_prices WHERE product_id = ? ORDER BY at',
    [id],
  );
  return rows.map((row) => ({ at: row.at, ...offerOf(row) }));
}

function variantsOf(db: Connection, id: ProductId): BrowsedVariant[] {
  const rows = db.all<VariantRow>(
    `SELECT variant, colour, size, sku, price_minor, currency, list_price, availability, in_stock, url
     FROM v_variants WHERE product_id = ?`,
    [id],
  );
  return rows.map((row) => {
    const { price, availability } = offerOf(row);
    const { variant, colour, size, sku, in_stock: inStock, url } = row;
    return { title: variant, colour, size, sku, price, availability, inStock: inStock === 1, url };
  });
}

function offerOf(row: OfferRow): Omit<PricePoint, 'at'> {
  return {
    price: moneyOf(row.price_minor, row.currency),
    listPrice: wholeMoney(row.list_price, row.currency),
    availability: row.availability as Availability,
  };
}
