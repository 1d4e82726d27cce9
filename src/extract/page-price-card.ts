/** Whether a price stands on a card of a list, and so belongs to another item. */
import type { Element } from 'domhandler';
import { visibleText } from './dom-text.js';
import { attribute, orderOf, parentElement } from './html.js';
import { CHROME, LINKED, RELATED } from './page-map.js';
import type { PageMap } from './page-map.js';

interface PricedSpot {
  readonly element: Element;
  readonly order: number;
  readonly zone: number;
}

const CARD_TAGS = new Set(['li', 'tr', 'td', 'article', 'dl']);
const LONGEST_CARD = 400;
const LARGER_VIEW = /拡大|大きい|ズーム|zoom|larger?|enlarge/i;

/**
 * Whether a price stands on a card: an ancestor with few words, a link to another page and a neighbour of the
 * same kind that has a price and a link as well.
 */
export function isOnCard(
  best: PricedSpot,
  candidates: readonly PricedSpot[],
  map: PageMap,
  subject: number | null,
): boolean {
  if ((best.zone & (RELATED | LINKED)) !== 0) return true;
  const prices = candidates.map(({ order }) => order).sort((a, b) => a - b);
  let card: Element | null = best.element;
  for (let up = 0; up < 7 && card !== null; up += 1) {
    if (subject !== null && holdsAny(card, [subject])) return false;
    if (holdsAny(card, map.links) && visibleText(card, LONGEST_CARD).length < LONGEST_CARD) {
      const kind = `${card.name}.${attribute(card, 'class') ?? ''}`;
      const named = attribute(card, 'class') !== null || CARD_TAGS.has(card.name);
      for (const sibling of named ? (card.parent?.children ?? []) : []) {
        if (sibling === card || !('attribs' in sibling)) continue;
        if (`${sibling.name}.${attribute(sibling, 'class') ?? ''}` !== kind) continue;
        if (holdsAny(sibling, map.links) && holdsAny(sibling, prices)) return true;
      }
    }
    card = parentElement(card);
  }
  return false;
}

/**
 * Whether a price stands on the only card of a list: an ancestor with few words, a name and a picture that lead to
 * another page, and not the page's own title.
 */
export function isOnLoneCard(best: PricedSpot, map: PageMap, titleOrder: number | null): boolean {
  const linked = map.pictures.filter(({ zone }) => (zone & LINKED) !== 0);
  const pictures = linked.map(({ order }) => order);
  const headings = map.headings
    .filter(
      ({ element, zone }) => element.name !== 'h1' && ((zone & LINKED) !== 0 || holdsAny(element, map.links)),
    )
    .map(({ order }) => order);
  const targets = new Set(linked.map(({ element }) => linkOf(element)));
  const names = [...headings, ...linkedNames(map, targets)].sort((a, b) => a - b);
  let card: Element | null = best.element;
  for (let up = 0; up < 7 && card !== null; up += 1) {
    if (titleOrder === null || holdsAny(card, [titleOrder])) return false;
    if (visibleText(card, LONGEST_CARD).length >= LONGEST_CARD) return false;
    if (holdsAny(card, pictures) && holdsAny(card, names)) return true;
    card = parentElement(card);
  }
  return false;
}

/**
 * Positions of texts that lead where a picture leads as well: old shops name their items so, without a
 * heading. On a page with a buy control such a picture is the product's own, and the link a larger view of it.
 */
function linkedNames(map: PageMap, targets: ReadonlySet<string | null>): number[] {
  if (map.controls.some(({ zone }) => (zone & (CHROME | RELATED)) === 0)) return [];
  return map.texts
    .filter(
      ({ element, zone, text }) =>
        (zone & LINKED) !== 0 && !LARGER_VIEW.test(text) && targets.has(linkOf(element)),
    )
    .map(({ order }) => order);
}

/** Where the link around an element leads. */
function linkOf(start: Element): string | null {
  let at: Element | null = start;
  while (at !== null && at.name !== 'a') at = parentElement(at);
  return at === null ? null : attribute(at, 'href');
}

/** Whether an ascending list of positions has one inside the element. */
function holdsAny(element: Element, orders: readonly number[]): boolean {
  const [start, end] = [orderOf(element), element.endIndex ?? 0];
  let [low, high] = [0, orders.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((orders[middle] ?? 0) < start) low = middle + 1;
    else high = middle;
  }
  return (orders[low] ?? Infinity) <= end;
}
