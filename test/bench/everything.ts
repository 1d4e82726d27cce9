/** A list of items without a filter, which each benchmark narrows. */
import type { ItemFilter } from '../../src/domain/browse.js';

export const EVERYTHING: ItemFilter = {
  shop: null,
  category: null,
  brand: null,
  words: null,
  inStock: false,
  currency: null,
  minPrice: null,
  maxPrice: null,
  vanished: false,
  order: 'newest',
};
