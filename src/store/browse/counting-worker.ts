/**
 * Thread that counts the catalogue: with 100,000 items that takes tenths of a second, in which nothing else may wait.
 * `path` is that of the database. Nothing stays open between two counts, as the file is no thread's to hold.
 */
import type { Facets, ShopState } from '../../domain/browse.js';
import { openForReading } from '../open-file.js';
import { Browsing } from './browsing.js';

const BRANDS = 200;

export function countFacets(path: string): Facets {
  return reading(path, (browse) => ({
    categories: browse.categoryCounts(),
    currencies: browse.currencies(),
    brands: browse.brands(BRANDS),
    shops: browse.shopNames(),
  }));
}

export function readShops(path: string): readonly ShopState[] {
  return reading(path, (browse) => browse.shops());
}

function reading<Found>(path: string, read: (browse: Browsing) => Found): Found {
  const db = openForReading(path);
  try {
    return read(new Browsing(db));
  } finally {
    db.raw.close();
  }
}
