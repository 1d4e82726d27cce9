/** Time as the system gives it. Code takes a Clock, so that tests can step it. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../domain/ports.js';

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: async (ms, signal) => {
    if (isAborted(signal)) return;
    try {
      await delay(ms, undefined, signal === undefined ? {} : { signal });
    } catch (error) {
      if (!isAborted(signal)) throw error;
    }
  },
};

/** A call, because the compiler takes a property it has compared once to keep its value across an await. */
function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted ?? false;
}
