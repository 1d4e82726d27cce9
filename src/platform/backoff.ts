/** Exponential back-off with full upper-half jitter, as retries of one URL wait between tries. */

export interface BackoffOptions {
  /** Wait after the first failure. */
  readonly baseMs: number;
  readonly maxMs: number;
}

/**
 * Milliseconds to wait after failure number `failures` (0 for the first): the base doubled each time, bounded,
 * of which a random half is taken off so that many URLs do not come back at the same moment.
 */
export function backoffMs(
  options: BackoffOptions,
  failures: number,
  random: () => number = Math.random,
): number {
  const whole = Math.min(options.maxMs, options.baseMs * 2 ** Math.min(failures, 30));
  return whole * (0.5 + random() / 2);
}
