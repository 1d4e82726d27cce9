/**
 * The daemon's heartbeat: every few seconds it stores a sign of life with the event loop's delay, so that `status`
 * can read both from outside, and judges a shop anew whose pictures were classified after its run.
 *
 * The goal of the loop is a p99 below 20 ms at full speed: what blocks it longer delays every request, every timer
 * and every answer. A slice over the goal is a hiccup; `SLOW_SLICES` of them in a row are told of, once, and so is
 * the end of it.
 */
import { FashiondError } from '../domain/errors.js';
import type { ServingRuntime } from '../domain/model.js';
import type { Clock, HealthStore, Log } from '../domain/ports.js';
import { watchLoop } from '../platform/loop-delay.js';
import type { LoopDelay } from '../platform/loop-delay.js';

export interface HeartbeatParts {
  readonly store: HealthStore;
  readonly clock: Clock;
  readonly log: Log;
  /** What networks run on now: another model may have brought another runtime. */
  readonly runtime: () => ServingRuntime;
  /** Node's own histogram unless a test brings another. */
  readonly delay?: LoopDelay;
}

/** Between two beats; each is a slice of the window. */
export const BEAT_MS = 15_000;
export const LOOP_GOAL_P99_MS = 20;
/** The window of the stored numbers: five minutes. */
const SLICES = 20;
/** Two minutes over the goal. */
export const SLOW_SLICES = 8;

/** Beats until the signal aborts. */
export async function beatUntil(parts: HeartbeatParts, signal: AbortSignal): Promise<void> {
  const { store, clock, log, runtime } = parts;
  const { delay, stop } =
    parts.delay === undefined
      ? watchLoop(() => clock.monotonic(), SLICES)
      : { delay: parts.delay, stop: () => undefined };
  const startedAt = clock.now();
  let slow = 0;
  try {
    while (!signal.aborted) {
      const { window, slice } = delay.turn();
      tolerating(log, () => {
        store.beat({ pid: process.pid, startedAt, at: clock.now(), loop: window, runtime: runtime() });
        store.reviewHealth(1);
      });
      log.debug('daemon.heartbeat', { ...window });
      const wasSlow = slow >= SLOW_SLICES;
      slow = slice.p99Ms > LOOP_GOAL_P99_MS ? slow + 1 : 0;
      if (!wasSlow && slow >= SLOW_SLICES) {
        log.warn('daemon.loop_slow', { ...window, goalP99Ms: LOOP_GOAL_P99_MS, forMs: slow * BEAT_MS });
      } else if (wasSlow && slow === 0) {
        log.info('daemon.loop_recovered', { ...window });
      }
      await clock.sleep(BEAT_MS, signal);
    }
  } finally {
    stop();
  }
  tolerating(log, () => store.beat(null));
}

/** A full disk is no reason to end: whoever has something to lose finds out by itself. */
function tolerating(log: Log, write: () => void): void {
  try {
    write();
  } catch (error) {
    if (!(error instanceof FashiondError && error.retry)) throw error;
    log.warn('daemon.heartbeat_failed', { error: error.message });
  }
}
