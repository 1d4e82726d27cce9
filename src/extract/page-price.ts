/**
 * The price as the page shows it. Each text that holds an amount is a candidate, weighed by its label, the names
 * around it, its place and the controls near it; amounts on cards that lead elsewhere are other items' prices.
 */
import { Element } from 'domhandler';
import { currencyExponent } from '../domain/money.js';
import type { Money } from '../domain/money.js';
import { collapse, holdsCents, priceTextOf, visibleText } from './dom-text.js';
import type { PageContext, PriceHint } from './hints.js';
import { attribute, parentElement } from './html.js';
import { CHROME, HIDDEN, LINKED, OPTION, RELATED, STRUCK } from './page-map.js';
import type { PageMap } from './page-map.js';
import { isOnCard, isOnLoneCard } from './page-price-card.js';
import type { MoneyContext } from './currency.js';
import { parsePrice } from './price.js';
import { taxRemark } from './price-scan.js';
import type { PriceText } from './price.js';

interface Candidate {
  readonly element: Element;
  readonly order: number;
  readonly zone: number;
  readonly reading: PriceText;
  readonly score: number;
  readonly struck: boolean;
}

export interface VisiblePrice {
  readonly hint: PriceHint;
  /** Where the price stands. */
  readonly order: number;
  readonly confidence: number;
  /** The amount stands on a card or in a list of other items. */
  readonly onCard: boolean;
}

const LONGEST_TAG = 90;
const MAX_CANDIDATES = 400;
const PRICE_NAMES =
  /price|preis|(?:^|[-_ ])(?:prix|precio|prezzo|prijs|pris|cena|pre[cç]o|fiyat|hinta)(?:$|[-_ ])|kakaku|nedan|tanka|(?:^|[-_ ])(?:cost|amount|prc)(?:$|[-_ ])/i;
const NOT_PRICE_NAMES =
  /range|filter|slider|shipping|postage|point|saving|discount|install?ment|financ|afterpay|klarna|coupon|bonus/i;
