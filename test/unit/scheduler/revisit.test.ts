import { array, assert, boolean, double, integer, property, tuple } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RevisitHistory } from '../../../src/domain/crawl.js';
import { Random } from '../../../src/platform/random.js';
import { createRevisitPolicy } from '../../../src/scheduler/revisit.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOTHING: RevisitHistory = { changes: 0, changedMs: 0, unchangedMs: 0 };
const bounds = { minMs: 6 * HOUR, maxMs: 7 * DAY };

type Visit = readonly [elapsedMs: number, changed: boolean];
const visits = array(tuple(double({ min: 1, max: 1e11, noNaN: true }), boolean()), { maxLength: 30 });

/** The interval after the visits, one after the other. */
function intervalAfter(seen: readonly Visit[], { minMs, maxMs } = bounds): number {
  const policy = createRevisitPolicy({ minMs, maxMs });
  let { history, intervalMs } = policy.afterVisit(NOTHING, { changed: false, elapsedMs: null });
  for (const [elapsedMs, changed] of seen) {
    ({ history, intervalMs } = policy.afterVisit(history, { changed, elapsedMs }));
  }
  return intervalMs;
}

const every = (count: number, elapsedMs: number, changed: (n: number) => boolean): Visit[] =>
  Array.from({ length: count }, (_, n) => [elapsedMs, changed(n)] as const);

describe('the interval', () => {
  it('stays between its bounds, whatever was seen', () => {
    const anyBounds = tuple(integer({ min: 0, max: 1e9 }), integer({ min: 1, max: 1e9 }));
    assert(
      property(visits, anyBounds, (seen, [minMs, more]) => {
        const interval = intervalAfter(seen, { minMs, maxMs: minMs + more });
        expect(interval).toBeGreaterThanOrEqual(minMs);
        expect(interval).toBeLessThanOrEqual(minMs + more);
      }),
    );
  });

  it('never gets longer when any visit of the history had found a change instead of none', () => {
    assert(
      property(visits, integer({ min: 0, max: 29 }), (seen, at) => {
        const flipped = (changed: boolean): Visit[] =>
          seen.map(([elapsedMs, was], n) => [elapsedMs, n === at ? changed : was]);
        // A relative hair for the rounding of floating point.
        expect(intervalAfter(flipped(true))).toBeLessThanOrEqual(intervalAfter(flipped(false)) * (1 + 1e-9));
      }),
    );
  });

  it('reaches the bounds: for a page that always changes, and for one that never does', () => {
    expect(intervalAfter(every(20, 6 * HOUR, () => true))).toBe(bounds.minMs);
    expect(intervalAfter(every(10, DAY, () => false))).toBe(bounds.maxMs);
    expect(intervalAfter([])).toBeCloseTo(Math.sqrt(bounds.minMs * bounds.maxMs), 3);
  });

  it('forgets: a page that changes its ways is followed within a dozen visits', () => {
    const quiet = every(100, 7 * DAY, () => false);
    expect(intervalAfter([...quiet, ...every(12, 7 * DAY, () => true)])).toBeLessThan(4 * DAY);
    const lively = every(100, 6 * HOUR, () => true);
    expect(intervalAfter([...lively, ...every(12, DAY, () => false)])).toBeGreaterThan(6 * bounds.minMs);
  });

  it('is ln 2 over the rate that the likelihood of the visits is greatest for', () => {
    // 40 visits a day apart, a third of which found a change: -ln(1 - 1/3) a day, found by search, not by formula.
    const seen = every(3000, DAY, (n) => n % 3 === 0);
    const likelihood = (rate: number): number =>
      seen.reduce((sum, [ms, hit]) => sum + (hit ? Math.log(-Math.expm1(-rate * ms)) : -rate * ms), 0);
    let best = 0;
    for (let rate = 0.01; rate < 2; rate += 0.001) {
      if (best === 0 || likelihood(rate / DAY) > likelihood(best / DAY)) best = rate;
    }
    const days = intervalAfter(seen, { minMs: HOUR, maxMs: 100 * DAY }) / DAY;
    // Ten visits or so are remembered, which of a pattern of three leaves the estimate a quarter to either side.
    expect(days / (Math.LN2 / best)).toBeGreaterThan(0.7);
    expect(days / (Math.LN2 / best)).toBeLessThan(1.4);
  });
});

describe('a page that is gone', () => {
  it('is asked for ever more rarely, up to a bound', () => {
    const policy = createRevisitPolicy(bounds);
    const waits = [1, 2, 3, 4, 5, 50].map((confirmations) => policy.whileGone(confirmations) / bounds.maxMs);
    expect(waits).toEqual([1, 2, 4, 8, 8, 8]);
  });
});

describe('signs of change', () => {
  it('are believed later the more often they were wrong, and never later than the page is due anyway', () => {
    const policy = createRevisitPolicy(bounds);
    const delays = [0, 1, 2, 3, 1000].map((misses) => policy.hintDelay(misses) / HOUR);
    expect(delays).toEqual([6, 12, 24, 48, 168]);
  });
});

/** Pages that change as Poisson processes do, visited for `days`; how many visits found how many changes. */
function simulate(
  rates: readonly number[],
  days: number,
  next: (page: number, changed: boolean, elapsedMs: number | null) => number,
): { readonly visits: number; readonly found: number } {
  const random = new Random(7);
  let visited = 0;
  let found = 0;
  for (const [page, rate] of rates.entries()) {
    let last: number | null = null;
    for (let at = 0; at < days * DAY;) {
      const elapsedMs: number | null = last === null ? null : at - last;
      const changed = elapsedMs !== null && random.next() < -Math.expm1((-rate * elapsedMs) / DAY);
      visited += 1;
      found += Number(changed);
      last = at;
      at += next(page, changed, elapsedMs);
    }
  }
  return { visits: visited, found };
}

it('finds more changes a visit than a fixed interval does with as many visits', () => {
  // Of a shop's items few change every day, and most seldom or never.
  const rates = Array.from({ length: 1000 }, (_, n) => (n < 50 ? 2 : n < 200 ? 0.3 : n < 500 ? 0.02 : 0));
  const days = 90;
  const policy = createRevisitPolicy(bounds);
  const histories = rates.map(() => NOTHING);
  const adaptive = simulate(rates, days, (page, changed, elapsedMs) => {
    const after = policy.afterVisit(histories[page]!, { changed, elapsedMs });
    histories[page] = after.history;
    return after.intervalMs;
  });
  const fixedMs = (days * DAY * rates.length) / adaptive.visits;
  const fixed = simulate(rates, days, () => fixedMs);
  expect(fixed.visits / adaptive.visits).toBeCloseTo(1, 1);
  // Measured: 1.9 times as many.
  expect(adaptive.found / adaptive.visits).toBeGreaterThan((1.5 * fixed.found) / fixed.visits);
});
