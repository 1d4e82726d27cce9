/** The rows of one product, its variants, -> the product as a whole. */
import { bestAvailability } from '../availability.js';
import type { FeedItem } from '../../domain/feed.js';
import { ORDERABLE } from '../../domain/product.js';
import type { Offer, Product } from '../../domain/product.js';

const MAX_IMAGES = 40;

/**
 * The first row tells what all share; the offer is the cheapest that can be ordered, else the cheapest. A code that
 * is not the same in all rows is a variant's and none of the product. `items` has one or more.
 */
export function assembleProduct(items: readonly FeedItem[]): Product {
  const [first, ...others] = items;
  if (first === undefined) throw new RangeError('a product has at least one row');
  if (others.length === 0) return first.product;
  const products = items.map(({ product }) => product);
  const shared = (field: 'gtin' | 'mpn' | 'brand' | 'sku'): string | null => {
    const value = first.product[field];
    return products.every((product) => product[field] === value) ? value : null;
  };
  return {
    ...first.product,
    title: sharedTitle(products.map(({ title }) => title)),
    brand: shared('brand'),
    sku: shared('sku'),
    gtin: shared('gtin'),
    mpn: shared('mpn'),
    offer: offerOf(products),
    availability: bestAvailability(products.map(({ availability }) => availability)) ?? 'unknown',
    images: [...new Set(products.flatMap(({ images }) => images))].slice(0, MAX_IMAGES),
    variants: products.flatMap(({ variants }) => variants),
  };
}

function offerOf(products: readonly Product[]): Offer | null {
  const offers = products.map(({ offer }) => offer).filter((offer) => offer !== null);
  const orderable = offers.filter(({ availability }) => ORDERABLE.has(availability));
  let best: Offer | null = null;
  for (const offer of orderable.length > 0 ? orderable : offers) {
    if (best === null || offer.price.minor < best.price.minor) best = offer;
  }
  if (best === null) return null;
  const availability = bestAvailability(offers.map((offer) => offer.availability));
  return { ...best, availability: availability ?? 'unknown' };
}

/** `Cable sweater - Red / M` and `Cable sweater - Blue / S`: the words that all begin with, where they say enough. */
function sharedTitle(titles: readonly string[]): string {
  const [first = '', ...others] = titles;
  const words = first.split(' ');
  const differing = words.findIndex((word, index) =>
    others.some((title) => title.split(' ')[index] !== word),
  );
  const length = differing === -1 ? words.length : differing;
  const title = words
    .slice(0, length)
    .join(' ')
    .replace(/[\s,/|(:–—-]+$/u, '');
  return length * 2 >= words.length && title !== '' ? title : first;
}
