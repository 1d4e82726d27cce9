/** What becomes of a request that brought nothing to read: the same for pages, feeds and pictures. */
import type { DropReason } from '../domain/crawl.js';
import { unreachable } from '../domain/errors.js';
import type { FetchFailure, FetchOutcome } from '../domain/fetch.js';
import { backoffMs } from '../platform/backoff.js';
import type { BackoffOptions } from '../platform/backoff.js';

export interface RetryOptions extends BackoffOptions {
  /** Tries for one address in one run. */
  readonly attempts: number;
}

/** Neither bytes nor the word that they are the same or gone. */
export type UnreadOutcome = Extract<FetchOutcome, { kind: 'disallowed' | 'throttled' | 'failed' }>;

export type UnreadVisit =
  | {
      readonly kind: 'retry';
      readonly at: number;
      readonly spendsAttempt: boolean;
      readonly failure: 'throttled' | FetchFailure;
      readonly reason: string;
    }
  | { readonly kind: 'dropped'; readonly reason: DropReason; readonly detail: string };

/** `attempts`: tries that were spent before this one. */
export function unread(
  outcome: UnreadOutcome,
  attempts: number,
  options: RetryOptions,
  now: number,
): UnreadVisit {
  switch (outcome.kind) {
    case 'disallowed':
      return {
        kind: 'dropped',
        reason: outcome.reason,
        detail: outcome.detail ?? 'refused before the request',
      };
    case 'throttled':
      // The host asked for patience: the address is not to blame, and keeps its tries.
      return {
        kind: 'retry',
        at: now + outcome.retryAfterMs,
        spendsAttempt: false,
        failure: 'throttled',
        reason: `throttled (${outcome.status})`,
      };
    case 'failed':
      return outcome.retry && attempts + 1 < options.attempts
        ? {
            kind: 'retry',
            at: now + backoffMs(options, attempts),
            spendsAttempt: true,
            failure: outcome.failure,
            reason: `${outcome.failure}: ${outcome.detail}`,
          }
        : { kind: 'dropped', reason: outcome.failure, detail: outcome.detail };
    default:
      return unreachable(outcome);
  }
}
