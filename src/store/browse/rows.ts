/** Rows of the views as values of the domain. */
import type { BrowsedItem } from '../../domain/browse.js';
import type { CategoryId, ProductId, Sha256, ShopId } from '../../domain/ids.js';
import { currencyExponent } from '../../domain/money.js';
import type { Money } from '../../domain/money.js';
import type { Availability } from '../../domain/product.js';

/** The columns of `v_items` that are read here. */
export interface ItemRow {
  readonly product_id: number;
  readonly shop: string;
  readonly title: string;
  readonly brand: string | null;
  readonly sku: string | null;
  readonly url: string;
  readonly category: string | null;
  readonly probability: number | null;
  readonly best_category: string | null;
  readonly reason: string | null;
  readonly decided_by: string | null;
  readonly evidence: string | null;
  readonly price_minor: number | null;
  readonly currency: string | null;
  readonly list_price: number | null;
  readonly availability: string;
  readonly in_stock: number;
  readonly colour: string | null;
  readonly palette: string | null;
  readonly picture: string | null;
  readonly first_seen: string;
  readonly last_seen: string;
  readonly vanished_at: string | null;
}

export function toItem(row: ItemRow): BrowsedItem {
  return {
    id: row.product_id as ProductId,
    shop: row.shop as ShopId,
    title: row.title,
    brand: row.brand,
    sku: row.sku,
    url: row.url,
    category: row.category as CategoryId | null,
    best: row.best_category as CategoryId | null,
    probability: row.probability,
    reason: row.reason as BrowsedItem['reason'],
    decidedBy: row.decided_by as BrowsedItem['decidedBy'],
    price: moneyOf(row.price_minor, row.currency),
    listPrice: wholeMoney(row.list_price, row.currency),
    availability: row.availability as Availability,
    inStock: row.in_stock === 1,
    colour: row.colour,
    picture: row.picture as Sha256 | null,
    firstSeen: row.first_seen,
    lastSeen: row.last_seen,
    vanishedAt: row.vanished_at,
  };
}

export function moneyOf(minor: number | null, currency: string | null): Money | null {
  return minor === null || currency === null ? null : { minor, currency };
}

/** From an amount in whole units, as the views give list prices. */
export function wholeMoney(amount: number | null, currency: string | null): Money | null {
  if (amount === null || currency === null) return null;
  return { minor: Math.round(amount * 10 ** currencyExponent(currency)), currency };
}
