/** A shop's own CSS selectors -> hints that win over every other source. A broken selector is reported. */
import { compile, selectAll } from 'css-select';
import { Element } from 'domhandler';
import type { AnyNode } from 'domhandler';
import { messageOf } from '../domain/errors.js';
import type { SelectorField } from '../domain/product.js';
import { availabilityOfStockValue, availabilityOfTerm } from './availability.js';
import { priceTextOf, visibleText } from './dom-text.js';
import { absoluteUrl, NO_HINTS, validGtin } from './hints.js';
import type { PageContext, PriceHint, SourceHints } from './hints.js';
import { attribute } from './html.js';
import type { HtmlPage } from './html.js';
import { imageSource } from './image-source.js';
import { parsePrice } from './price.js';

type Matcher = (node: AnyNode) => boolean;

/** Null stands for a selector that does not compile. */
const compiled = new Map<string, Matcher | null>();
const REMEMBERED = 1000;

export function selectorHints(page: HtmlPage, context: PageContext): SourceHints | null {
  const { selectors } = context.hints;
  if (Object.keys(selectors).length === 0) return null;
  const all = (field: SelectorField): Element[] => matches(page, selectors[field], field, context);
  const text = (field: SelectorField): string | null => {
    for (const element of all(field)) {
      const value = valueOf(element);
      if (value !== '') return value;
    }
    return null;
  };
  const title = text('title');
  const price = priceHint(all('price'), all('listPrice'), context);
  const stock = text('availability');
  const images = all('images').map((element) => absoluteUrl(pictureOf(element), context.base));
  return {
    ...NO_HINTS,
    source: 'selector',
    confidence: 0.99,
    title,
    description: text('description'),
    brand: text('brand'),
    sku: text('sku'),
    gtin: validGtin(text('gtin')),
    mpn: text('mpn'),
    breadcrumbs: trailOf(all('breadcrumbs')),
    images: [...new Set(images.filter((url) => url !== null))],
    price,
    availability: stock === null ? null : (availabilityOfTerm(stock) ?? availabilityOfStockValue(stock)),
    isProduct: title !== null && price !== null,
  };
}

function matches(
  page: HtmlPage,
  selector: string | undefined,
  field: string,
  context: PageContext,
): Element[] {
  if (selector === undefined || selector.trim() === '') return [];
  const matcher = matcherOf(selector, field, context);
  if (matcher === null) return [];
  return selectAll<AnyNode, Element>(matcher, page.root).filter((node) => node instanceof Element);
}

function matcherOf(selector: string, field: string, context: PageContext): Matcher | null {
  const known = compiled.get(selector);
  if (known !== undefined && known !== null) return known;
  try {
    const matcher = compile<AnyNode, Element>(selector);
    if (compiled.size < REMEMBERED) compiled.set(selector, matcher);
    return matcher;
  } catch (error) {
    context.warn(`selector ${field}: ${messageOf(error)}`);
    return null;
  }
}

function valueOf(element: Element): string {
  return (
    attribute(element, 'content') ??
    (element.name === 'input' ? (attribute(element, 'value') ?? '') : visibleText(element))
  );
}

function pictureOf(element: Element): string | null {
  if (element.name === 'a' || element.name === 'link') return attribute(element, 'href');
  if (element.name === 'meta') return attribute(element, 'content');
  return imageSource(element);
}

/** One element per crumb, or one element that holds them all. */
function trailOf(elements: readonly Element[]): string[] {
  const names = elements.map((element) => visibleText(element, 200)).filter((name) => name !== '');
  const [only] = names;
  return names.length === 1 && only !== undefined
    ? only.split(/\s*[>＞»›/]\s*/).filter((name) => name !== '')
    : names;
}

function priceHint(
  prices: readonly Element[],
  lists: readonly Element[],
  context: PageContext,
): PriceHint | null {
  const money = { markup: null, language: context.language, shop: context.hints.currency };
  const read = (elements: readonly Element[]) => {
    for (const element of elements) {
      const text = attribute(element, 'content') ?? priceTextOf(element, 300);
      const reading = parsePrice(text, money, true);
      if (reading.kind === 'price') return reading;
      if (reading.kind === 'no-currency') context.warn(`price: no currency for "${text.slice(0, 40)}"`);
    }
    return null;
  };
  const price = read(prices);
  const list = read(lists);
  if (price === null) return null;
  const above = list?.listPrice ?? list?.price ?? null;
  return {
    price: price.price ?? price.listPrice,
    listPrice: above ?? (price.price === null ? null : price.listPrice),
    taxIncluded: price.taxIncluded,
    currencyFrom: price.currencyFrom,
  };
}
