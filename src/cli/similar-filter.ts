/** The flags of `fashiond similar`, and the filter they ask for. Pure. */
import { categoryByName } from '../config/categories.js';
import type { Category } from '../domain/category.js';
import { COLOUR_NAMES } from '../domain/colour.js';
import type { ColourName } from '../domain/colour.js';
import { FashiondError } from '../domain/errors.js';
import type { CategoryId } from '../domain/ids.js';
import { similarFilterOf } from '../domain/similar-filter.js';
import type { SimilarAsked } from '../domain/similar-filter.js';
import type { SearchItem, SimilarFilter, SimilarityParts } from '../domain/similar.js';

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

/** Throws FashiondError `usage` for flags that make no sense, contradict each other or the query. */
export function filterFrom(
  flags: SimilarFlags,
  { label, item, category }: FilterQuery,
  categories: readonly Category[],
): SimilarFilter {
  const asked: SimilarAsked = {
    cheaper: flags.cheaper,
    category: flags.category === undefined ? undefined : categoryIn(flags.category, categories),
    inStock: flags.inStock,
    minPrice: amountFrom('--min-price', flags.minPrice),
    maxPrice: amountFrom('--max-price', flags.maxPrice),
    currency: currencyFrom(flags.currency),
    shop: flags.shop,
    brand: flags.brand,
    colour: flags.colour === undefined ? undefined : colourIn(flags.colour),
    minScore: flags.minScore === undefined ? undefined : shareFrom('--min-score', flags.minScore),
    limit: limitFrom(flags.limit),
  };
  const subject = { label, id: item?.productId ?? null, price: item?.price ?? null, category };
  return similarFilterOf(asked, subject, { categories, spell: flagOf });
}

/** `maxPrice` -> `--max-price`. */
function flagOf(field: string): string {
  return `--${field.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

function limitFrom(text: string): number {
  const limit = Number(text);
  if (Number.isInteger(limit) && limit >= 1) return limit;
  throw new FashiondError('usage', `--limit ${text} is not a whole number of at least 1`, {
    hint: 'Write it as --limit 10.',
  });
}

function colourIn(name: string): ColourName {
  const wanted = name.toLowerCase();
  const colour = COLOUR_NAMES.find((one) => one === wanted);
  if (colour !== undefined) return colour;
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

function currencyFrom(text: string | undefined): string | undefined {
  const currency = text?.toUpperCase();
  if (currency === undefined || /^[A-Z]{3}$/.test(currency)) return currency;
  throw new FashiondError('usage', `--currency ${currency} is no currency`, {
    hint: 'Give its three letters (ISO 4217), such as JPY.',
  });
}

/** In whole units of a currency. */
export function amountFrom(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  throw new FashiondError('usage', `${flag} ${text} is not an amount`, {
    hint: 'Write it as 49.90.',
  });
}
