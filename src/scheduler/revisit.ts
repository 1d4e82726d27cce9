/**
 * When to visit a page again: each by its own rate of change, between two bounds. Pure: no store, no clock.
 *
 * Pages are taken to change as Poisson processes do. The rate is the maximum-likelihood estimate of Cho and
 * Garcia-Molina, "Estimating frequency of change" (ACM Transactions on Internet Technology 3(3), 2003), section 5:
 * with visits at uneven distances, of which the X that found a change lay C milliseconds after their predecessors
 * in all, and the others U, it solves sum over the changed visits of t / (e^(rate t) - 1) = U. With their distances
 * taken as equal (C / X) it has the closed form used here, rate = X / C * ln(1 + C / U); for visits at even distances
 * that is their estimator of section 4. As there, half a visit is added, so that neither none nor all changed gives
 * a rate without meaning: half of the first interval counts as seen changed, and half as seen unchanged.
 *
 * A page is due when it has changed with probability 1/2. A change in place of none at any visit of a history never
 * makes the interval longer: C + U stays, X and C grow, and ln(1 + C / U) / C grows with C.
 */
import type { RevisitHistory, RevisitPolicy } from '../domain/crawl.js';

export interface RevisitBounds {
  /** Shortest time between two visits of a page. */
  readonly minMs: number;
  /** Longest; of a page that is there. */
  readonly maxMs: number;
}

/** What a visit counts, one visit later: about ten visits are remembered, so that a page may change its ways. */
const FADING = 0.9;
const DUE_PROBABILITY = 0.5;
/** Times the longest interval, for a page that stays gone. */
const MOST_FOR_GONE = 8;

export function createRevisitPolicy({ minMs, maxMs }: RevisitBounds): RevisitPolicy {
  const bounded = (ms: number): number => Math.min(maxMs, Math.max(minMs, ms));
  /** Of a page visited once: the geometric mean, as far from the one bound as from the other. */
  const firstMs = Math.max(1, Math.sqrt(minMs * maxMs));
  return {
    afterVisit: (before, { changed, elapsedMs }) => {
      const history = elapsedMs === null || elapsedMs <= 0 ? before : observed(before, changed, elapsedMs);
      return { history, intervalMs: bounded(-Math.log(1 - DUE_PROBABILITY) / rateOf(history, firstMs)) };
    },
    whileGone: (confirmations) => maxMs * Math.min(MOST_FOR_GONE, 2 ** (Math.max(1, confirmations) - 1)),
    hintDelay: (misses) => Math.min(maxMs, minMs * 2 ** Math.min(misses, 30)),
  };
}

function observed(before: RevisitHistory, changed: boolean, elapsedMs: number): RevisitHistory {
  return {
    changes: before.changes * FADING + Number(changed),
    changedMs: before.changedMs * FADING + (changed ? elapsedMs : 0),
    unchangedMs: before.unchangedMs * FADING + (changed ? 0 : elapsedMs),
  };
}

/** Changes a millisecond. */
function rateOf(history: RevisitHistory, firstMs: number): number {
  const changes = history.changes + 0.5;
  const changedMs = history.changedMs + firstMs / 2;
  const unchangedMs = history.unchangedMs + firstMs / 2;
  return (changes / changedMs) * Math.log1p(changedMs / unchangedMs);
}
