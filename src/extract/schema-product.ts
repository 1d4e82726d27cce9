/** A schema.org Product or ProductGroup, of any syntax -> hints. */
import type { Money } from '../domain/money.js';
import { ORDERABLE } from '../domain/product.js';
import type { Availability, FieldSource } from '../domain/product.js';
import { availabilityOfTerm, bestAvailability } from './availability.js';
import { currencyCode } from './currency.js';
import { plainText } from './dom-text.js';
import { absoluteUrl, NO_HINTS, validGtin } from './hints.js';
import type { PageContext, PriceHint, SourceHints } from './hints.js';
import { hasType, isItem, itemsOf, textOf, valuesOf } from './items.js';
import type { Item } from './items.js';
import { parseMarkupPrice } from './price.js';
import type { PriceText } from './price.js';

const CONFIDENCE: Readonly<Partial<Record<FieldSource, number>>> = {
  'json-ld': 0.95,
  microdata: 0.9,
  rdfa: 0.85,
};
const MAX_IMAGES = 40;

/** One thing that can be bought, with what is known of its price. */
interface OfferFacts {
  readonly price: PriceText | null;
  readonly listPrice: Money | null;
  readonly taxIncluded: boolean | null;
  readonly availability: Availability | null;
  readonly url: string | null;
  readonly sku: string | null;
}

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
    sku: plainText(own('sku') ?? own('productgroupid', 'productid') ?? variantSku ?? '', 80),
    gtin: validGtin(
      own('gtin13', 'gtin', 'gtin14', 'gtin12', 'gtin8')?.replace(/^(?:ean|jan|gtin|upc):?/i, '') ?? null,
    ),
    mpn: plainText(own('mpn') ?? '', 80),
    breadcrumbs: category === null ? [] : categoryTrail(category),
    images: imagesOf(product, context)
      .concat(variants.flatMap((v) => imagesOf(v, context)))
      .slice(0, MAX_IMAGES),
    price: priceOf(chosen, context),
    availability: bestAvailability(chosen.map(({ availability }) => availability)),
    isProduct: title !== null,
  };
}

/** Categories are written as a path; taxonomy URLs and bare ids say nothing to people. */
function categoryTrail(category: string): string[] {
  if (/^https?:|^\d+$/.test(category)) return [];
  return (plainText(category, 300) ?? '').split(/\s*(?:>|»|›|\s\/\s)\s*/).filter((name) => name !== '');
}

function imagesOf(product: Item, context: PageContext): string[] {
  const urls = valuesOf(product, 'image', 'images', 'photo').map((value) =>
    isItem(value) ? (textOf(value, 'contenturl', 'url', 'thumbnailurl', '@id') ?? value.id) : String(value),
  );
  const absolute = urls.map((url) => absoluteUrl(url, context.base)).filter((url) => url !== null);
  return [...new Set(absolute)];
}

function offerUrl(item: Item): string | null {
  const [offer] = itemsOf(item, 'offers', 'offer');
  return offer === undefined ? null : textOf(offer, 'url');
}

function offersOf(item: Item, context: PageContext): OfferFacts[] {
  const facts: OfferFacts[] = [];
  for (const offer of itemsOf(item, 'offers', 'offer').slice(0, 500)) {
    const currency = currencyOf(offer) ?? currencyOf(item);
    const nested = hasType(offer, 'aggregateoffer') ? itemsOf(offer, 'offers', 'offer') : [];
    const inner = nested.slice(0, 500).map((each) => offerFacts(each, currencyOf(each) ?? currency, context));
    if (inner.some(({ price }) => price !== null)) facts.push(...inner);
    else facts.push(offerFacts(offer, currency, context));
  }
  // Microdata of old templates puts the price on the product itself.
  return facts.length === 0 && item.properties.has('price')
    ? [offerFacts(item, currencyOf(item), context)]
    : facts;
}

function currencyOf(item: Item): string | null {
  return currencyCode(textOf(item, 'pricecurrency', 'currency'));
}

function offerFacts(offer: Item, markup: string | null, context: PageContext): OfferFacts {
  const read = (text: string | null, currency: string | null): PriceText | null => {
    if (text === null) return null;
    const money = { markup: currency, language: context.language, shop: context.hints.currency };
    const reading = parseMarkupPrice(text, money);
    if (reading.kind === 'no-currency') context.warn(`price: no currency for "${text.slice(0, 40)}"`);
    return reading.kind === 'price' ? reading : null;
  };
  const specifications = itemsOf(offer, 'pricespecification').map((each) => ({
    price: read(textOf(each, 'price', 'minprice'), currencyOf(each) ?? markup),
    isList: /list|srp|msrp|strikethrough|regular/i.test(textOf(each, 'pricetype', 'name') ?? ''),
    taxIncluded: booleanOf(textOf(each, 'valueaddedtaxincluded')),
  }));
  const current = specifications.find(({ isList, price }) => !isList && price !== null);
  const list = specifications.find(({ isList }) => isList);
  const price = read(textOf(offer, 'price', 'lowprice'), markup) ?? current?.price ?? null;
  return {
    price,
    listPrice: list?.price?.price ?? price?.listPrice ?? null,
    taxIncluded:
      booleanOf(textOf(offer, 'valueaddedtaxincluded')) ?? current?.taxIncluded ?? price?.taxIncluded ?? null,
    availability: availabilityOfTerm(textOf(offer, 'availability')),
    url: textOf(offer, 'url'),
    sku: textOf(offer, 'sku'),
  };
}

function booleanOf(text: string | null): boolean | null {
  if (text === null) return null;
  return /^true$/i.test(text) ? true : /^false$/i.test(text) ? false : null;
}

/** The variant the URL names; else what can be ordered; else all. */
function chooseOffers(offers: readonly OfferFacts[], pageUrl: string): readonly OfferFacts[] {
  const named = offers.filter(({ url }) => isOfPage(url, pageUrl));
  if (named.length === 1) return named;
  const orderable = offers.filter(({ availability }) => availability !== null && ORDERABLE.has(availability));
  return orderable.length > 0 ? orderable : offers;
}

/** Whether a variant's URL names, by its query, the very page. */
function isOfPage(url: string | null, pageUrl: string): boolean {
  const variant = /[?&](?:variant|sku|color|colour|size|pid|v)=([^&#]+)/i.exec(pageUrl)?.[0];
  return variant !== undefined && url !== null && url.includes(variant.slice(1));
}

function priceOf(offers: readonly OfferFacts[], context: PageContext): PriceHint | null {
  let best: OfferFacts | null = null;
  for (const offer of offers) {
    const amount = offer.price?.price?.minor;
    if (amount !== undefined && amount < (best?.price?.price?.minor ?? Infinity)) best = offer;
  }
  const price = best?.price ?? null;
  if (best === null || price?.price === undefined || price.price === null) return null;
  const currencies = new Set(
    offers.map((offer) => offer.price?.price?.currency).filter((code) => code !== undefined),
  );
  if (currencies.size > 1) context.warn(`price: offers in ${[...currencies].join(' and ')}`);
  return {
    price: price.price,
    listPrice: best.listPrice,
    taxIncluded: best.taxIncluded,
    currencyFrom: price.currencyFrom,
  };
}
