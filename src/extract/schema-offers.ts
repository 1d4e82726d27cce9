/** Offers of a schema.org item, of any syntax: prices, list prices, tax and stock; and which of several counts. */
import type { Money } from '../domain/money.js';
import { ORDERABLE } from '../domain/product.js';
import type { Availability } from '../domain/product.js';
import { availabilityOfTerm } from './availability.js';
import { currencyCode, resolveCurrency } from './currency.js';
import type { PageContext, PriceHint } from './hints.js';
import { hasType, itemsOf, textOf } from './items.js';
import type { Item } from './items.js';
import { parseMarkupPrice } from './price.js';
import type { PriceText } from './price.js';

/** One thing that can be bought, with what is known of its price. */
export interface OfferFacts {
  readonly price: PriceText | null;
  readonly listPrice: Money | null;
  readonly taxIncluded: boolean | null;
  readonly availability: Availability | null;
  readonly url: string | null;
  readonly sku: string | null;
  /** The item that was read. */
  readonly item: Item;
}

export function offerUrl(item: Item): string | null {
  const [offer] = itemsOf(item, 'offers', 'offer');
  return offer === undefined ? null : textOf(offer, 'url');
}

export function offersOf(item: Item, context: PageContext): OfferFacts[] {
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
    item: offer,
  };
}

function booleanOf(text: string | null): boolean | null {
  if (text === null) return null;
  return /^true$/i.test(text) ? true : /^false$/i.test(text) ? false : null;
}

/** The variant the URL names; else what can be ordered; else all. */
export function chooseOffers(offers: readonly OfferFacts[], pageUrl: string): readonly OfferFacts[] {
  const named = offers.filter(({ url }) => isOfPage(url, pageUrl));
  if (named.length === 1) return named;
  const orderable = offers.filter(({ availability }) => availability !== null && ORDERABLE.has(availability));
  return orderable.length > 0 ? orderable : offers;
}

/** Whether a variant's URL names, by its query, the very page. */
export function isOfPage(url: string | null, pageUrl: string): boolean {
  if (url === null) return false;
  const own = new Map(parametersOf(pageUrl).filter(([name]) => VARIANT_PARAMETERS.test(name)));
  const shared = parametersOf(url).filter(([name]) => own.has(name));
  return shared.length > 0 && shared.every(([name, value]) => own.get(name) === value);
}

const VARIANT_PARAMETERS = /^(?:variant|sku|color|colour|size|pid|v)$/i;

/** Names and values of a query, as they are written. */
function parametersOf(url: string): (readonly [string, string])[] {
  const [, query = ''] = /\?([^#]*)/.exec(url) ?? [];
  return query.split(/[&;]/).map((pair) => {
    const [name = '', ...value] = pair.split('=');
    return [name, value.join('=')] as const;
  });
}

/** The lowest; of offers in several currencies that of the shop or the page's language, else of the first offer. */
export function priceOf(offers: readonly OfferFacts[], context: PageContext): PriceHint | null {
  const currencies = new Set(
    offers.map((offer) => offer.price?.price?.currency).filter((code) => code !== undefined),
  );
  const [first] = currencies;
  const usual = resolveCurrency(null, {
    markup: context.hints.currency,
    language: context.language,
    shop: null,
  })?.currency;
  const wanted = usual !== undefined && currencies.has(usual) ? usual : first;
  let best: OfferFacts | null = null;
  for (const offer of offers) {
    const money = offer.price?.price ?? null;
    if (money?.currency !== wanted || money === null) continue;
    if (money.minor < (best?.price?.price?.minor ?? Infinity)) best = offer;
  }
  const price = best?.price ?? null;
  if (best === null || price?.price === undefined || price.price === null) return null;
  if (currencies.size > 1) context.warn(`price: offers in ${[...currencies].join(' and ')}`);
  return {
    price: price.price,
    listPrice: best.listPrice,
    taxIncluded: best.taxIncluded,
    currencyFrom: price.currencyFrom,
  };
}
