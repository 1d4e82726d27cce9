/** Rules 3 and 6 of merge.ts: the price of the markup against the price that the page shows. */
import type { Money } from '../domain/money.js';
import type { FieldTrace } from '../domain/product.js';
import type { PriceHint, SourceHints } from './hints.js';
import { isUntaxed } from './price.js';

const CURRENCY_CONFIDENCE = { mark: 1, markup: 1, language: 0.9, shop: 0.9 } as const;

export interface SettledPrice {
  readonly hint: PriceHint;
  readonly source: FieldTrace['source'];
  readonly listSource: FieldTrace['source'];
  readonly confidence: number;
  /** The markup's price where the page's was taken instead: what it says of variants is wrong in the same way. */
  readonly overruled: Money | null;
}

/** `pageConfidence`: how sure the page's own price is, 0 to 1. */
export function settlePrice(
  markup: SourceHints,
  page: SourceHints | null,
  pageConfidence: number,
): SettledPrice {
  const said = markup.price ?? { price: null, listPrice: null, taxIncluded: null, currencyFrom: 'mark' };
  const shown = page?.price ?? null;
  const base =
    (markup.source === 'page' ? pageConfidence : markup.confidence) * CURRENCY_CONFIDENCE[said.currencyFrom];
  const alone = {
    hint: said,
    source: markup.source,
    listSource: markup.source,
    confidence: base,
    overruled: null,
  };
  if (
    shown === null ||
    shown.price === null ||
    said.price === null ||
    markup.source === 'page' ||
    markup.source === 'selector'
  )
    return alone;
  if (shown.price.currency !== said.price.currency) return { ...alone, confidence: base * 0.7 };
  if (shown.price.minor === said.price.minor) {
    const isShown =
      said.listPrice === null || (shown.listPrice !== null && isUntaxed(said.listPrice, shown.listPrice));
    const hint = {
      ...said,
      listPrice: isShown ? shown.listPrice : said.listPrice,
      taxIncluded: said.taxIncluded ?? shown.taxIncluded,
    };
    const listSource = isShown ? ('page' as const) : markup.source;
    return { ...alone, hint, listSource, confidence: Math.max(base, 0.98) };
  }
  const shownInstead = {
    hint: shown,
    source: 'page' as const,
    listSource: 'page' as const,
    confidence: pageConfidence,
    overruled: said.price,
  };
  const isOnSale = shown.listPrice?.minor === said.price.minor && shown.price.minor < said.price.minor;
  const isTaxed = shown.taxIncluded === true && isUntaxed(said.price, shown.price);
  if ((isOnSale || isTaxed) && pageConfidence >= 0.6) {
    return shownInstead;
  }
  // State in scripts may be of another variant, or in units of its own; what a shopper sees is the price.
  if (
    markup.source === 'embedded' &&
    (pageConfidence >= 0.7 || said.price.minor === shown.price.minor * 100)
  ) {
    return shownInstead;
  }
  return { ...alone, confidence: base * 0.8 };
}
