import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ShopId } from '../../../src/domain/ids.js';
import { createSchedule, dueRuns, slotTime } from '../../../src/scheduler/due.js';

const shop = 'shop' as ShopId;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

function latest(expression: string, timezone: string, now: string): string {
  return new Date(createSchedule(shop, expression, timezone).latestSlot(Date.parse(now))).toISOString();
}

/** Due at `now` for one shop, given its last slot. */
function due(expression: string, timezone: string, last: string | null, now: string): string[] {
  const schedules = [createSchedule(shop, expression, timezone)];
  return dueRuns(schedules, () => last, Date.parse(now)).map((run) => run.slot);
}

describe('what is due', () => {
  it.each([
    ['before the slot', '2026-01-04T03:00:00.000Z', '2026-01-05T02:59:59.999Z', []],
    [
      'from its first millisecond on',
      '2026-01-04T03:00:00.000Z',
      '2026-01-05T03:00:00.000Z',
      ['2026-01-05T03:00:00.000Z'],
    ],
    ['not a second time', '2026-01-05T03:00:00.000Z', '2026-01-05T03:00:30.000Z', []],
    [
      'once after three missed days, with the latest',
      '2026-01-05T03:00:00.000Z',
      '2026-01-08T11:00:00.000Z',
      ['2026-01-08T03:00:00.000Z'],
    ],
    ['not after the clock went back a day', '2026-01-05T03:00:00.000Z', '2026-01-04T03:00:00.000Z', []],
    ['not after a run by hand', '2026-01-05T10:12:13.456Z', '2026-01-05T12:00:00.000Z', []],
    ['at once for a shop that never ran', null, '2026-01-05T12:00:00.000Z', ['2026-01-05T03:00:00.000Z']],
  ])('%s', (_what, last, now, expected) => {
    expect(due('0 3 * * *', 'UTC', last, now)).toEqual(expected);
  });

  it('is told for each shop alone', () => {
    const schedules = ['a', 'b', 'c'].map((id) => createSchedule(id as ShopId, '0 3 * * *', 'UTC'));
    const last: Record<string, string | null> = {
      a: null,
      b: '2026-01-05T03:00:00Z',
      c: '2026-01-04T03:00:00Z',
    };
    const runs = dueRuns(schedules, ({ shop }) => last[shop] ?? null, Date.parse('2026-01-05T04:00:00Z'));
    expect(runs.map((run) => run.shop)).toEqual(['a', 'c']);
  });

  it('names a slot that is no time', () => {
    expect(() => due('0 3 * * *', 'UTC', 'yesterday', '2026-01-05T04:00:00Z')).toThrow(/yesterday/);
  });
});

describe('the next slot', () => {
  it.each([
    ['2026-01-05T02:59:59.999Z', '2026-01-05T03:00:00.000Z'],
    ['2026-01-05T03:00:00.000Z', '2026-01-06T03:00:00.000Z'],
    ['2026-03-28T12:00:00.000Z', '2026-03-29T03:00:00.000Z'],
  ])('after %s is %s', (now, next) => {
    const schedule = createSchedule(shop, '0 3 * * *', 'UTC');
    expect(new Date(schedule.nextSlot(Date.parse(now))).toISOString()).toBe(next);
    schedule.latestSlot(Date.parse(now) - 40 * 24 * HOUR);
    expect(new Date(schedule.nextSlot(Date.parse(now))).toISOString()).toBe(next);
  });
});

