/** What may be chosen in the filters. Counting it reads the whole catalogue, so that it is kept for a while. */
import type { BrowseStore, CategoryCount } from '../../domain/browse.js';

const FRESH_MS = 30_000;
const BRANDS = 200;

export interface Facets {
  readonly categories: readonly CategoryCount[];
  readonly currencies: readonly string[];
  readonly brands: readonly string[];
  readonly shops: ReturnType<BrowseStore['shopNames']>;
}

export function facetsOf(browse: BrowseStore, monotonic: () => number): () => Facets {
  let kept: { readonly facets: Facets; readonly until: number } | null = null;
  return () => {
    if (kept !== null && monotonic() < kept.until) return kept.facets;
    const facets = {
      categories: browse.categoryCounts(),
      currencies: browse.currencies(),
      brands: browse.brands(BRANDS),
      shops: browse.shopNames(),
    };
    kept = { facets, until: monotonic() + FRESH_MS };
    return facets;
  };
}
