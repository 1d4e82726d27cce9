/** Thread that counts the catalogue: with 100,000 items that takes a tenth of a second, in which nothing else may wait. */
import type { Facets } from '../../domain/browse.js';
import { openForReading } from '../open-file.js';
import { Browsing } from './browsing.js';

const BRANDS = 200;

/** `path`: of the database. */
export function countFacets(path: string): Facets {
  const db = openForReading(path);
  try {
    const browse = new Browsing(db);
    return {
      categories: browse.categoryCounts(),
      currencies: browse.currencies(),
      brands: browse.brands(BRANDS),
      shops: browse.shopNames(),
    };
  } finally {
    db.raw.close();
  }
}
