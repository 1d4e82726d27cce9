/** Waits out what mends itself, such as a disk that is full or a database that another program has locked. */
import { FashiondError } from '../domain/errors.js';
import type { Clock, Log } from '../domain/ports.js';

/** How what waits is told of in the log, and how soon it is tried again. */
interface Waiting {
  readonly event: string;
  readonly againMs: number;
}

const WRITE_WAITS: Waiting = { event: 'store.write_waits', againMs: 1000 };

/** Whether the same call may succeed later, without anybody changing the program. */
export function mendsItself(error: unknown): error is FashiondError {
  return error instanceof FashiondError && error.retry;
}

/**
 * Does `work`, a write if nothing else is said, again and again while it fails of what mends itself: what is in hand is
 * kept, and nothing more is taken up meanwhile. Rejects with any other error, and with that one once the signal aborts.
 */
export async function patiently<T>(
  { clock, log }: { readonly clock: Clock; readonly log: Log },
  signal: AbortSignal,
  work: () => T | Promise<T>,
  { event, againMs }: Waiting = WRITE_WAITS,
): Promise<T> {
  for (let isTold = false; ; isTold = true) {
    try {
      return await work();
    } catch (error) {
      if (!mendsItself(error) || signal.aborted) throw error;
      if (!isTold) log.warn(event, { error: error.message });
      await clock.sleep(againMs, signal);
    }
  }
}
