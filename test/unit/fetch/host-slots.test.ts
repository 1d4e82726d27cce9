import { describe, expect, it } from 'vitest';
import { HostSlots } from '../../../src/fetch/host-slots.js';
import type { Turn } from '../../../src/fetch/host-slots.js';
import { retryAfterMs } from '../../../src/fetch/retry-after.js';
import { FairPermits } from '../../../src/platform/fair-permits.js';
import type { ShopPace } from '../../../src/domain/shop.js';
import { SteppingClock } from './fixtures.js';

function setUp(permits = 100) {
  const clock = new SteppingClock();
  // The random number just under one keeps the whole of each back-off.
  const slots = new HostSlots({
    clock,
    backoffMs: 2000,
    maxBackoffMs: 60_000,
    random: () => 1 - Number.EPSILON,
  });
  const shared = new FairPermits({ size: permits, activeMs: 60_000, clock });
  const ask = async (
    host: string,
    pace: ShopPace = { delayMs: 1000, concurrency: 2 },
    more: { readonly signal?: AbortSignal; readonly patienceMs?: number } = {},
  ): Promise<Turn> =>
    slots.turn({
      host,
      pace,
      permits: shared,
      holder: { id: host, wants: 8 },
      patienceMs: more.patienceMs ?? Infinity,
      signal: more.signal ?? new AbortController().signal,
    });
  return { clock, slots, shared, ask };
}

function release(turn: Turn): void {
  if (turn.kind !== 'granted') throw new Error(`expected a turn, got ${turn.kind}`);
  turn.release();
}

