/**
 * What was recorded while the clock was ahead. Once it is put right, nothing may wait until it gets there again: what a
 * run settles is due after the run's `dueBefore`, and a retry or a revisit after the time of its visit.
 *
 * Slots stay as they are: they tell which runs have been, and none is begun twice.
 */
import type { Connection } from './connection.js';
import { EACH_RUN, WHEN_DUE } from './ranks.js';

const DAY_MS = 24 * 3_600_000;

/** Brings whatever it is taken from to now. */
const ALL = Number.MAX_SAFE_INTEGER;

const FIRST_AHEAD = `
  SELECT started_at AS startedAt, due_before AS dueBefore FROM runs
  WHERE shop_id = :shop AND started_at > :now AND due_before > :now ORDER BY started_at LIMIT 1`;

const BOUND_RUNS = `
  UPDATE runs SET due_before = :now WHERE shop_id = :shop AND started_at > :now AND due_before > :now`;

const LAST_DUE_BEFORE = 'SELECT max(due_before) AS at FROM runs WHERE shop_id = ?';

export const BOUND_PAGES = `
  UPDATE frontier SET due_at = max(:now, due_at - :by)
  WHERE state <> 'leased' AND shop_id = :shop AND rank = :rank AND due_at > :bound`;

/** Whatever a shop asks for, a picture waits for no day. */
export const BOUND_IMAGES = `
  UPDATE images SET due_at = :now WHERE shop_id = :shop AND state = 'wanted' AND due_at > :bound`;

/**
 * Brings nearer what lies further ahead than it can by this clock; `longestMs` is the longest wait for a known page. What
 * was settled while the clock was ahead waits for as long from now as it would have had to wait then. To be called before
 * a run of the shop begins. Returns the time up to which known pages have been visited.
 */
export function putRight(db: Connection, shop: number, now: number, longestMs: number): number {
  const ahead = db.get<{ startedAt: number; dueBefore: number }>(FIRST_AHEAD, { shop, now });
  if (ahead !== undefined) db.run(BOUND_RUNS, { shop, now });
  const visitedTo = db.get<{ at: number | null }>(LAST_DUE_BEFORE, [shop])?.at ?? 0;
  const bound = ahead?.dueBefore ?? Math.max(visitedTo + 1, now + longestMs);
  const by = ahead === undefined ? ALL : ahead.startedAt - now;
  db.run(BOUND_PAGES, { shop, rank: EACH_RUN, now, bound, by: ALL });
  db.run(BOUND_PAGES, { shop, rank: WHEN_DUE, now, bound, by });
  db.run(BOUND_IMAGES, { shop, now, bound: now + DAY_MS });
  return visitedTo;
}
