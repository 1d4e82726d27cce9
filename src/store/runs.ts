/**
 * Runs: one for each (shop, slot), for ever, so that a clock that steps back cannot start a slot twice.
 *
 * A run visits what is due in its shop's frontier and begins without touching it. It ends as failed a run whose end
 * could not be written (a full disk, say): a shop has one unfinished run at most. Pages are counted as they are
 * settled; those that wait are counted when somebody asks, and frozen when the run ends.
 */
import type { CrawlRun, RevisitPolicy, RunCounts } from '../domain/crawl.js';
import type { RunId, ShopId } from '../domain/ids.js';
import type { Connection } from './connection.js';
import { ranksOf } from './frontier.js';
import { EACH_RUN, LAST_RANK_OF_RUN, WHEN_DUE } from './ranks.js';
import { shopRow } from './shops.js';
import { putRight } from './times-ahead.js';

interface RunWish {
  readonly shop: ShopId;
  readonly slot: string;
  /** The run visits known pages that are due at this time or before; at its start if not said. */
  readonly wanted: number | undefined;
}

interface RunRow {
  readonly id: number;
  readonly shop: string;
  readonly slot: string;
  readonly started_at: number;
  readonly due_before: number;
}

/**
 * What waits for another try does not wait for it over the end of a run. What is to be confirmed gone does, unless it was
 * seen gone by a clock that was ahead.
 */
export const RETRY_NOW = `
  UPDATE frontier SET due_at = 0, gone_at = min(gone_at, :now)
  WHERE state <> 'leased' AND shop_id = :shop AND rank = :rank AND due_at > :now
    AND (gone_count <> 1 OR gone_at > :now)`;

export const MAKE_ALL_DUE = `
  UPDATE frontier SET due_at = 0
  WHERE state <> 'leased' AND shop_id = :shop AND rank > ${LAST_RANK_OF_RUN} AND run_id <> :run`;

export const COUNT_OF_RUN = `
  SELECT count(*) AS n FROM frontier INDEXED BY frontier_claim
  WHERE state <> 'leased' AND shop_id = :shop AND rank <= ${LAST_RANK_OF_RUN}`;

export const COUNT_DUE = `
  SELECT count(*) AS n FROM frontier INDEXED BY frontier_claim
  WHERE state <> 'leased' AND shop_id = :shop AND rank = :rank AND due_at <= :before`;

export const COUNT_LEASED = `
  SELECT count(*) AS n FROM frontier INDEXED BY frontier_leases WHERE state = 'leased' AND shop_id = :shop`;

const RETRY_FAILED_IMAGES = `
  UPDATE images SET state = 'wanted', attempts = 0, due_at = 0
  WHERE shop_id = :shop AND state = 'failed'`;

/** Why a run failed that another one of its shop found unfinished. */
const NOT_ENDED = 'its end could not be written';

export function beginRun(
  db: Connection,
  revisit: RevisitPolicy,
  { shop, slot, wanted }: RunWish,
  now: number,
): CrawlRun | null {
  return db.transaction(() => {
    const shopId = shopRow(db, shop);
    // Later than of any run before: what that one has settled is due from the millisecond after its own.
    const visitedTo = putRight(db, shopId, now, revisit.whileGone(Infinity));
    const dueBefore = Math.max(wanted ?? now, now, visitedTo + 1);
    const { changes, id } = db.run(
      `INSERT INTO runs (shop_id, slot, status, started_at, due_before, pages_done, pages_dropped)
       VALUES (?, ?, 'running', ?, ?, 0, 0)
       ON CONFLICT (shop_id, slot) DO NOTHING`,
      [shopId, slot, now, dueBefore],
    );
    if (changes === 0) return null;
    db.run('INSERT INTO run_measures (run_id) VALUES (?)', [id]);
    const left = db.all<{ id: RunId }>(
      `SELECT id FROM runs WHERE shop_id = ? AND status = 'running' AND id <> ?`,
      [shopId, id],
    );
    for (const run of left) finishRun(db, run.id, 'failed', now, NOT_ENDED);
    for (const rank of ranksOf(db, shopId)) {
      if (rank > LAST_RANK_OF_RUN) break;
      db.run(RETRY_NOW, { shop: shopId, rank, now });
    }
    db.run(RETRY_FAILED_IMAGES, { shop: shopId });
    return { id: id as RunId, shop, slot, startedAt: now, dueBefore };
  });
}

