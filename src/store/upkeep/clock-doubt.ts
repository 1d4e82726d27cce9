/**
 * Whether the clock agrees with what the database has recorded. A clock that was wrong from the start makes everything
 * look old at once, and nobody saw it jump; but the runs tell when the crawler was at work.
 */
import type { Connection } from '../connection.js';

const DAY_MS = 24 * 3_600_000;
/** A schedule of once a month has a run within this. */
const GAP_MS = 35 * DAY_MS;

interface Times {
  readonly latest: number | null;
  /** The latest that is more than a day before now. */
  readonly settled: number | null;
}

const TIMES = `
WITH times (at) AS (SELECT started_at FROM runs UNION ALL SELECT finished_at FROM runs)
SELECT max(at) AS latest, max(at) FILTER (WHERE at < :dayAgo) AS settled FROM times`;

/**
 * Why nothing should be deleted by the time `now` (milliseconds since the epoch), or null: runs are recorded that lie
 * more than a day ahead of it, or none for 35 days before the last day, as after a jump or a long rest. The runs of the
 * last day do not count: they may have been begun under the same wrong clock. So a wrong clock is believed after a day.
 */
export function clockDoubt(db: Connection, now: number): string | null {
  const times = db.get<Times>(TIMES, { dayAgo: now - DAY_MS });
  const latest = times?.latest ?? null;
  const settled = times?.settled ?? null;
  if (latest !== null && latest > now + DAY_MS)
    return `a run is recorded at ${time(latest)}, ahead of the clock`;
  if (settled !== null && settled < now - GAP_MS)
    return `the last run more than a day ago was at ${time(settled)}, more than 35 days before the clock`;
  return null;
}

function time(ms: number): string {
  return new Date(ms).toISOString();
}
