/**
 * What tells that items of two shops are the same product: the GTIN, or brand and manufacturer's number. Kept beside
 * each product in a form that can be compared (table `product_identities`); the view v_same_product joins by it.
 */
import { gtin14, isGlobal } from '../domain/gtin.js';
import type { Product } from '../domain/product.js';
import type { Connection } from './connection.js';

type Named = Pick<Product, 'gtin' | 'brand' | 'mpn'>;

interface Identity {
  /** 14 digits. */
  readonly gtin: string | null;
  readonly brandKey: string | null;
  readonly mpnKey: string | null;
}

/** Products taken in one transaction where an older program left them without. */
const FILL_BATCH = 500;
/** A shorter number is a running number of a shop rather than a manufacturer's. */
const SHORTEST_MPN = 4;

function identityOf({ gtin, brand, mpn }: Named): Identity {
  const number = gtin === null ? null : gtin14(gtin);
  return {
    gtin: number !== null && isGlobal(number) ? number : null,
    brandKey: brand === null ? null : lettersOf(brand) || null,
    mpnKey: mpn === null ? null : mpnKeyOf(mpn),
  };
}

/** `WH-1000/XM4` and `wh1000 xm4` are one number. Null for what is too short, or has no digit: a name, not a number. */
function mpnKeyOf(mpn: string): string | null {
  const key = lettersOf(mpn);
  return key.length >= SHORTEST_MPN && /\d/.test(key) ? key : null;
}

/** Letters and digits alone, without case, width and accents. */
function lettersOf(text: string): string {
  return text
    .normalize('NFKD')
    .replaceAll(/[\u0300-\u036f]/g, '')
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '');
}

export function saveIdentity(db: Connection, product: number, named: Named): void {
  const { gtin, brandKey, mpnKey } = identityOf(named);
  db.run(
    `INSERT INTO product_identities (product_id, gtin, brand_key, mpn_key) VALUES (?, ?, ?, ?)
     ON CONFLICT (product_id) DO UPDATE SET gtin = excluded.gtin, brand_key = excluded.brand_key,
       mpn_key = excluded.mpn_key`,
    [product, gtin, brandKey, mpnKey],
  );
}

/** From the product after the one where the last batch ended: looked for anew from the first, a million would take hours. */
export const WITHOUT_IDENTITY = `
  SELECT id, gtin, brand, mpn FROM products p
  WHERE id > :after AND NOT EXISTS (SELECT 1 FROM product_identities i WHERE i.product_id = p.id)
  ORDER BY id LIMIT :limit`;

/** Products that were saved before identities were kept; none once it has run. */
export function fillIdentities(db: Connection): void {
  let after: number | null = 0;
  while (after !== null) {
    const from: number = after;
    after = db.transaction(() => fillSome(db, from));
  }
}

/** Returns where it ended; null once there are no more. */
function fillSome(db: Connection, after: number): number | null {
  const params = { after, limit: FILL_BATCH };
  const rows = db.all<Named & { readonly id: number }>(WITHOUT_IDENTITY, params);
  for (const row of rows) saveIdentity(db, row.id, row);
  return rows.at(-1)?.id ?? null;
}
