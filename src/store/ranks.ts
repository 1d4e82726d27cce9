/** The order of visits within a shop: the lower rank first, and within a rank what has been due for longest. */
import type { EntryKind } from '../domain/crawl.js';

/** Visited before, and to be visited now: it is said to have changed, is to be confirmed gone, or was not reached. */
export const AGAIN = 64;
/** Start pages and listings: where new items appear. */
export const EACH_RUN = 65;
/** By the revisit policy. */
export const WHEN_DUE = 66;

/**
 * Up to this rank an entry waits for its time within a run: what is found while it goes on is visited by it. Above
 * it, an entry is due once a run: when its time is not after the run's `dueBefore`.
 */
export const LAST_RANK_OF_RUN = EACH_RUN - 1;

export const DEEPEST_PRODUCT = 30;
const DEEPEST_PAGE = AGAIN - DEEPEST_PRODUCT - 2;

/** Never visited: products first, then pages; of each the nearest to a start page first. */
export function rankOfNew(kind: EntryKind, depth: number): number {
  if (kind === 'product') return Math.min(depth, DEEPEST_PRODUCT);
  return DEEPEST_PRODUCT + 1 + Math.min(depth, DEEPEST_PAGE);
}
