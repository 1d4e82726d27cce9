/** The view of items that are the same product; by which keys, see `identity.ts`. */
import type { ViewDoc } from './view-doc.js';

export const sameProduct: ViewDoc = {
  name: 'v_same_product',
  doc:
    'Items of two shops that are the same product, one row for each pair and direction: joined by GTIN, else by brand ' +
    "and manufacturer's number, never by title, and not at all where a shop sells two items with that key or brands, " +
    'categories or GTINs of the items with that key differ.',
  columns: {
    product_id: "the item's number",
    shop: "the shop's id",
    title: 'name on the shop page',
    price: 'current price in whole units of the currency, or NULL',
    currency: 'ISO 4217 code',
    joined_by: 'gtin or brand-mpn',
    key: 'the GTIN as 14 digits, or brand and number without spaces and marks',
    other_product_id: 'number of the same product at the other shop',
    other_shop: "the other shop's id",
    other_title: 'name there',
    other_price: 'price there, or NULL',
    other_currency: 'currency there',
    other_in_stock: '1 when it can be ordered there now, else 0',
    other_url: 'page there',
  },
  types: {
    integer: ['product_id', 'other_product_id'],
    decimal: ['price', 'other_price'],
    boolean: ['other_in_stock'],
  },
  select: `
WITH live AS MATERIALIZED (
  SELECT k.gtin, k.brand_key, k.mpn_key, v.product_id, v.shop, v.title, v.category, v.price, v.currency, v.in_stock,
    v.url
  FROM product_identities k JOIN v_items v ON v.product_id = k.product_id
  WHERE v.vanished_at IS NULL AND (k.gtin IS NOT NULL OR (k.brand_key IS NOT NULL AND k.mpn_key IS NOT NULL))),
sure AS MATERIALIZED (
  SELECT 'gtin' AS joined_by, gtin AS key FROM live WHERE gtin IS NOT NULL GROUP BY gtin
  HAVING count(*) > 1 AND count(DISTINCT shop) = count(*) AND count(DISTINCT brand_key) <= 1
    AND count(DISTINCT category) <= 1
  UNION ALL
  SELECT 'brand-mpn', brand_key || ' ' || mpn_key FROM live WHERE brand_key IS NOT NULL AND mpn_key IS NOT NULL
  GROUP BY brand_key, mpn_key
  HAVING count(*) > 1 AND count(DISTINCT shop) = count(*) AND count(DISTINCT gtin) <= 1
    AND count(DISTINCT category) <= 1),
keyed AS MATERIALIZED (
  SELECT l.*, s.joined_by, s.key FROM sure s
  JOIN live l ON s.key = CASE s.joined_by WHEN 'gtin' THEN l.gtin ELSE l.brand_key || ' ' || l.mpn_key END)
SELECT a.product_id, a.shop, a.title, a.price, a.currency, a.joined_by, a.key, b.product_id AS other_product_id,
  b.shop AS other_shop, b.title AS other_title, b.price AS other_price, b.currency AS other_currency,
  b.in_stock AS other_in_stock, b.url AS other_url
FROM keyed a JOIN keyed b ON b.joined_by = a.joined_by AND b.key = a.key AND b.product_id <> a.product_id
WHERE a.joined_by = 'gtin' OR a.gtin IS NULL OR b.gtin IS NULL`,
};
