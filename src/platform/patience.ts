/** Waits out what mends itself, such as a disk that is full or a database that another program has locked. */
import { FashiondError } from '../domain/errors.js';
import type { Clock, Log } from '../domain/ports.js';

const AGAIN_MS = 1000;

/** Whether the same call may succeed later, without anybody changing the program. */
export function mendsItself(error: unknown): error is FashiondError {
  return error instanceof FashiondError && error.retry;
}

/**
 * Does `write`, again and again while it fails of what mends itself: what is in hand is kept, and nothing more is taken
 * up meanwhile. Rejects with any other error, and with that one once the signal aborts.
 */
export async function patiently<T>(
  { clock, log }: { readonly clock: Clock; readonly log: Log },
  signal: AbortSignal,
  write: () => T | Promise<T>,
): Promise<T> {
  for (let isTold = false; ; isTold = true) {
    try {
      return await write();
    } catch (error) {
      if (!mendsItself(error) || signal.aborted) throw error;
      if (!isTold) log.warn('store.write_waits', { error: error.message });
      await clock.sleep(AGAIN_MS, signal);
    }
  }
}
