/** How the visit of a leased entry ended, and when the next is due. */
import type { CrawlRun, DropReason, EntryKind, RevisitPolicy } from '../domain/crawl.js';
import type { Connection } from './connection.js';
import type { LeasedEntry } from './frontier.js';
import { AGAIN, EACH_RUN, LAST_RANK_OF_RUN, WHEN_DUE } from './ranks.js';

/** What is due after every visit, for a store that was given no policy: known pages are visited in every run. */
export const EVERY_RUN: RevisitPolicy = {
  afterVisit: (history) => ({ history, intervalMs: 0 }),
  whileGone: () => 0,
  hintDelay: () => 0,
};

export interface Found {
  readonly kind: EntryKind;
  readonly changed: boolean;
  /** It links to items: new ones may appear there. */
  readonly isListing: boolean;
}

/** The page is there: whatever was counted against it is forgotten. */
export function settleDone(
  db: Connection,
  revisit: RevisitPolicy,
  run: CrawlRun,
  entry: LeasedEntry,
  found: Found,
  now: number,
): void {
  const elapsedMs = entry.visitedAt === null ? null : now - entry.visitedAt;
  const { changed } = found;
  const { history, intervalMs } = revisit.afterVisit(entry.history, { changed, elapsedMs });
  const eachRun = entry.depth === 0 || found.isListing;
  const afterRun = run.dueBefore + 1;
  db.run(
    `UPDATE frontier SET state = 'done', kind = :kind, rank = :rank, each_run = :eachRun, due_at = :dueAt,
       gone_count = 0, gone_at = NULL, visited_at = :now, settled_at = :now, reason = NULL, detail = NULL,
       changes = :changes, changed_ms = :changedMs, unchanged_ms = :unchangedMs, hinted = 0, hint_misses = :misses
     WHERE id = :id`,
    {
      id: entry.id,
      kind: found.kind,
      rank: eachRun ? EACH_RUN : WHEN_DUE,
      eachRun: Number(eachRun),
      dueAt: eachRun || intervalMs === 0 ? afterRun : Math.max(afterRun, now + Math.ceil(intervalMs)),
      now,
      ...history,
      misses: missesAfter(entry, changed),
    },
  );
  countPage(db, run, 'pages_done');
}

/** `dueAt` is when it is asked again: to be confirmed, or, when it is, in case that it comes back. */
export function settleGone(
  db: Connection,
  run: CrawlRun,
  entry: LeasedEntry,
  gone: { readonly count: number; readonly at: number; readonly dueAt: number; readonly status: number },
  now: number,
): void {
  const confirmed = gone.count > 1;
  db.run(
    `UPDATE frontier SET state = :state, rank = :rank, gone_count = :count, gone_at = :at, due_at = :dueAt,
       visited_at = :now, settled_at = :now, reason = 'gone', detail = :status, hinted = 0, hint_misses = :misses
     WHERE id = :id`,
    {
      id: entry.id,
      state: confirmed ? 'done' : 'pending',
      rank: confirmed ? WHEN_DUE : AGAIN,
      count: gone.count,
      at: gone.at,
      dueAt: confirmed ? Math.max(run.dueBefore + 1, Math.ceil(gone.dueAt)) : gone.dueAt,
      status: String(gone.status),
      now,
      misses: missesAfter(entry, false),
    },
  );
  if (confirmed) countPage(db, run, 'pages_done');
}

export function settleRetry(
  db: Connection,
  entry: LeasedEntry,
  retry: { readonly at: number; readonly spendsAttempt: boolean; readonly reason: string },
  now: number,
): void {
  db.run(
    `UPDATE frontier SET state = 'pending', rank = CASE WHEN rank > :last THEN :again ELSE rank END,
       due_at = :at, attempts = attempts + :spent, settled_at = :now, reason = 'retry', detail = :detail
     WHERE id = :id`,
    {
      id: entry.id,
      last: LAST_RANK_OF_RUN,
      again: AGAIN,
      // Waits are fractions of a millisecond, and the column takes none.
      at: Math.ceil(retry.at),
      spent: retry.spendsAttempt ? 1 : 0,
      now,
      detail: retry.reason,
    },
  );
}

/** Another chance in the next run, after all that may well succeed. */
export function settleDropped(
  db: Connection,
  run: CrawlRun,
  entry: LeasedEntry,
  drop: { readonly reason: DropReason; readonly detail: string },
  now: number,
): void {
  db.run(
    `UPDATE frontier SET state = 'dropped', rank = :rank, due_at = :dueAt, settled_at = :now, reason = :reason,
       detail = :detail
     WHERE id = :id`,
    {
      id: entry.id,
      rank: entry.eachRun || entry.depth === 0 ? EACH_RUN : WHEN_DUE,
      dueAt: run.dueBefore + 1,
      now,
      reason: drop.reason,
      detail: drop.detail,
    },
  );
  countPage(db, run, 'pages_dropped');
}

function missesAfter(entry: LeasedEntry, changed: boolean): number {
  if (changed) return 0;
  return entry.hintMisses + Number(entry.hinted);
}

function countPage(db: Connection, run: CrawlRun, column: 'pages_done' | 'pages_dropped'): void {
  db.run(`UPDATE runs SET ${column} = ${column} + 1 WHERE id = ? AND status = 'running'`, [run.id]);
}
