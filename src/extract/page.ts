/** The page itself, for shops without structured data: what a shopper would read. */
import type { Element } from 'domhandler';
import type { Availability } from '../domain/product.js';
import { availabilityOfWords } from './availability.js';
import { plainText } from './dom-text.js';
import { nameKey, NO_HINTS } from './hints.js';
import type { PageContext, SourceHints } from './hints.js';
import { attribute, contains } from './html.js';
import type { HtmlPage } from './html.js';
import { visibleImages } from './page-images.js';
import { labelledFields } from './page-labels.js';
import { CHROME, HIDDEN, LINKED, mapPage, OPTION, RELATED } from './page-map.js';
import type { PageMap } from './page-map.js';
import { visiblePrice } from './page-price.js';
import type { TitlePlace, VisiblePrice } from './page-price.js';
import { pageVariants } from './page-variants.js';
import { visibleTitle } from './page-title.js';
import type { PageTitle } from './page-title.js';

export interface PageHints {
  readonly hints: SourceHints;
  /** How sure the price is, 0 to 1; 0 without a price. */
  readonly priceConfidence: number;
  readonly titleConfidence: number;
  /** The page shows a control that puts the item into a cart, or says that it is sold out. */
  readonly isOrderPage: boolean;
}

/**
 * A product page: a title, a price that is not on a card of a list, and a buy control or a stock label. Articles
 * lack the control, lists have their prices on cards.
 */
export function readVisiblePage(
  page: HtmlPage,
  tags: ReadonlyMap<string, readonly string[]>,
  context: PageContext,
): PageHints {
  const map = mapPage(page, context);
  const title = visibleTitle(page, map);
  const price = visiblePrice(map, context, placeOf(title, context));
  const fields = labelledFields(map);
  const choices = pageVariants(map);
  const stock = fields.availability ?? stockWords(map, choices.variants.length > 0 ? choices.places : []);
  const buy = buyAvailability(map);
  const availability = fields.availability ?? combine(buy, stock);
  const isOrderPage = (buy !== null || stock !== null) && isNotList(price);
  const hints: SourceHints = {
    ...NO_HINTS,
    source: 'page',
    confidence: 0.6,
    title: title?.text ?? null,
    description: plainText(tags.get('description')?.[0] ?? ''),
    brand: fields.brand,
    sku: fields.sku,
    gtin: fields.gtin,
    mpn: fields.mpn,
    images: visibleImages(map, context, title?.text ?? ''),
    price: isNotList(price) ? (price?.hint ?? null) : null,
    availability,
    variants: choices.variants,
    isProduct: title !== null && price !== null && isOrderPage,
  };
  return {
    hints,
    priceConfidence: price === null || price.onCard ? 0 : price.confidence,
    titleConfidence: title?.confidence ?? 0,
    isOrderPage,
  };
}

function placeOf(title: PageTitle | null, context: PageContext): TitlePlace {
  if (title === null) return { order: null, subjectOrder: null };
  const key = nameKey(title.text);
  const isSubject = context.names.some((name) => nameKey(name).includes(key));
  return { order: title.order, subjectOrder: isSubject ? title.order : null };
}

function isNotList(price: VisiblePrice | null): boolean {
  return price === null || !price.onCard;
}

/** What an enabled buy control means; null without one. */
function buyAvailability(map: PageMap): Availability | null {
  const controls = map.controls.filter(({ zone, enabled }) => enabled && (zone & (CHROME | RELATED)) === 0);
  const [first] = controls;
  if (first === undefined) return null;
  return controls.every(({ text }) => /予約|pre-?order/i.test(text)) ? 'pre-order' : 'in-stock';
}

/** A control that works outweighs a word that may speak of one variant. */
function combine(buy: Availability | null, stock: Availability | null): Availability | null {
  if (buy === null) return stock;
  return stock === 'low-stock' || stock === 'pre-order' || stock === 'back-order' ? stock : buy;
}

const LONGEST_STATUS = 40;

/** Short texts and badges about stock, outside navigation, other items, links and variants (`places`). */
function stockWords(map: PageMap, places: readonly Element[]): Availability | null {
  for (const { text, zone, element } of map.texts) {
    if (text.length > LONGEST_STATUS || (zone & (CHROME | RELATED | LINKED | OPTION | HIDDEN)) !== 0)
      continue;
    const availability = availabilityOfWords(text);
    if (availability !== null && !places.some((place) => contains(place, element))) return availability;
  }
  for (const { element, zone } of map.pictures) {
    if ((zone & (CHROME | RELATED | LINKED | HIDDEN)) !== 0) continue;
    const availability = availabilityOfWords(attribute(element, 'alt') ?? '');
    if (availability !== null) return availability;
    if (/sold[-_]?out/i.test(attribute(element, 'src') ?? '')) return 'sold-out';
  }
  return null;
}
