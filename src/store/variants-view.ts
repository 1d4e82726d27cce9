/** `v_variants`: see views.ts for what a view may change. */
import { major, orderable } from './view-doc.js';
import type { ViewDoc } from './view-doc.js';

export const variantsView: ViewDoc = {
  name: 'v_variants',
  doc: 'Colours and sizes of the items, as their pages showed them last: one row for each.',
  columns: {
    product_id: "the item's number",
    shop: "the shop's id",
    title: 'name of the item',
    variant: 'what the shop calls the variant, or NULL',
    colour: 'colour as the shop names it, or NULL',
    size: 'size as the shop names it, or NULL',
    sku: "the shop's own number of the variant, or NULL",
    gtin: 'GTIN with a right check digit, or NULL',
    mpn: "the manufacturer's number, or NULL",
    price: "price in whole units of the currency; the item's where the variant has none of its own",
    price_minor: 'the same in minor units, exact',
    currency: 'ISO 4217 code',
    list_price: 'price before a reduction, in whole units, or NULL',
    availability: 'in-stock, low-stock, back-order, pre-order, sold-out, discontinued or unknown',
    in_stock: '1 when it can be ordered now, else 0',
    url: "the variant's page, or the item's",
    pictures: 'addresses of its own pictures as JSON',
  },
  types: {
    integer: ['product_id', 'price_minor'],
    decimal: ['price', 'list_price'],
    boolean: ['in_stock'],
  },
  select: `
SELECT v.product_id, s.key AS shop, p.title, v.title AS variant, v.colour, v.size, v.sku, v.gtin, v.mpn,
  ${major('v.price_minor', 'v.currency')} AS price, v.price_minor, v.currency,
  ${major('v.list_price_minor', 'v.currency')} AS list_price,
  CASE WHEN p.vanished_at IS NOT NULL THEN 'discontinued' ELSE v.availability END AS availability,
  p.vanished_at IS NULL AND v.availability IN (${orderable}) AS in_stock,
  COALESCE(v.url, p.url) AS url, v.images AS pictures
FROM variants v
JOIN products p ON p.id = v.product_id
JOIN shops s ON s.id = p.shop_id`,
};
