/** Which rows a query may answer with: a filter as numbers of an index, asked of every row. */
import type { SimilarFilter } from '../domain/similar.js';
import type { ItemColumns, Names } from './item-columns.js';

export interface RowFilter {
  readonly passes: (row: number) => boolean;
  /** The lists that hold all that can pass; null for every row. */
  readonly categories: readonly number[] | null;
  /** Whether every row passes but the one that is left out. */
  readonly isOpen: boolean;
}

/** What is not asked for; no name has this number, and none has -1. */
const ANY = -2;

interface Wanted {
  readonly shop: number;
  readonly colour: number;
  readonly brand: number;
  readonly currency: number;
  readonly least: number;
  readonly most: number;
  /** Prices are below it. */
  readonly below: number;
}

/** Prices compare within one currency only: an item in another, or without a price, is below no bound. */
export function rowFilter(items: ItemColumns, filter: SimilarFilter): RowFilter {
  const { columns, names } = items;
  const wanted = wantedOf(names, filter);
  const { shop, colour, brand, currency, least, most, below } = wanted;
  const categories = categoriesOf(names, filter);
  const [first = ANY] = categories ?? [];
  const others = categories !== null && categories.length > 1 ? new Set(categories) : null;
  const { inStock, exclude } = filter;
  // One function of plain comparisons: it is asked of up to a million rows for each question.
  const passes = (row: number): boolean =>
    (first === ANY ||
      columns.category[row] === first ||
      (others !== null && others.has(columns.category[row] ?? 0))) &&
    (!inStock || columns.isOrderable[row] === 1) &&
    (currency === ANY || isWithin(row)) &&
    (shop === ANY || columns.shop[row] === shop) &&
    (colour === ANY || columns.colour[row] === colour) &&
    (brand === ANY || columns.brand[row] === brand) &&
    columns.id[row] !== exclude;
  const isWithin = (row: number): boolean => {
    const price = columns.price[row] ?? 0;
    return columns.currency[row] === currency && price >= least && price <= most && price < below;
  };
  const isOpen =
    categories === null && !inStock && [shop, colour, brand, currency].every((one) => one === ANY);
  return { passes, categories, isOpen };
}

function wantedOf(names: Names, filter: SimilarFilter): Wanted {
  const { minPrice, maxPrice, cheaperThan } = filter;
  const find = (name: string | undefined): number => (name === undefined ? ANY : names.find(name));
  const currencies = [filter.currency, minPrice?.currency, maxPrice?.currency, cheaperThan?.currency].filter(
    (one) => one !== undefined,
  );
  const [currency] = currencies;
  return {
    shop: find(filter.shop),
    colour: find(filter.colour),
    brand: find(filter.brand?.toLowerCase()),
    // Nothing is in two currencies.
    currency: currencies.every((one) => one === currency) ? find(currency) : -1,
    least: minPrice?.minor ?? -Infinity,
    most: maxPrice?.minor ?? Infinity,
    below: cheaperThan?.minor ?? Infinity,
  };
}

function categoriesOf(names: Names, { category, kin }: SimilarFilter): readonly number[] | null {
  if (category === null) return null;
  return [...new Set([category, ...(kin ?? [])].map((one) => names.find(one)))];
}
