/** When the scheduler starts runs, and when it does not. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ShopId } from '../../../src/domain/ids.js';
import type { Log } from '../../../src/domain/ports.js';
import type { Shop } from '../../../src/domain/shop.js';
import { Scheduler } from '../../../src/scheduler/scheduler.js';
import { bench, settle, shopOf } from './scheduler-bench.js';

describe('Scheduler', () => {
  it('catches up a missed run at start, once, and then keeps to the schedule', async () => {
    const { scheduler, keys, at, started } = bench([shopOf('a')], '2026-01-08T11:00:00Z', {
      a: '2026-01-05T03:00:00.000Z',
    });
    scheduler.start();
    expect(keys()).toEqual(['a 2026-01-08T03:00:00.000Z']);
    started[0]!.end();
    await settle();
    at('2026-01-08T11:01:00Z');
    at('2026-01-09T02:59:00Z');
    expect(keys()).toHaveLength(1);
    at('2026-01-09T03:00:00.040Z');
    expect(keys().slice(1)).toEqual(['a 2026-01-09T03:00:00.000Z']);
    // Each run visits what would be late for the one after it.
    expect(started.map((run) => run.dueBefore)).toEqual([
      '2026-01-09T03:00:00.000Z',
      '2026-01-10T03:00:00.000Z',
    ]);
  });

  it('leaves shops without a schedule alone', () => {
    const { scheduler, keys } = bench([shopOf('a', null)], '2026-01-08T11:00:00Z');
    scheduler.start();
    expect(keys()).toEqual([]);
  });

  it('skips a slot that falls into a run of the same shop, and says so; other shops go on', async () => {
    const shops = [shopOf('a', '0 * * * *'), shopOf('b', '0 * * * *')];
    const { scheduler, keys, at, started, events } = bench(shops, '2026-01-08T11:30:00Z');
    scheduler.start();
    started[1]!.end();
    await settle();
    at('2026-01-08T12:00:00Z');
    at('2026-01-08T12:01:00Z');
    expect(keys()).toEqual([
      'a 2026-01-08T11:00:00.000Z',
      'b 2026-01-08T11:00:00.000Z',
      'b 2026-01-08T12:00:00.000Z',
    ]);
    expect(events.filter((event) => event.startsWith('schedule.skipped'))).toEqual([
      'schedule.skipped a 2026-01-08T12:00:00.000Z',
    ]);
    started[0]!.end();
    await settle();
    // The skipped slot stays skipped; the next one runs.
    at('2026-01-08T12:30:00Z');
    expect(keys()).toHaveLength(3);
    at('2026-01-08T13:00:00Z');
    expect(keys().slice(3)).toContain('a 2026-01-08T13:00:00.000Z');
  });

  it('starts nothing again when the clock steps back', async () => {
    const { scheduler, keys, at, started } = bench([shopOf('a', '0 * * * *')], '2026-01-08T11:30:00Z');
    scheduler.start();
    started[0]!.end();
    await settle();
    for (const minute of ['10:59:00', '11:00:00', '11:00:30', '09:15:00', '11:59:59'])
      at(`2026-01-08T${minute}Z`);
    expect(keys()).toHaveLength(1);
    at('2026-01-08T12:00:00Z');
    expect(keys()).toHaveLength(2);
  });

  it('does not wait for a slot that was begun by a clock far ahead, and says once that there is one', async () => {
    const { scheduler, keys, at, started, events } = bench([shopOf('a')], '2026-01-08T11:00:00Z', {
      a: '2031-01-01T03:00:00.000Z',
    });
    scheduler.start();
    expect(keys()).toEqual(['a 2026-01-08T03:00:00.000Z']);
    started[0]!.end();
    await settle();
    for (const minute of ['08T11:01', '09T02:59', '09T03:00', '09T03:01']) at(`2026-01-${minute}:00Z`);
    expect(keys().slice(1)).toEqual(['a 2026-01-09T03:00:00.000Z']);
    expect(events.filter((event) => event.startsWith('schedule.slot_ahead'))).toEqual([
      'schedule.slot_ahead a 2031-01-01T03:00:00.000Z',
    ]);
  });

  it('keeps to the schedule when the clock was ahead for a minute, begins no slot twice, and catches up once', async () => {
    const shops = [shopOf('a', '0 * * * *')];
    const { scheduler, keys, at, started } = bench(shops, '2026-01-08T11:30:00Z');
    scheduler.start();
    const minute = async (time: string): Promise<void> => {
      for (const run of started) run.end();
      await settle();
      at(`${time}:00Z`);
    };
    await minute('2026-01-08T13:31');
    for (const minutes of [31, 32, 59]) await minute(`2026-01-08T11:${minutes}`);
    expect(keys()).toEqual(['a 2026-01-08T11:00:00.000Z', 'a 2026-01-08T13:00:00.000Z']);
    for (const hour of [12, 13, 14]) await minute(`2026-01-08T${hour}:00`);
    expect(keys().slice(2)).toEqual(['a 2026-01-08T12:00:00.000Z', 'a 2026-01-08T14:00:00.000Z']);
  });

  it('survives a failed run and tries the next slot', async () => {
    const { scheduler, keys, at, started, events } = bench(
      [shopOf('a', '0 * * * *')],
      '2026-01-08T11:30:00Z',
    );
    scheduler.start();
    started[0]!.end(new Error('disk full'));
    await settle();
    expect(events).toContain('schedule.failed a');
    at('2026-01-08T12:00:00Z');
    expect(keys()).toHaveLength(2);
  });

  it('counts an adopted run as the one run of its shop', async () => {
    const { scheduler, keys, at } = bench([shopOf('a', '0 * * * *')], '2026-01-08T11:30:00Z');
    let end = (): void => undefined;
    const resumed = new Promise<void>((resolve) => (end = resolve));
    scheduler.adopt('a' as ShopId, resumed);
    scheduler.start();
    expect(keys()).toEqual([]);
    end();
    await settle();
    at('2026-01-08T12:00:00Z');
    expect(keys()).toEqual(['a 2026-01-08T12:00:00.000Z']);
  });

  it('takes over other shops while it runs, and lets a run under way go on', async () => {
    const { scheduler, keys, at, started } = bench([shopOf('a', '0 * * * *')], '2026-01-08T11:30:00Z');
    scheduler.start();
    scheduler.replaceShops([shopOf('b', '30 * * * *')]);
    expect(keys()).toEqual(['a 2026-01-08T11:00:00.000Z', 'b 2026-01-08T11:30:00.000Z']);
    expect(started[0]!.signal.aborted).toBe(false);
    for (const run of started) run.end();
    await settle();
    at('2026-01-08T12:30:00Z');
    expect(keys().slice(2)).toEqual(['b 2026-01-08T12:30:00.000Z']);
  });

  it('starts every run of 24 hours once, whatever the clock does meanwhile', async () => {
    const shops = [shopOf('a', '0 * * * *'), shopOf('b', '*/15 * * * *'), shopOf('c', '0 3 * * *')];
    const { scheduler, keys, at, started } = bench(shops, '2026-01-08T00:00:30Z', {
      a: '2026-01-08T00:00:00.000Z',
      b: '2026-01-08T00:00:00.000Z',
      c: '2026-01-07T03:00:00.000Z',
    });
    scheduler.start();
    const minuteAt = async (minute: number): Promise<void> => {
      at(new Date(Date.UTC(2026, 0, 8, 0, minute, 1)).toISOString());
      for (const run of started) run.end();
      await settle();
    };
    for (let minute = 1; minute <= 24 * 60; minute += 1) {
      await minuteAt(minute);
      // Set back by an hour at 6:10, for three minutes; asleep from 13:40 to 14:20.
      if (minute === 370) for (const back of [310, 311, 312]) await minuteAt(back);
      if (minute === 820) minute = 859;
    }
    expect(new Set(keys()).size).toBe(keys().length);
    const of = (shop: string): number => keys().filter((key) => key.startsWith(shop)).length;
    // The sleep took 13:45 and 14:00 of b; 14:15 was caught up, as was 14:00 of a.
    expect({ a: of('a '), b: of('b '), c: of('c ') }).toEqual({ a: 24, b: 94, c: 1 });
  });

  it.each([
    ['forward', '2026-03-28T23:00:00Z', { hourly: 24, morning: 1, gap: 1 }],
    ['back', '2026-10-24T22:00:00Z', { hourly: 25, morning: 1, gap: 1 }],
  ])(
    'starts every run of a day on which clocks go %s once, though the clock is stepped both ways',
    async (_, midnight, expected) => {
      const berlin = (id: string, schedule: string): Shop => ({
        ...shopOf(id, schedule),
        timezone: 'Europe/Berlin',
      });
      // 02:30 comes never on the one day, and twice on the other.
      const shops = [
        berlin('hourly', '0 * * * *'),
        berlin('morning', '0 6 * * *'),
        berlin('gap', '30 2 * * *'),
      ];
      const before = new Date(Date.parse(midnight) - 60_000).toISOString();
      const { scheduler, keys, at, started } = bench(shops, midnight, {
        hourly: before,
        morning: before,
        gap: before,
      });
      scheduler.start();
      const minuteAt = async (minute: number): Promise<void> => {
        at(new Date(Date.parse(midnight) + minute * 60_000 + 1000).toISOString());
        for (const run of started) run.end();
        await settle();
      };
      for (let minute = 1; minute < (expected.hourly === 25 ? 25 : 24) * 60; minute += 1) {
        await minuteAt(minute);
        // Around the change the clock is set back by an hour and put right again, and ahead by an hour before and after it;
        // later it stays ahead by ten minutes.
        if (minute === 155) for (const back of [95, 96, 97]) await minuteAt(back);
        if (minute === 100 || minute === 200)
          for (const ahead of [61, 62, 63]) await minuteAt(minute + ahead);
        if (minute === 605) minute += 10;
      }
      expect(new Set(keys()).size).toBe(keys().length);
      const of = (shop: string): number => keys().filter((key) => key.startsWith(shop)).length;
      expect({ hourly: of('hourly '), morning: of('morning '), gap: of('gap ') }).toEqual(expected);
    },
  );

  it('stops: no more ticks, runs are told and waited for', async () => {
    const { scheduler, started, at, ticking, keys } = bench(
      [shopOf('a', '0 * * * *')],
      '2026-01-08T11:30:00Z',
    );
    scheduler.start();
    expect(ticking()).toBe(true);
    const stopping = scheduler.stop();
    expect(started[0]!.signal.aborted).toBe(true);
    await stopping;
    expect(ticking()).toBe(false);
    at('2026-01-08T12:00:00Z');
    expect(keys()).toHaveLength(1);
  });
});

describe('the real ticker', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('looks at every full minute', async () => {
    vi.useFakeTimers({ now: Date.parse('2026-01-08T11:59:30Z') });
    const runs: string[] = [];
    const scheduler = new Scheduler({
      shops: [shopOf('a', '0 * * * *')],
      store: { lastSlot: () => '2026-01-08T11:00:00.000Z' },
      starter: { run: async (_shop, slot) => void runs.push(slot) },
      clock: { now: () => Date.now(), monotonic: () => 0, sleep: async () => undefined },
      log: silent,
    });
    scheduler.start();
    await vi.advanceTimersByTimeAsync(29_000);
    expect(runs).toEqual([]);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(runs).toEqual(['2026-01-08T12:00:00.000Z']);
    await scheduler.stop();
    expect(vi.getTimerCount()).toBe(0);
  });
});

const silent: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silent,
};
