/** How much of a shop's work is claimed at once, and for how long: both follow from the shop's pace. */
import type { Shop } from '../domain/shop.js';

/** In hand for each request the shop allows at once: the next one is at hand when one ends. */
const CLAIMED_PER_REQUEST = 2;

export interface LeaseOptions {
  /** For the work itself. */
  readonly leaseMs: number;
  /** The longest delay that a robots.txt can ask for with effect. */
  readonly maxCrawlDelayMs: number;
}

/** Half of what may be in hand: the other half keeps every request busy meanwhile. */
export function claimedAtLeast(shop: Shop): number {
  return shop.pace.concurrency;
}

export function claimedAtOnce(shop: Shop): number {
  return shop.pace.concurrency * CLAIMED_PER_REQUEST;
}

/**
 * Milliseconds. What is claimed waits for its turn at the host, in the worst case one after the other; a lease
 * that ended while its holder waits would have the URL fetched twice.
 */
export function leaseFor(shop: Shop, options: LeaseOptions): number {
  const { delayMs, auto } = shop.pace;
  const longestDelay = Math.max(delayMs, auto?.maxDelayMs ?? 0, options.maxCrawlDelayMs);
  return options.leaseMs + claimedAtOnce(shop) * longestDelay;
}
