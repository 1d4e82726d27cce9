import { describe, expect, it } from 'vitest';
import { LoopDelay, watchLoop } from '../../../src/platform/loop-delay.js';
import type { DelayHistogram } from '../../../src/platform/loop-delay.js';

/** Ticks in milliseconds apart, of which the percentiles are the largest. */
function histogramOf(slices: readonly (readonly [p50: number, p99: number, max: number])[]): DelayHistogram {
  let at = 0;
  const now = () => slices[at] ?? [0, 0, 0];
  return {
    get count() {
      return at < slices.length ? 100 : 0;
    },
    get max() {
      return now()[2] * 1e6;
    },
    percentile: (percentile) => (percentile === 50 ? now()[0] : now()[1]) * 1e6,
    reset: () => {
      at += 1;
    },
  };
}

describe('the delay of the event loop', () => {
  it("is what exceeds the timer's own interval", () => {
    let ms = 0;
    const delay = new LoopDelay({ histogram: histogramOf([[10.5, 14, 60]]), monotonic: () => ms, keep: 3 });
    ms = 5000;
    expect(delay.turn().window).toEqual({ windowMs: 5000, p50Ms: 0.5, p99Ms: 4, maxMs: 50 });
    ms = 7000;
    // Nothing was recorded since: the slice is empty, the window is not.
    const { window, slice } = delay.turn();
    expect(slice).toMatchObject({ windowMs: 2000, p50Ms: 0, p99Ms: 0, maxMs: 0 });
    expect(window).toEqual({ windowMs: 7000, p50Ms: 0.5, p99Ms: 4, maxMs: 50 });
  });

  it('is that of the worst slice of the window, and forgets what is older', () => {
    let ms = 0;
    const histogram = histogramOf([
      [11, 110, 210],
      [12, 30, 40],
      [11, 20, 90],
    ]);
    const delay = new LoopDelay({ histogram, monotonic: () => (ms += 1000), keep: 2 });
    expect(delay.turn().window).toMatchObject({ p50Ms: 1, p99Ms: 100, maxMs: 200 });
    expect(delay.turn().window).toMatchObject({ p50Ms: 2, p99Ms: 100, maxMs: 200 });
    expect(delay.turn().window).toEqual({ windowMs: 2000, p50Ms: 2, p99Ms: 20, maxMs: 80 });
  });

  it('shows in the numbers of a loop that was blocked', async () => {
    const { delay, stop } = watchLoop(() => performance.now(), 4);
    const pause = (ms: number): Promise<unknown> => new Promise((resolve) => setTimeout(resolve, ms));
    await pause(50);
    const end = performance.now() + 300;
    while (performance.now() < end);
    await pause(50);
    const { window } = delay.turn();
    stop();
    expect(window.maxMs).toBeGreaterThan(250);
    expect(window.p50Ms).toBeLessThan(window.maxMs);
  });
});