describe('HostSlots', () => {
  it('starts requests to one host at least the delay apart', async () => {
    const { clock, ask } = setUp();
    const starts: number[] = [];
    for (let i = 0; i < 4; i += 1) {
      const turn = await ask('a');
      starts.push(clock.monotonic());
      release(turn);
    }
    expect(starts).toEqual([0, 1000, 2000, 3000]);
  });

  it('keeps the delay when requests run side by side', async () => {
    const { clock, ask } = setUp();
    const starts = await Promise.all(
      Array.from({ length: 5 }, async () => {
        const turn = await ask('a', { delayMs: 700, concurrency: 5 });
        const at = clock.monotonic();
        await clock.sleep(0);
        release(turn);
        return at;
      }),
    );
    const sorted = starts.toSorted((a, b) => a - b);
    for (const [index, at] of sorted.slice(1).entries())
      expect(at - sorted[index]!).toBeGreaterThanOrEqual(700);
  });

  it('counts the delay from when a request leaves, and lets no other pass before that', async () => {
    const { clock, ask } = setUp();
    const first = await ask('a');
    const starts: number[] = [];
    const second = ask('a').then((turn) => {
      starts.push(clock.monotonic());
      return turn;
    });
    // A name that takes long to resolve: longer than the delay.
    clock.time += 5000;
    await clock.sleep(0);
    expect(starts).toEqual([]);
    if (first.kind !== 'granted') throw new Error(first.kind);
    first.started();
    const next = await second;
    expect(starts).toEqual([6000]);
    // The first goes on for long; the second never leaves.
    release(next);
    const third = await ask('a');
    expect(clock.monotonic()).toBe(7000);
    release(first);
    release(third);
  });

  it('starts further apart while the host is slow, and never nearer than the delay', async () => {
    const { clock, slots, ask } = setUp();
    const pace = { delayMs: 1000, concurrency: 2, auto: { targetConcurrency: 1, maxDelayMs: 10_000 } };
    const gapAfter = async (elapsedMs: number, good: boolean): Promise<number> => {
      release(await ask('a', pace));
      slots.timed('a', pace, { elapsedMs, good });
      release(await ask('a', pace));
      const before = clock.monotonic();
      release(await ask('a', pace));
      return clock.monotonic() - before;
    };
    expect(await gapAfter(100, true)).toBe(1000);
    expect(await gapAfter(8500, true)).toBe(4000);
    expect(await gapAfter(10, false)).toBe(4000);
    expect(await gapAfter(10, true)).toBe(2000);
    expect(await gapAfter(10, true)).toBe(1000);
    slots.timed('b', { delayMs: 0, concurrency: 1 }, { elapsedMs: 60_000, good: true });
    release(await ask('b', { delayMs: 0, concurrency: 1 }));
    const before = clock.monotonic();
    release(await ask('b', { delayMs: 0, concurrency: 1 }));
    expect(clock.monotonic()).toBe(before);
  });

  it('runs no more than the concurrency at once, first come first served', async () => {
    const { ask } = setUp();
    const order: number[] = [];
    const pace = { delayMs: 0, concurrency: 2 };
    const first = await ask('a', pace);
    const second = await ask('a', pace);
    const later = [3, 4].map(async (n) => {
      const turn = await ask('a', pace);
      order.push(n);
      return turn;
    });
    await new Promise((resolve) => {
      setTimeout(resolve, 5);
    });
    expect(order).toEqual([]);
    release(first);
    release(await later[0]!);
    expect(order[0]).toBe(3);
    release(await later[1]!);
    release(second);
    expect(order).toEqual([3, 4]);
  });

  it('does not let a throttled host hold the permits others need', async () => {
    const { slots, shared, ask, clock } = setUp(1);
    slots.throttled('slow', 429, 30_000);
    const slow = ask('slow');
    const before = clock.monotonic();
    const other = await ask('other');
    expect(clock.monotonic() - before).toBeLessThan(30_000);
    expect(shared.free).toBe(0);
    release(other);
    release(await slow);
    expect(clock.monotonic()).toBeGreaterThanOrEqual(30_000);
    expect(shared.free).toBe(1);
  });

  it('backs off 2, 4, 8 ... 60 seconds and starts over after an answer', () => {
    const { slots, clock } = setUp();
    const waits: number[] = [];
    for (let i = 0; i < 7; i += 1) {
      const wait = slots.throttled('a', 503, null);
      waits.push(Math.round(wait / 1000));
      clock.time += wait + 1;
    }
    expect(waits).toEqual([2, 4, 8, 16, 32, 60, 60]);
    slots.answered('a');
    expect(Math.round(slots.throttled('a', 503, null) / 1000)).toBe(2);
  });

  it('counts throttled answers that arrive together once, and keeps the longer wait', () => {
    const { slots, clock } = setUp();
    const first = slots.throttled('a', 429, null);
    expect(slots.throttled('a', 429, null)).toBeCloseTo(first, 6);
    expect(slots.throttled('a', 429, 90_000)).toBe(90_000);
    expect(slots.throttled('a', 429, 10_000)).toBe(90_000);
    clock.time += 90_001;
    expect(Math.round(slots.throttled('a', 429, null) / 1000)).toBe(4);
  });

  it('takes jitter off the back-off', () => {
    const clock = new SteppingClock();
    const slots = new HostSlots({ clock, backoffMs: 2000, maxBackoffMs: 60_000, random: () => 0 });
    expect(slots.throttled('a', 503, null)).toBe(1000);
  });

  it('reports a back-off longer than the caller waits for', async () => {
    const { slots, ask } = setUp();
    slots.throttled('a', 429, 5000);
    expect(await ask('a', undefined, { patienceMs: 1000 })).toEqual({
      kind: 'backing-off',
      status: 429,
      remainingMs: 5000,
    });
    release(await ask('a', undefined, { patienceMs: 5000 }));
  });

  it('lets a waiting request be cancelled without losing its slot or permit', async () => {
    const { shared, ask } = setUp(1);
    const pace = { delayMs: 0, concurrency: 1 };
    const holder = await ask('a', pace);
    const queued = new AbortController();
    const permitless = new AbortController();
    const inQueue = ask('a', pace, { signal: queued.signal });
    const forPermit = ask('b', pace, { signal: permitless.signal });
    queued.abort();
    permitless.abort();
    await expect(inQueue).rejects.toMatchObject({ code: 'cancelled' });
    await expect(forPermit).rejects.toMatchObject({ code: 'cancelled' });
    release(holder);
    release(await ask('a', pace));
    release(await ask('b', pace));
    expect(shared.free).toBe(1);
  });
});

describe('retryAfterMs', () => {
  const now = Date.UTC(2026, 2, 1, 12, 0, 0);

  it.each([
    ['120', 120_000],
    [' 7 ', 7000],
    // RFC 9110 section 5.6.7: the three forms of a date.
    ['Sun, 01 Mar 2026 12:00:30 GMT', 30_000],
    ['Sunday, 01-Mar-26 12:01:00 GMT', 60_000],
    ['Sun Mar  1 12:02:00 2026', 120_000],
    ['99999999999', 24 * 3_600_000],
    ['0', null],
    ['-5', null],
    ['1.5', null],
    ['soon', null],
    ['', null],
    [undefined, null],
    ['Sun, 01 Mar 2026 11:59:00 GMT', null],
  ])('%s -> %s', (header, expected) => {
    expect(retryAfterMs(header, now)).toBe(expected);
  });
});