const SALE_NAMES = /sale|special|discounted|current|final|now|offer|reduced/i;
const PRICE_LABEL = /価格|値段|売価|税込|定価|単価|price|preis|prix|precio|prezzo|prijs|pris|cena/i;
/** A text that is an amount with its mark, and nothing else. */
const BARE_AMOUNT =
  /^\s*(?:\p{L}{0,3}\p{Sc}\s*)?\p{Nd}[\p{Nd}.,' \u00a0\u202f]*\s*(?:\p{Sc}|円|\p{L}{2,3}\.?)?\s*$/u;
/** Below this an amount on the page is not taken for the page's price. */
const ENOUGH = 4;

export interface TitlePlace {
  /** Position in document order; null without a title in the body. */
  readonly order: number | null;
  /** The same where head or headings name the title, too: then it is the page's subject, not a card's. */
  readonly subjectOrder: number | null;
}

export function visiblePrice(map: PageMap, context: PageContext, title: TitlePlace): VisiblePrice | null {
  const titleOrder = title.order;
  const candidates = gather(map, context, titleOrder);
  const best =
    highest(candidates.filter(({ struck, reading }) => !struck && reading.price !== null)) ??
    highest(candidates);
  if (best === null || best.score < ENOUGH) return null;
  const price = best.reading.price ?? best.reading.listPrice;
  if (price === null) return null;
  return {
    hint: {
      price,
      listPrice: listPriceOf(best, price, candidates),
      taxIncluded: best.reading.taxIncluded,
      currencyFrom: best.reading.currencyFrom,
    },
    order: best.order,
    confidence: Math.min(0.85, 0.45 + best.score * 0.04),
    onCard: isOnCard(best, candidates, map, title.subjectOrder) || isOnLoneCard(best, map, titleOrder),
  };
}

function gather(map: PageMap, context: PageContext, titleOrder: number | null): Candidate[] {
  const seen = new Set<Element>();
  const candidates: Candidate[] = [];
  const buys = map.controls.filter(({ zone }) => (zone & (CHROME | RELATED)) === 0).map(({ order }) => order);
  for (const spot of map.texts) {
    if (candidates.length >= MAX_CANDIDATES) break;
    if (spot.text.length > LONGEST_TAG || (spot.zone & (HIDDEN | CHROME | RELATED)) !== 0) continue;
    if (!/\p{Nd}/u.test(spot.text)) continue;
    const tag = priceTag(spot.element, context);
    if (tag === null || seen.has(tag.element) || !isOwn(spot.text, tag.reading)) continue;
    seen.add(tag.element);
    const labels = tag.label !== '' && PRICE_LABEL.test(tag.label);
    let score = (tag.named ? 4 : 0) + (labels ? 3 : 0) + (tag.reading.currencyFrom === 'mark' ? 2 : 0);
    if (tag.reading.taxIncluded !== null) score += 2;
    if (titleOrder !== null && spot.order > titleOrder) score += 1;
    if (buys.some((order) => order > spot.order && order - spot.order < 150)) score += 2;
    if (SALE_NAMES.test(attribute(tag.element, 'class') ?? '')) score += 1;
    if (BARE_AMOUNT.test(spot.text)) score += 1;
    if ((spot.zone & LINKED) !== 0) score -= 6;
    if ((spot.zone & OPTION) !== 0) score -= 2;
    if (tag.reading.amounts > 3) score -= 3;
    const struck = (spot.zone & STRUCK) !== 0 || tag.reading.price === null;
    candidates.push({ ...tag, order: spot.order, zone: spot.zone, score, struck });
  }
  return candidates;
}

/** Whether the number in a text is the amount read, with or without its decimals, and not one beside it. */
function isOwn(text: string, { price, listPrice }: PriceText): boolean {
  const runs = text.normalize('NFKC').match(/\p{Nd}[\p{Nd}.,' ]*/gu) ?? [];
  return runs.some((run) => {
    const digits = run.replaceAll(/\P{Nd}/gu, '').replace(/^0+/, '');
    return [price, listPrice].some((money) => {
      const amount = money === null ? '' : String(money.minor);
      const decimals = amount.length - digits.length;
      return amount.startsWith(digits) && decimals <= currencyExponent(money?.currency ?? '');
    });
  });
}

interface PriceTag {
  readonly element: Element;
  readonly reading: PriceText;
  readonly label: string;
  readonly named: boolean;
}

/** The smallest element around a number that reads as a price: its mark may stand in the parent. */
function priceTag(start: Element, context: PageContext): PriceTag | null {
  const money = { markup: context.currency, language: context.language, shop: context.hints.currency };
  let element: Element | null = start;
  for (let up = 0; up < 3 && element !== null; up += 1) {
    // Of a price in pieces, one is none: its cents follow.
    if (element.next instanceof Element && holdsCents(element.next)) {
      element = parentElement(element);
      continue;
    }
    const text = priceTextOf(element, LONGEST_TAG + 1);
    if (text.length > LONGEST_TAG) return null;
    const label = labelBefore(element);
    const named = isNamedPrice(element);
    const labelled = PRICE_LABEL.test(label) || PRICE_LABEL.test(text);
    const reading = parsePrice(`${label} ${text}`, money, (named || labelled) && up === 0);
    const marked = reading.kind === 'price' && (reading.currencyFrom === 'mark' || up === 0);
    if (marked && (reading.price ?? reading.listPrice) !== null) {
      const taxIncluded = reading.taxIncluded ?? taxNear(element, reading.price ?? reading.listPrice, money);
      return {
        element,
        reading: { ...reading, taxIncluded },
        label: `${label} ${text.replaceAll(/[\d.,]+/g, ' ')}`,
        named,
      };
    }
    if (reading.kind === 'no-currency' && named) context.warn(`price: no currency for "${text}"`);
    element = parentElement(element);
  }
  return null;
}

/** What the text around a price says of tax, where it still speaks of this price. */
function taxNear(element: Element, price: Money | null, money: MoneyContext): boolean | null {
  if (price === null) return null;
  let at = parentElement(element);
  for (let up = 0; up < 3 && at !== null; up += 1) {
    const text = priceTextOf(at, LONGEST_TAG * 2);
    const reading = text.length < LONGEST_TAG * 2 ? parsePrice(text, money, false) : null;
    if (reading?.kind !== 'price' || (reading.price ?? reading.listPrice)?.minor !== price.minor) break;
    if (reading.taxIncluded !== null) return reading.taxIncluded;
    at = parentElement(at);
  }
  return taxBelow(element);
}

/** A short remark without an amount that follows the price or what holds it: `inkl. 19 % MwSt.` */
function taxBelow(element: Element): boolean | null {
  let at: Element | null = element;
  for (let up = 0; up < 3 && at !== null; up += 1) {
    let next = at.next;
    for (let steps = 0; next !== null && steps < 4; steps += 1) {
      const text =
        'data' in next ? collapse(next.data).slice(0, LONGEST_TAG) : visibleText(next, LONGEST_TAG);
      const remark = taxRemark(text);
      if (remark !== null && text.length < LONGEST_TAG) return remark;
      next = next.next;
    }
    at = parentElement(at);
  }
  return null;
}

function isNamedPrice(element: Element): boolean {
  let at: Element | null = element;
  for (let up = 0; up < 3 && at !== null; up += 1) {
    const names = `${attribute(at, 'class') ?? ''} ${attribute(at, 'id') ?? ''} ${attribute(at, 'itemprop') ?? ''}`;
    if (NOT_PRICE_NAMES.test(names)) return false;
    if (PRICE_NAMES.test(names)) return true;
    at = parentElement(at);
  }
  return false;
}

const LONGEST_LABEL = 24;

/** The short text directly before an element, in its row or its parents' rows; amounts are no label. */
function labelBefore(element: Element): string {
  let at: Element | null = element;
  for (let up = 0; up < 3 && at !== null; up += 1) {
    let before = at.prev;
    for (let steps = 0; before !== null && steps < 4; steps += 1) {
      const text =
        'data' in before
          ? collapse(before.data).slice(-LONGEST_LABEL - 1)
          : visibleText(before, LONGEST_LABEL + 1);
      if (text !== '') return text.length <= LONGEST_LABEL && !/\p{Nd}/u.test(text) ? text : '';
      before = before.prev;
    }
    at = parentElement(at);
  }
  return '';
}

/** A struck or labelled amount near the price and above it. */
function listPriceOf(best: Candidate, price: Money, candidates: readonly Candidate[]): Money | null {
  if (best.reading.listPrice !== null && best.reading.listPrice.minor > price.minor)
    return best.reading.listPrice;
  let nearest: { money: Money; distance: number } | null = null;
  for (const candidate of candidates) {
    const money = candidate.struck
      ? (candidate.reading.listPrice ?? candidate.reading.price)
      : candidate.reading.listPrice;
    const distance = Math.abs(candidate.order - best.order);
    if (money === null || money.currency !== price.currency || money.minor <= price.minor) continue;
    if (distance > 60 || (candidate.zone & (CHROME | RELATED | LINKED)) !== 0) continue;
    if (candidate.reading.taxIncluded === false && best.reading.taxIncluded === true) continue;
    if (nearest === null || distance < nearest.distance) nearest = { money, distance };
  }
  return nearest?.money ?? null;
}

/** The highest score; of equals the first. */
function highest(candidates: readonly Candidate[]): Candidate | null {
  let best: Candidate | null = null;
  for (const candidate of candidates) if (best === null || candidate.score > best.score) best = candidate;
  return best;
}
