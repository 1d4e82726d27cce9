/** What a caller asks of lookalikes, read into a filter: one set of rules for the API and the command line. Pure. */
import { kinOf } from './category.js';
import type { Category } from './category.js';
import type { ColourName } from './colour.js';
import { FashiondError } from './errors.js';
import type { CategoryId, ProductId, ShopId } from './ids.js';
import { formatMoney, moneyOf } from './money.js';
import type { Money } from './money.js';
import type { SimilarFilter } from './similar.js';

/** Each value is well-formed by itself; whether they agree is judged here. */
export interface SimilarAsked {
  readonly cheaper?: boolean | undefined;
  readonly category?: CategoryId | undefined;
  readonly inStock?: boolean | undefined;
  /** In whole units of the currency, as `maxPrice`. */
  readonly minPrice?: number | undefined;
  readonly maxPrice?: number | undefined;
  /** ISO 4217. */
  readonly currency?: string | undefined;
  readonly shop?: string | undefined;
  readonly brand?: string | undefined;
  readonly colour?: ColourName | undefined;
  /** 0 to 1. */
  readonly minScore?: number | undefined;
  readonly limit: number;
}

/** What lookalikes are looked for of. */
export interface SimilarSubject {
  /** What people are told it is. */
  readonly label: string;
  /** Null for a picture. */
  readonly id: ProductId | null;
  readonly price: Money | null;
  /** Null while unknown. */
  readonly category: CategoryId | null;
}

/** How the caller writes a field: `maxPrice` or `--max-price`. */
type Spelling = (field: keyof SimilarAsked) => string;

/** Throws FashiondError `usage` for what contradicts itself or the subject, or lacks what it needs. */
export function similarFilterOf(
  asked: SimilarAsked,
  subject: SimilarSubject,
  { categories, spell }: { readonly categories: readonly Category[]; readonly spell: Spelling },
): SimilarFilter {
  const { shop, brand, colour, minScore } = asked;
  const { minPrice, maxPrice } = boundsOf(asked, subject, spell);
  const cheaper = asked.cheaper === true;
  if (cheaper) requireComparable(asked, subject, spell);
  const cheaperThan = cheaper ? subject.price : null;
  if (cheaperThan !== null) requireBelow(cheaperThan, minPrice, asked, spell);
  const category = asked.category ?? (cheaper ? subject.category : null);
  const kin = category === null ? null : kinOf(categories, category);
  return {
    category,
    ...(kin === null || kin.size === 0 ? {} : { kin }),
    inStock: cheaper || asked.inStock === true,
    maxPrice,
    cheaperThan,
    exclude: subject.id,
    limit: asked.limit,
    ...(minPrice === null ? {} : { minPrice }),
    ...(asked.currency === undefined ? {} : { currency: asked.currency }),
    ...(shop === undefined ? {} : { shop: shop as ShopId }),
    ...(brand === undefined ? {} : { brand }),
    ...(colour === undefined ? {} : { colour }),
    ...(minScore === undefined ? {} : { minScore }),
  };
}

interface Bounds {
  readonly minPrice: Money | null;
  readonly maxPrice: Money | null;
}

/** In the currency asked for, else in the subject's. */
function boundsOf(asked: SimilarAsked, { price }: SimilarSubject, spell: Spelling): Bounds {
  const bound = (field: 'minPrice' | 'maxPrice'): Money | null => {
    const amount = asked[field];
    const currency = asked.currency ?? price?.currency;
    if (amount === undefined) return null;
    if (currency !== undefined) return moneyOf(amount, currency);
    throw new FashiondError('usage', `${spell(field)} needs a currency here`, {
      hint: `Add ${spell('currency')}, such as JPY.`,
    });
  };
  const bounds = { minPrice: bound('minPrice'), maxPrice: bound('maxPrice') };
  const { minPrice, maxPrice } = bounds;
  if (minPrice !== null && maxPrice !== null && minPrice.minor > maxPrice.minor) {
    throw new FashiondError('usage', `nothing costs from ${asked.minPrice} to ${asked.maxPrice}`, {
      hint: `Give a ${spell('minPrice')} of at most ${spell('maxPrice')}.`,
    });
  }
  return bounds;
}

/** `cheaper` needs a price to stay below, and a category to stay in. */
function requireComparable(
  asked: SimilarAsked,
  { label, price, category }: SimilarSubject,
  spell: Spelling,
): void {
  const cheaper = spell('cheaper');
  if (price === null && asked.maxPrice === undefined) {
    throw new FashiondError('usage', `${cheaper} needs a price to stay below, and ${label} has none`, {
      hint: `Add ${spell('maxPrice')} and ${spell('currency')}.`,
    });
  }
  if (asked.category === undefined && category === null) {
    throw new FashiondError('usage', `${cheaper} stays in one category, and that of ${label} is unknown`, {
      hint: `Add ${spell('category')}.`,
    });
  }
}

/** `cheaper` asks for less than `price`: a currency and a lower bound beside it can leave nothing. */
function requireBelow(
  price: Money,
  minPrice: Money | null,
  { currency }: SimilarAsked,
  spell: Spelling,
): void {
  if (currency !== undefined && currency !== price.currency) {
    throw new FashiondError(
      'usage',
      `${spell('cheaper')} compares prices in ${price.currency}, not in ${currency}`,
      { hint: `Leave ${spell('currency')} out, or give ${price.currency}.` },
    );
  }
  if (minPrice !== null && minPrice.minor >= price.minor) {
    throw new FashiondError('usage', `nothing is cheaper than ${formatMoney(price)} and costs more`, {
      hint: `Give a lower ${spell('minPrice')}, or leave ${spell('cheaper')} out.`,
    });
  }
}
