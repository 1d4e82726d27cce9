/** A schema.org Product or ProductGroup, of any syntax -> hints. */
import type { FieldSource } from '../domain/product.js';
import { bestAvailability } from './availability.js';
import { categoryTrail } from './category-trail.js';
import { plainText } from './dom-text.js';
import { NO_HINTS } from './hints.js';
import type { PageContext, SourceHints } from './hints.js';
import { itemsOf, textOf } from './items.js';
import type { Item } from './items.js';
import { chooseOffers, isOfPage, offersOf, offerUrl, priceOf } from './schema-offers.js';
import { gtinOf, imagesOf } from './schema-values.js';
import { schemaVariants } from './schema-variants.js';

const CONFIDENCE: Readonly<Partial<Record<FieldSource, number>>> = {
  'json-ld': 0.95,
  microdata: 0.9,
  rdfa: 0.85,
};
const MAX_IMAGES = 40;

export function productHints(product: Item, source: FieldSource, context: PageContext): SourceHints {
  const variants = itemsOf(product, 'hasvariant').slice(0, 500);
  const offers = [product, ...variants].flatMap((item) => offersOf(item, context));
  const chosen = chooseOffers(offers, context.url);
  const category = textOf(product, 'category');
  const sole = variants.find((variant) => isOfPage(textOf(variant, 'url') ?? offerUrl(variant), context.url));
  const [first] = variants;
  const title = plainText(
    textOf(product, 'name') ?? (first === undefined ? '' : (textOf(first, 'name') ?? '')),
    400,
  );
  // A code that names one variant of several is not the product's, unless the address names that variant.
  const own = (...names: string[]): string | null =>
    (sole === undefined ? null : textOf(sole, ...names)) ?? textOf(product, ...names);
  const variantSku = first === undefined ? chosen[0]?.sku : textOf(first, 'sku');
  return {
    ...NO_HINTS,
    source,
    confidence: CONFIDENCE[source] ?? 0.8,
    title,
    description: plainText(textOf(product, 'description') ?? ''),
    brand: plainText(textOf(product, 'brand', 'manufacturer') ?? '', 120),
    sku: plainText(withoutScheme(own('sku') ?? own('productgroupid', 'productid') ?? variantSku ?? ''), 80),
    gtin: gtinOf(own),
    mpn: plainText(own('mpn') ?? '', 80),
    breadcrumbs: category === null ? [] : categoryTrail(category),
    images: imagesOf(product, context)
      .concat(variants.flatMap((v) => imagesOf(v, context)))
      .slice(0, MAX_IMAGES),
    price: priceOf(chosen, context),
    availability: bestAvailability(chosen.map(({ availability }) => availability)),
    variants: schemaVariants(product, title, context),
    isProduct: title !== null,
  };
}

/** `sku:WS-9` -> `WS-9`: productID names its kind so. */
function withoutScheme(code: string): string {
  return code.replace(/^(?:sku|mpn|id|ref|productid):\s*/i, '');
}
