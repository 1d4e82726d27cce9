/**
 * Which runs are due: schedules, last slots and the time go in, due runs come out. No timer, no store.
 *
 * A slot is a time the schedule names; it identifies a run together with the shop. However long nobody
 * looked, at most one slot per shop is due, the latest, so missed runs are caught up once. A slot at or
 * before the last one is never due, so a clock that steps back starts nothing again.
 *
 * When the clocks change, a local time that is skipped moves to the hour after the gap and one that comes
 * twice counts the first time; schedules of every hour or less follow real hours.
 */
import { CronExpressionParser } from 'cron-parser';
import { FashiondError } from '../domain/errors.js';
import type { ShopId } from '../domain/ids.js';

/** A shop's cron expression in its time zone. */
export interface Schedule {
  readonly shop: ShopId;
  /** The latest slot at or before `now`; both in milliseconds since the epoch. */
  latestSlot(now: number): number;
  /** The first slot after `now`. */
  nextSlot(now: number): number;
}

interface DueRun {
  readonly shop: ShopId;
  /** ISO 8601 UTC. */
  readonly slot: string;
}

/**
 * `now` in milliseconds since the epoch; `lastSlot` gives the latest slot its shop has had as ISO 8601 UTC, or
 * null for a shop that never ran: its latest slot is due at once.
 */
export function dueRuns(
  schedules: readonly Schedule[],
  lastSlot: (schedule: Schedule) => string | null,
  now: number,
): DueRun[] {
  return schedules.flatMap((schedule) => {
    const slot = schedule.latestSlot(now);
    const last = lastSlot(schedule);
    if (last !== null && slot <= slotTime(last)) return [];
    return [{ shop: schedule.shop, slot: new Date(slot).toISOString() }];
  });
}

/** A slot as milliseconds since the epoch. */
export function slotTime(slot: string): number {
  const time = Date.parse(slot);
  if (Number.isNaN(time)) {
    throw new FashiondError('corrupt', `a slot that is no time: ${slot}`, {
      hint: 'a slot is ISO 8601 UTC, such as 2026-01-05T03:00:00.000Z',
    });
  }
  return time;
}

/** Longer than any shift of a time zone, so that counting forward starts before the shift and sees it whole. */
const BEFORE_SHIFT_MS = 3 * 3_600_000;

/** Further ahead than this, looking back is quicker than counting. */
const CATCH_UP_MS = 6 * 3_600_000;

/** Throws for an expression or a time zone that the config would have refused. */
export function createSchedule(shop: ShopId, expression: string, timezone: string): Schedule {
  const cron = CronExpressionParser.parse(expression, { tz: timezone });
  let latest = Number.POSITIVE_INFINITY;
  let next = Number.POSITIVE_INFINITY;
  const countTo = (now: number): void => {
    // A slot costs up to a millisecond (the calendar is walked in the zone), so counting goes on from the
    // last answer and starts again only when time stepped back or far ahead.
    if (now < latest || now - next > CATCH_UP_MS) {
      // Looking back alone would miss a slot that was moved out of a gap, and find a repeated one twice:
      // what it finds is only where to start counting forward. `now` itself is to count, hence the 1.
      cron.reset(new Date(now + 1));
      latest = cron.prev().getTime() - BEFORE_SHIFT_MS;
      cron.reset(new Date(latest));
      next = cron.next().getTime();
    }
    for (; next <= now; next = cron.next().getTime()) latest = next;
  };
  return {
    shop,
    latestSlot: (now) => {
      countTo(now);
      return latest;
    },
    nextSlot: (now) => {
      countTo(now);
      return next;
    },
  };
}
