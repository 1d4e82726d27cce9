/**
 * What a listing says its items cost: links with the price on their card. The card of a link is the largest part of the
 * page around it without a link to anywhere else, so no price is taken for another item's.
 */
import { Element } from 'domhandler';
import type { ListedPrice } from '../domain/product.js';
import type { MoneyContext } from './currency.js';
import { isHidden, isSilent, priceTextOf } from './dom-text.js';
import { attribute, contains, parentElement } from './html.js';
import type { HtmlPage } from './html.js';
import { resolveLink } from './links.js';
import { parsePrice } from './price.js';

const LONGEST_CARD = 400;
const HIGHEST = 6;
/** A price and what it was reduced from. */
const MOST_AMOUNTS = 2;
const STRUCK = new Set(['del', 's', 'strike']);
const MAX_LISTED = 1000;

interface Anchor {
  readonly element: Element;
  readonly href: string;
}

/** Each address once, at the first price that stands beside it. */
export function listedPrices(
  page: HtmlPage,
  context: MoneyContext & { readonly base: string },
  encoding: string,
): ListedPrice[] {
  const anchors = page.named('a').flatMap((element): Anchor[] => {
    const href = attribute(element, 'href');
    return href === null ? [] : [{ element, href }];
  });
  const listed = new Map<string, ListedPrice>();
  for (const [at, { href }] of anchors.entries()) {
    if (listed.size >= MAX_LISTED) break;
    // A card's picture and its title lead to the same page.
    if (href === anchors[at - 1]?.href) continue;
    const price = priceBeside(anchors, at, context);
    const url = price === null ? null : resolveLink(href, context.base, encoding);
    if (price !== null && url !== null && !listed.has(url)) listed.set(url, { url, price });
  }
  return [...listed.values()];
}

function priceBeside(
  anchors: readonly Anchor[],
  at: number,
  context: MoneyContext,
): ListedPrice['price'] | null {
  let element: Element | null = anchors[at]?.element ?? null;
  for (let up = 0; up < HIGHEST && element !== null && isAlone(anchors, at, element); up += 1) {
    if (priceTextOf(element, LONGEST_CARD).length === LONGEST_CARD) return null;
    const price = priceIn(element, context);
    if (price !== null) return price;
    element = parentElement(element);
  }
  return null;
}

/** Of the smallest part that has one: a name may end in a number, which is no price for what stands after it. */
function priceIn(element: Element, context: MoneyContext): ListedPrice['price'] | null {
  for (const child of element.children) {
    if (!(child instanceof Element) || isSilent(child) || isHidden(child) || STRUCK.has(child.name)) continue;
    const price = priceIn(child, context);
    if (price !== null) return price;
  }
  const read = parsePrice(priceTextOf(element, LONGEST_CARD), context, false);
  return read.kind === 'price' && read.amounts <= MOST_AMOUNTS ? read.price : null;
}

/** Whether all links in the element lead where this one does. Those in it are neighbours, in document order. */
function isAlone(anchors: readonly Anchor[], at: number, element: Element): boolean {
  for (const step of [-1, 1]) {
    for (let other = at + step; ; other += step) {
      const anchor = anchors[other];
      if (anchor === undefined || !contains(element, anchor.element)) break;
      if (anchor.href !== anchors[at]?.href) return false;
    }
  }
  return true;
}
