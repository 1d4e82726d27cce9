/** The flags of `fashiond similar`, and the filter they ask for. Pure. */
import { categoryByName, kinOf } from '../config/categories.js';
import type { Category } from '../domain/category.js';
import { FashiondError } from '../domain/errors.js';
import type { CategoryId } from '../domain/ids.js';
import { currencyExponent } from '../domain/money.js';
import type { Money } from '../domain/money.js';
import type { SearchItem, SimilarFilter } from '../domain/similar.js';

export interface SimilarFlags {
  readonly cheaper?: boolean;
  readonly category?: string;
  readonly inStock?: boolean;
  readonly maxPrice?: string;
  readonly currency?: string;
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
  const maxPrice = maxPriceFrom(flags, query);
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
  };
}

function categoryIn(name: string, categories: readonly Category[]): CategoryId {
  const category = categoryByName(categories, name);
  if (category !== null) return category.id;
  throw new FashiondError('usage', `there is no category ${name}`, {
    hint: 'Categories are listed in config/categories.yaml.',
  });
}

/** Null without --max-price. */
function maxPriceFrom(flags: SimilarFlags, query: FilterQuery): Money | null {
  const { maxPrice: amount } = flags;
  if (amount === undefined) {
    if (flags.currency === undefined) return null;
    throw new FashiondError('usage', '--currency says nothing without --max-price', {
      hint: 'Add --max-price AMOUNT, or leave --currency out.',
    });
  }
  const currency = flags.currency?.toUpperCase() ?? query.item?.price?.currency;
  if (currency === undefined) {
    throw new FashiondError('usage', '--max-price needs a currency here', {
      hint: 'Add --currency CODE, such as JPY.',
    });
  }
  if (!/^[A-Z]{3}$/.test(currency)) {
    throw new FashiondError('usage', `--currency ${currency} is no currency`, {
      hint: 'Give its three letters (ISO 4217), such as JPY.',
    });
  }
  if (!/^\d+(\.\d+)?$/.test(amount)) {
    throw new FashiondError('usage', `--max-price ${amount} is not an amount`, {
      hint: 'Write it as 49.90.',
    });
  }
  return { minor: Math.round(Number(amount) * 10 ** currencyExponent(currency)), currency };
}
