/** The catalogue as it is listed first, which each test and benchmark narrows. */
import type { ItemFilter } from '../../src/domain/browse.js';

export const EVERY_ITEM: ItemFilter = {
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