describe('Europe/Berlin, where clocks go forward on 29 March 2026 and back on 25 October', () => {
  it.each([
    // 02:30 does not exist: 03:30 summer time stands for it.
    ['30 2 * * *', '2026-03-29T01:29:59Z', '2026-03-28T01:30:00.000Z'],
    ['30 2 * * *', '2026-03-29T01:30:00Z', '2026-03-29T01:30:00.000Z'],
    ['30 2 * * *', '2026-03-29T20:00:00Z', '2026-03-29T01:30:00.000Z'],
    ['30 2 * * *', '2026-03-30T00:30:00Z', '2026-03-30T00:30:00.000Z'],
    // 02:30 comes twice: the first counts.
    ['30 2 * * *', '2026-10-25T00:30:00Z', '2026-10-25T00:30:00.000Z'],
    ['30 2 * * *', '2026-10-25T01:30:00Z', '2026-10-25T00:30:00.000Z'],
    ['30 2 * * *', '2026-10-25T20:00:00Z', '2026-10-25T00:30:00.000Z'],
    ['30 2 * * *', '2026-10-26T01:30:00Z', '2026-10-26T01:30:00.000Z'],
    // An hourly schedule follows real hours.
    ['0 * * * *', '2026-10-25T01:10:00Z', '2026-10-25T01:00:00.000Z'],
    ['0 * * * *', '2026-03-29T01:10:00Z', '2026-03-29T01:00:00.000Z'],
    // Away from the change, the offset of the day counts.
    ['0 6 * * *', '2026-03-28T12:00:00Z', '2026-03-28T05:00:00.000Z'],
    ['0 6 * * *', '2026-03-29T12:00:00Z', '2026-03-29T04:00:00.000Z'],
  ])('%s at %s: %s', (expression, now, expected) => {
    expect(latest(expression, 'Europe/Berlin', now)).toBe(expected);
  });

  it('has one slot a day through both changes, whatever steps the clock takes', () => {
    const localDay = new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/Berlin' });
    // Steps in minutes: mostly forward, sometimes back; at most a day, so that no day is jumped over.
    const steps = fc.array(fc.integer({ min: -180, max: 600 }), { minLength: 40, maxLength: 40 });
    const starts = fc.constantFrom('2026-03-27T12:00:00Z', '2026-10-23T12:00:00Z');
    fc.assert(
      fc.property(starts, steps, (start, moves) => {
        const schedule = createSchedule(shop, '30 2 * * *', 'Europe/Berlin');
        let now = Date.parse(start);
        let last: string | null = null;
        const slots: string[] = [];
        for (const move of moves) {
          for (const run of dueRuns([schedule], () => last, now)) {
            slots.push(run.slot);
            last = run.slot;
          }
          now += move * MINUTE;
        }
        const days = slots.map((slot) => localDay.format(Date.parse(slot)));
        expect(slots).toEqual([...slots].sort());
        expect(new Set(days).size).toBe(days.length);
        // Between the first and the last slot no day is missing.
        const span = Math.round((slotTime(slots.at(-1)!) - slotTime(slots[0]!)) / (24 * HOUR));
        expect(days.length).toBe(span + 1);
      }),
      { numRuns: 60 },
    );
  });
});

it('agrees with a count of minutes where clocks never change', () => {
  const field = (max: number): fc.Arbitrary<number | null> => fc.option(fc.integer({ min: 0, max }));
  fc.assert(
    fc.property(
      field(59),
      field(23),
      field(6),
      fc.integer({ min: 0, max: 60 * 24 * 400 }),
      fc.array(fc.integer({ min: -3000, max: 3000 }), { maxLength: 3 }),
      (minute, hour, weekday, start, moves) => {
        const text = [minute, hour, '*', '*', weekday].map((part) => part ?? '*').join(' ');
        const schedule = createSchedule(shop, text, 'Asia/Tokyo');
        let now = Date.UTC(2026, 0, 1) + start * MINUTE + 12_345;
        for (const move of [0, ...moves]) {
          now += move * MINUTE;
          // Tokyo is nine hours ahead of UTC all year round.
          let at = Math.floor(now / MINUTE) * MINUTE;
          const fits = (time: number): boolean => {
            const local = new Date(time + 9 * HOUR);
            return (
              (minute === null || local.getUTCMinutes() === minute) &&
              (hour === null || local.getUTCHours() === hour) &&
              (weekday === null || local.getUTCDay() === weekday)
            );
          };
          while (!fits(at)) at -= MINUTE;
          expect(new Date(schedule.latestSlot(now)).toISOString()).toBe(new Date(at).toISOString());
        }
      },
    ),
    { numRuns: 60 },
  );
});
