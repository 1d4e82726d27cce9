/**
 * How long what is claimed stays with the process that claimed it, by the monotonic clock of that process: a step of the wall
 * clock ends no lease. Of what is leased the queues keep the end as `due_at`; the next process returns all of it at its start.
 */
import type { Clock } from '../domain/ports.js';

/** Of what is claimed now: whole milliseconds of the monotonic clock. What ends at `from` or before has ended. */
export function leaseTime(clock: Clock, ms: number): { readonly from: number; readonly until: number } {
  const from = Math.round(clock.monotonic());
  return { from, until: from + ms };
}