/** Makes every known page due that the run has not visited; takes as long as there are pages. */
export function makeAllDue(db: Connection, run: CrawlRun): void {
  db.run(MAKE_ALL_DUE, { shop: shopRow(db, run.shop), run: run.id });
}

export function unfinishedRuns(db: Connection): CrawlRun[] {
  return db
    .all<RunRow>(
      `SELECT r.id, s.key AS shop, r.slot, r.started_at, r.due_before FROM runs r JOIN shops s ON s.id = r.shop_id
       WHERE r.status = 'running' ORDER BY r.started_at, r.id`,
    )
    .map((row) => ({
      id: row.id as RunId,
      shop: row.shop as ShopId,
      slot: row.slot,
      startedAt: row.started_at,
      dueBefore: row.due_before,
    }));
}

/** `before`: the latest of those at this time or before. */
export function lastSlot(db: Connection, shop: ShopId, before?: number): string | null {
  const row = db.get<{ slot: string | null }>(
    `SELECT max(slot) AS slot FROM runs
     WHERE shop_id = (SELECT id FROM shops WHERE key = :shop) AND slot <= COALESCE(:before, slot)`,
    { shop, before: before === undefined ? null : new Date(before).toISOString() },
  );
  return row?.slot ?? null;
}

/** Returns the row of the run's shop. */
export function finishRun(
  db: Connection,
  run: RunId,
  status: 'finished' | 'failed',
  now: number,
  reason?: string,
): number {
  return db.transaction(() => {
    const { pending, leased } = waitingPages(db, run);
    db.run(
      `UPDATE runs SET status = :status, reason = :reason, finished_at = :now, pages_pending = :pending
       WHERE id = :run AND status = 'running'`,
      { status, reason: reason ?? null, now, run, pending: pending + leased },
    );
    const row = db.get<{ shop_id: number }>('SELECT shop_id FROM runs WHERE id = ?', [run]);
    return (row as { shop_id: number }).shop_id;
  });
}

export function runCounts(db: Connection, run: CrawlRun): RunCounts {
  const row = db.get<{ status: string; pending: number | null; done: number; dropped: number }>(
    `SELECT status, pages_pending AS pending, pages_done AS done, pages_dropped AS dropped FROM runs WHERE id = ?`,
    [run.id],
  );
  const { done, dropped } = row ?? { done: 0, dropped: 0 };
  if (row === undefined || row.status === 'running') return { ...waitingPages(db, run.id), done, dropped };
  return { pending: row.pending ?? 0, leased: 0, done, dropped };
}

function waitingPages(db: Connection, run: RunId): { readonly pending: number; readonly leased: number } {
  const row = db.get<{ shop_id: number; due_before: number }>(
    'SELECT shop_id, due_before FROM runs WHERE id = ?',
    [run],
  );
  if (row === undefined) return { pending: 0, leased: 0 };
  const count = (sql: string, params: Readonly<Record<string, number>>): number =>
    db.get<{ n: number }>(sql, { shop: row.shop_id, ...params })?.n ?? 0;
  const due = [EACH_RUN, WHEN_DUE].map((rank) => count(COUNT_DUE, { rank, before: row.due_before }));
  return {
    pending: due.reduce((sum, n) => sum + n, count(COUNT_OF_RUN, {})),
    leased: count(COUNT_LEASED, {}),
  };
}
