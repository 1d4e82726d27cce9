/** An object of a script that has the shape of a product -> hints. Names of fields are those that shops use. */
import type { Money } from '../domain/money.js';
import { bestAvailability } from './availability.js';
import { plainText } from './dom-text.js';
import { imagesIn, priceIn } from './embedded-offer.js';
import { availabilityIn, currencyIn, textIn } from './embedded-values.js';
import type { Fields } from './embedded-values.js';
import {
  embeddedVariant,
  FIRST_VARIANT,
  GTIN_FIELDS,
  MPN_FIELDS,
  optionLabels,
  SKU_FIELDS,
  variantRecords,
} from './embedded-variants.js';
import { NO_HINTS, validGtin } from './hints.js';
import type { PageContext, PriceHint, SourceHints, VariantHint } from './hints.js';

export const NAME_FIELDS = [
  'name',
  'title',
  'productname',
  'producttitle',
  'itemname',
  'displayname',
  'goodsname',
  'productdisplayname',
  'fullname',
  'contentname',
] as const;
const BRAND_FIELDS = [
  'brand',
  'brandname',
  'vendor',
  'manufacturer',
  'manufacturername',
  'itembrand',
  'productbrand',
  'designer',
  'designername',
  'maker',
] as const;

export function embeddedProduct(fields: Fields, context: PageContext, around: string | null): SourceHints {
  const records = variantRecords(fields);
  const title = nameOf(fields, records);
  const currency = currencyIn(fields) ?? around;
  const rules = { currency, hundredths: isInHundredths(fields, records), context };
  const labels = optionLabels(fields);
  const variants = records.map((record) => embeddedVariant(record, { rules, labels, title }));
  const chosen = cheapest(variants);
  const stocks = variants.map(({ availability }) => availability);
  const sku = textIn(fields, ...SKU_FIELDS);
  // The only variant, or the one that stands for all.
  const isLone = variants.length === 1 || FIRST_VARIANT.some((name) => fields.has(name));
  const images = imagesIn(fields, context);
  return {
    ...NO_HINTS,
    source: 'embedded',
    confidence: 0.8,
    title,
    brand: plainText(textIn(fields, ...BRAND_FIELDS) ?? '', 120),
    sku: plainText(sku ?? (isLone ? (variants[0]?.sku ?? '') : ''), 80),
    gtin: validGtin(textIn(fields, ...GTIN_FIELDS)),
    mpn: plainText(textIn(fields, ...MPN_FIELDS) ?? '', 80),
    images: images.length > 0 ? images : (variants[0]?.images ?? []),
    price: priceIn(fields, rules) ?? chosen,
    availability: availabilityIn(fields) ?? (stocks.includes(null) ? null : bestAvailability(stocks)),
    variants:
      variants.length > 1 || variants.some(({ colour, size }) => colour !== null || size !== null)
        ? variants
        : [],
    isProduct: false,
  };
}

/** One platform's analytics name the product only through its variants: `Shirt - Red / M` of `Red / M`. */
function nameOf(fields: Fields, records: readonly Fields[]): string | null {
  const own = textIn(fields, ...NAME_FIELDS);
  const [first] = records;
  if (own !== null || first === undefined || !fields.has('vendor')) return own;
  const [full, choice] = [textIn(first, 'name'), textIn(first, 'publictitle')];
  if (full === null || choice === null || !full.endsWith(choice)) return full;
  return full.slice(0, -choice.length).replace(/\s*-\s*$/, '');
}

const PLATFORM_FIELDS = ['handle', 'pricemin', 'pricevaries', 'featuredimage'] as const;

/** The platform that writes prices in hundredths names its options so. A price to compare with others have as well. */
function isInHundredths(fields: Fields, records: readonly Fields[]): boolean {
  const [first] = records;
  const isPlatform =
    first?.has('option1') === true ||
    first?.has('publictitle') === true ||
    (fields.has('compareatprice') && PLATFORM_FIELDS.some((field) => fields.has(field)));
  const price = first?.get('price') ?? fields.get('price');
  return isPlatform && Number.isInteger(price);
}

/** Of what can be ordered the lowest price, else of all. */
function cheapest(variants: readonly VariantHint[]): PriceHint | null {
  const priced = variants.filter(({ price }) => price !== null);
  const open = priced.filter(
    ({ availability }) => availability !== 'sold-out' && availability !== 'discontinued',
  );
  let best: PriceHint | null = null;
  for (const { price } of open.length > 0 ? open : priced) {
    if (!price?.price) continue;
    const lowest: Money | null = best?.price ?? null;
    const isBelow = lowest?.currency === price.price.currency && price.price.minor < lowest.minor;
    if (lowest === null || isBelow) best = price;
  }
  return best;
}
