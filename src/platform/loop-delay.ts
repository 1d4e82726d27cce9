/**
 * How late the event loop runs its timers, over the last minutes.
 *
 * Node's histogram records how far apart the ticks of a timer of `RESOLUTION_MS` were; what exceeds that is delay.
 * Percentiles of slices cannot be joined, so a slice (see `turn`) is closed now and then and the window's numbers are
 * those of its worst slice: never better than the truth.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { LoopDelays } from '../domain/health.js';

/** What is used of Node's histogram; times in nanoseconds. */
export interface DelayHistogram {
  readonly count: number;
  readonly max: number;
  percentile(percentile: number): number;
  reset(): void;
}

interface Slice extends LoopDelays {
  readonly endedAt: number;
}

const RESOLUTION_MS = 10;
const NS_PER_MS = 1e6;

export class LoopDelay {
  readonly #histogram: DelayHistogram;
  readonly #monotonic: () => number;
  readonly #keep: number;
  readonly #slices: Slice[] = [];
  #startedAt: number;

  /** `keep`: slices in the window. `monotonic`: milliseconds. */
  constructor(options: {
    readonly histogram: DelayHistogram;
    readonly monotonic: () => number;
    readonly keep: number;
  }) {
    this.#histogram = options.histogram;
    this.#monotonic = options.monotonic;
    this.#keep = options.keep;
    this.#startedAt = options.monotonic();
  }

  /** Closes a slice and begins the next. Returns the window with it, and the slice alone. */
  turn(): { readonly window: LoopDelays; readonly slice: LoopDelays } {
    const histogram = this.#histogram;
    const endedAt = this.#monotonic();
    const delay = (ns: number): number =>
      histogram.count === 0 ? 0 : Math.max(0, ns / NS_PER_MS - RESOLUTION_MS);
    const slice: Slice = {
      windowMs: endedAt - this.#startedAt,
      p50Ms: delay(histogram.percentile(50)),
      p99Ms: delay(histogram.percentile(99)),
      maxMs: delay(histogram.max),
      endedAt,
    };
    histogram.reset();
    this.#startedAt = endedAt;
    this.#slices.push(slice);
    if (this.#slices.length > this.#keep) this.#slices.shift();
    const worst = (of: (one: Slice) => number): number => Math.max(...this.#slices.map(of));
    const window = {
      windowMs: this.#slices.reduce((sum, one) => sum + one.windowMs, 0),
      p50Ms: worst((one) => one.p50Ms),
      p99Ms: worst((one) => one.p99Ms),
      maxMs: worst((one) => one.maxMs),
    };
    return { window, slice };
  }
}

/** Watches this thread's loop until the process ends or `stop` is called; keeps no process alive. */
export function watchLoop(
  monotonic: () => number,
  keep: number,
): { readonly delay: LoopDelay; readonly stop: () => void } {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  return {
    delay: new LoopDelay({ histogram, monotonic, keep }),
    stop: () => {
      histogram.disable();
    },
  };
}
