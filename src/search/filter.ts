/** Which items a query may answer with, and which of two with the same picture. */
import type { Money } from '../domain/money.js';
import { ORDERABLE } from '../domain/product.js';
import type { SearchItem, SimilarFilter } from '../domain/similar.js';

/** Prices compare within one currency only: an item in another, or without a price, is below no bound. */
export function passes(item: SearchItem, filter: SimilarFilter): boolean {
  if (filter.exclude !== null && item.productId === filter.exclude) return false;
  if (filter.category !== null && !isOfCategory(item, filter)) return false;
  if (filter.inStock && !ORDERABLE.has(item.availability)) return false;
  if (filter.shop !== undefined && item.shop !== filter.shop) return false;
  if (filter.colour !== undefined && item.colour !== filter.colour) return false;
  if (filter.brand !== undefined && item.brand?.toLowerCase() !== filter.brand.toLowerCase()) return false;
  if (filter.currency !== undefined && item.price?.currency !== filter.currency) return false;
  if (filter.minPrice !== undefined && !isFrom(item.price, filter.minPrice)) return false;
  if (filter.maxPrice !== null && !isBelow(item.price, filter.maxPrice, true)) return false;
  return filter.cheaperThan === null || isBelow(item.price, filter.cheaperThan, false);
}

function isOfCategory({ category }: SearchItem, filter: SimilarFilter): boolean {
  return category !== null && (category === filter.category || filter.kin?.has(category) === true);
}

function isBelow(price: Money | null, bound: Money, inclusive: boolean): boolean {
  if (price === null || price.currency !== bound.currency) return false;
  return inclusive ? price.minor <= bound.minor : price.minor < bound.minor;
}

function isFrom(price: Money | null, bound: Money): boolean {
  return price !== null && price.currency === bound.currency && price.minor >= bound.minor;
}

/**
 * A total order for items with the same picture: the cheapest first. Where that says nothing, an item with a
 * price comes before one without, currencies go by their code, and the lower product id wins.
 */
export function isCheaper(one: SearchItem, other: SearchItem): boolean {
  if (one.price === null || other.price === null) {
    if (one.price !== other.price) return one.price !== null;
  } else {
    if (one.price.currency !== other.price.currency) return one.price.currency < other.price.currency;
    if (one.price.minor !== other.price.minor) return one.price.minor < other.price.minor;
  }
  return one.productId < other.productId;
}
