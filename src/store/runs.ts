/**
 * Runs: one for each (shop, slot), for ever, so that a clock that steps back cannot start a slot twice.
 *
 * A run takes over every known URL of its shop, and ends as failed a run whose end could not be written (a full
 * disk, say): a shop has one unfinished run at most. Counts are live while a run goes on and frozen when it ends.
 */
import type { CrawlRun, RunCounts } from '../domain/crawl.js';
import type { RunId, ShopId } from '../domain/ids.js';
import type { Connection } from './connection.js';
import { shopRow } from './shops.js';

interface RunRow {
  readonly id: number;
  readonly shop: string;
  readonly slot: string;
  readonly started_at: number;
}

/**
 * Everything known becomes due again, dropped URLs and failed pictures included: what failed last time gets
 * another chance. What is leased stays with its worker, and a page that waits to be confirmed gone keeps waiting.
 */
export const TAKE_OVER_FRONTIER = `
  UPDATE frontier SET
    run_id = :run,
    attempts = 0,
    due_at = CASE WHEN state = 'leased' OR (state = 'pending' AND gone_count = 1) THEN due_at ELSE :now END,
    state = CASE WHEN state = 'leased' THEN 'leased' ELSE 'pending' END,
    reason = NULL,
    detail = NULL
  WHERE shop_id = :shop`;

const RETRY_FAILED_IMAGES = `
  UPDATE images SET state = 'wanted', attempts = 0, due_at = :now
  WHERE shop_id = :shop AND state = 'failed'`;

/** Why a run failed that another one of its shop found unfinished. */
const NOT_ENDED = 'its end could not be written';

export function beginRun(db: Connection, shop: ShopId, slot: string, now: number): CrawlRun | null {
  return db.transaction(() => {
    const shopId = shopRow(db, shop);
    const { changes, id } = db.run(
      `INSERT INTO runs (shop_id, slot, status, started_at) VALUES (?, ?, 'running', ?)
       ON CONFLICT (shop_id, slot) DO NOTHING`,
      [shopId, slot, now],
    );
    if (changes === 0) return null;
    db.run('INSERT INTO run_measures (run_id) VALUES (?)', [id]);
    const left = db.all<{ id: RunId }>(
      `SELECT id FROM runs WHERE shop_id = ? AND status = 'running' AND id <> ?`,
      [shopId, id],
    );
    for (const run of left) finishRun(db, run.id, 'failed', now, NOT_ENDED);
    db.run(TAKE_OVER_FRONTIER, { run: id, shop: shopId, now });
    db.run(RETRY_FAILED_IMAGES, { shop: shopId, now });
    return { id: id as RunId, shop, slot, startedAt: now };
  });
}

export function unfinishedRuns(db: Connection): CrawlRun[] {
  return db
    .all<RunRow>(
      `SELECT r.id, s.key AS shop, r.slot, r.started_at FROM runs r JOIN shops s ON s.id = r.shop_id
       WHERE r.status = 'running' ORDER BY r.started_at, r.id`,
    )
    .map((row) => ({
      id: row.id as RunId,
      shop: row.shop as ShopId,
      slot: row.slot,
      startedAt: row.started_at,
    }));
}

export function lastSlot(db: Connection, shop: ShopId): string | null {
  const row = db.get<{ slot: string | null }>(
    'SELECT max(slot) AS slot FROM runs WHERE shop_id = (SELECT id FROM shops WHERE key = ?)',
    [shop],
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
    const counts = liveCounts(db, run);
    db.run(
      `UPDATE runs SET status = :status, reason = :reason, finished_at = :now, pages_pending = :pending, pages_done = :done,
         pages_dropped = :dropped
       WHERE id = :run AND status = 'running'`,
      {
        status,
        reason: reason ?? null,
        now,
        run,
        pending: counts.pending + counts.leased,
        done: counts.done,
        dropped: counts.dropped,
      },
    );
    const row = db.get<{ shop_id: number }>('SELECT shop_id FROM runs WHERE id = ?', [run]);
    return (row as { shop_id: number }).shop_id;
  });
}

export function runCounts(db: Connection, run: CrawlRun): RunCounts {
  const frozen = db.get<{ pending: number; done: number; dropped: number }>(
    `SELECT pages_pending AS pending, pages_done AS done, pages_dropped AS dropped FROM runs
     WHERE id = ? AND status <> 'running'`,
    [run.id],
  );
  return frozen === undefined ? liveCounts(db, run.id) : { ...frozen, leased: 0 };
}

function liveCounts(db: Connection, run: RunId): RunCounts {
  const counts = { pending: 0, leased: 0, done: 0, dropped: 0 };
  const rows = db.all<{ state: keyof RunCounts; count: number }>(
    'SELECT state, count(*) AS count FROM frontier WHERE run_id = ? GROUP BY state',
    [run],
  );
  for (const row of rows) counts[row.state] = row.count;
  return counts;
}
