/**
 * The automatic pace: how far apart requests to a host should start, judged by how long its answers take.
 *
 * After Scrapy's AutoThrottle: a host that takes L milliseconds to answer and should have N requests in hand is asked
 * every L / N milliseconds. Only what is beyond `FAST_MS` counts, so that a host that answers promptly is asked as
 * fast as the shop's own delay and concurrency allow. Each answer moves the delay half of the way to where it points:
 * four slow answers in a row go over nine tenths of it, and one among fast ones is forgotten as quickly.
 *
 * Invariants: a slower answer never gives a shorter delay; an error never shortens it; 0 <= delay <= `maxDelayMs`.
 */

export interface AutoPaceOptions {
  /** Requests a host should have in hand on average; more than 0. */
  readonly targetConcurrency: number;
  /** Bound on the delay. */
  readonly maxDelayMs: number;
}

export interface AnswerTime {
  /** From the first byte sent to the last byte read. */
  readonly elapsedMs: number;
  /** An answer that is no error: shops are quick to say 403 or 500, which says nothing about how busy they are. */
  readonly good: boolean;
}

/** A page that comes within this time is no burden that could be seen from here. */
export const FAST_MS = 500;

/** Where a delay has come so near to none, it is none. */
const LEAST_MS = 1;

/** The delay after an answer, from the delay before it, in milliseconds; the first delay is 0. */
export function nextDelay(delayMs: number, answer: AnswerTime, options: AutoPaceOptions): number {
  const target = Math.max(0, answer.elapsedMs - FAST_MS) / options.targetConcurrency;
  const moved = (Math.min(target, options.maxDelayMs) + delayMs) / 2;
  const next = answer.good ? moved : Math.max(moved, delayMs);
  return next < LEAST_MS ? 0 : Math.min(next, options.maxDelayMs);
}
