/** The flags of `fashiond similar`, and the filter they ask for. Pure. */
import { categoryByName, kinOf } from '../config/categories.js';
import type { Category } from '../domain/category.js';
import { FashiondError } from '../domain/errors.js';
import type { CategoryId, ShopId } from '../domain/ids.js';
import { currencyExponent, formatMoney } from '../domain/money.js';
import type { Money } from '../domain/money.js';
import type { SearchItem, SimilarFilter, SimilarityParts } from '../domain/similar.js';
import { COLOUR_NAMES } from '../images/colour-names.js';

export interface SimilarFlags {
  readonly cheaper?: boolean;
  readonly category?: string;
  readonly inStock?: boolean;
  readonly maxPrice?: string;
  readonly minPrice?: string;
  readonly currency?: string;
  readonly shop?: string;
  readonly brand?: string;
  readonly colour?: string;
  readonly minScore?: string;
  readonly weights?: string;
  readonly method?: string;
  readonly dcgan?: string;
  readonly limit: string;
  readonly json?: boolean;
}

/** What the filter has to know of the query. */
export interface FilterQuery {
  readonly label: string;
  /** Null for a picture file. */
  readonly item: SearchItem | null;
  /** Null when unknown. */
  readonly category: CategoryId | null;
}

/** Throws FashiondError `usage` for flags that contradict each other or the query. */
export function filterFrom(
  flags: SimilarFlags,
  query: FilterQuery,
  categories: readonly Category[],
): SimilarFilter {
  const limit = Number(flags.limit);
  if (!Number.isInteger(limit) || limit < 1) {
    throw new FashiondError('usage', `--limit ${flags.limit} is not a whole number of at least 1`, {
      hint: 'Write it as --limit 10.',
    });
  }
  const currency = currencyFrom(flags, query);
  const maxPrice = priceFrom('--max-price', flags.maxPrice, currency);
  const minPrice = priceFrom('--min-price', flags.minPrice, currency);
  if (minPrice !== null && maxPrice !== null && minPrice.minor > maxPrice.minor) {
    throw new FashiondError('usage', `nothing costs from ${flags.minPrice} to ${flags.maxPrice}`, {
      hint: 'Give a --min-price of at most --max-price.',
    });
  }
  const cheaper = flags.cheaper === true;
  const price = query.item?.price ?? null;
  if (cheaper && price === null && maxPrice === null) {
    throw new FashiondError('usage', `--cheaper needs a price to stay below, and ${query.label} has none`, {
      hint: 'Add --max-price AMOUNT --currency CODE.',
    });
  }
  if (cheaper && flags.category === undefined && query.category === null) {
    throw new FashiondError(
      'usage',
      `--cheaper stays in one category, and that of ${query.label} is unknown`,
      {
        hint: 'Add --category NAME.',
      },
    );
  }
  requireAgreement(cheaper ? price : null, minPrice, currency);
  const wanted = cheaper ? query.category : null;
  const category = flags.category === undefined ? wanted : categoryIn(flags.category, categories);
  const kin = category === null ? null : kinOf(categories, category);
  return {
    category,
    ...(kin === null || kin.size === 0 ? {} : { kin }),
    inStock: cheaper || flags.inStock === true,
    maxPrice,
    cheaperThan: cheaper ? price : null,
    exclude: query.item?.productId ?? null,
    limit,
    ...(minPrice === null ? {} : { minPrice }),
    ...(flags.currency === undefined || currency === null ? {} : { currency }),
    ...(flags.shop === undefined ? {} : { shop: flags.shop as ShopId }),
    ...(flags.brand === undefined ? {} : { brand: flags.brand }),
    ...(flags.colour === undefined ? {} : { colour: colourIn(flags.colour) }),
    ...(flags.minScore === undefined ? {} : { minScore: shareFrom('--min-score', flags.minScore) }),
  };
}

/** `--cheaper` asks for less than `price`: other bounds can leave nothing. */
function requireAgreement(price: Money | null, minPrice: Money | null, currency: string | null): void {
  if (price === null) return;
  if (currency !== null && currency !== price.currency) {
    throw new FashiondError('usage', `--cheaper compares prices in ${price.currency}, not in ${currency}`, {
      hint: `Leave --currency out, or give ${price.currency}.`,
    });
  }
  if (minPrice !== null && minPrice.minor >= price.minor) {
    throw new FashiondError('usage', `nothing is cheaper than ${formatMoney(price)} and costs more`, {
      hint: 'Give a lower --min-price, or leave --cheaper out.',
    });
  }
}

function colourIn(name: string): string {
  const wanted = name.toLowerCase();
  if (COLOUR_NAMES.includes(wanted)) return wanted;
  throw new FashiondError('usage', `there is no colour ${name}`, {
    hint: `Colours are ${COLOUR_NAMES.join(', ')}.`,
  });
}

function shareFrom(flag: string, text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value <= 1) return value;
  throw new FashiondError('usage', `${flag} ${text} is not a number from 0 to 1`, {
    hint: `Write it as ${flag} 0.5.`,
  });
}

/** `PART=NUMBER` with commas between; parts that are not named keep their weights. */
export function weightsFrom(text: string | undefined, weights: SimilarityParts): SimilarityParts {
  if (text === undefined) return weights;
  const given: Partial<Record<keyof SimilarityParts, number>> = {};
  for (const pair of text.split(',')) {
    const [, name = '', number = ''] = /^\s*([a-z]+)=(\d+(?:\.\d+)?)\s*$/.exec(pair) ?? [];
    if (!(name in weights)) {
      throw new FashiondError('usage', `--weights ${text} does not say how much a part counts`, {
        hint: `Write it as --weights colour=2,shape=0; parts are ${Object.keys(weights).join(', ')}.`,
      });
    }
    given[name as keyof SimilarityParts] = Number(number);
  }
  return { ...weights, ...given };
}

export function categoryIn(name: string, categories: readonly Category[]): CategoryId {
  const category = categoryByName(categories, name);
  if (category !== null) return category.id;
  throw new FashiondError('usage', `there is no category ${name}`, {
    hint: 'Categories are listed in config/categories.yaml.',
  });
}

/** Of the bounds, or of all results where it is given; null where neither says one. */
function currencyFrom(flags: SimilarFlags, query: FilterQuery): string | null {
  const currency = flags.currency?.toUpperCase() ?? query.item?.price?.currency ?? null;
  if (currency !== null && !/^[A-Z]{3}$/.test(currency)) {
    throw new FashiondError('usage', `--currency ${currency} is no currency`, {
      hint: 'Give its three letters (ISO 4217), such as JPY.',
    });
  }
  return currency;
}

/** Null without an amount. */
export function priceFrom(flag: string, amount: string | undefined, currency: string | null): Money | null {
  if (amount === undefined) return null;
  if (currency === null) {
    throw new FashiondError('usage', `${flag} needs a currency here`, {
      hint: 'Add --currency CODE, such as JPY.',
    });
  }
  if (!/^\d+(\.\d+)?$/.test(amount)) {
    throw new FashiondError('usage', `${flag} ${amount} is not an amount`, {
      hint: 'Write it as 49.90.',
    });
  }
  return { minor: Math.round(Number(amount) * 10 ** currencyExponent(currency)), currency };
}
