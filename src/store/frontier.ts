/**
 * The URL frontier: pending -> leased -> done | dropped, and back to pending by a retry or by the next run.
 *
 * Invariants: a URL stands once for its shop; only a leased entry can be settled, so a visit that is committed
 * twice, or after its lease was given to another, changes nothing the second time.
 */
import type { CrawlRun, DropReason, EntryKind, FoundUrl, FrontierEntry } from '../domain/crawl.js';
import type { Validators } from '../domain/fetch.js';
import type { FrontierId, ShopId } from '../domain/ids.js';
import type { Connection } from './connection.js';
import { shopRow } from './shops.js';

interface EntryRow {
  readonly id: number;
  readonly url: string;
  readonly kind: EntryKind;
  readonly depth: number;
  readonly attempts: number;
  readonly etag: string | null;
  readonly last_modified: string | null;
  readonly content_hash: string | null;
}

/** What settling a visit needs to know of its entry. */
export interface LeasedEntry {
  readonly id: number;
  readonly shop_id: number;
  readonly gone_count: number;
  readonly gone_at: number | null;
  readonly product_id: number | null;
  /** See fieldsAfter of health/tally.ts. */
  readonly fields: number | null;
}

const EXPIRE_LEASES = `
  UPDATE frontier SET state = 'pending' WHERE run_id = :run AND state = 'leased' AND due_at <= :now`;

/** The index is named because the planner prefers the one by time, and then sorts all that is due. */
export const CLAIM_PAGES = `
  SELECT f.id, f.url, f.kind, f.depth, f.attempts, p.etag, p.last_modified, p.content_hash
  FROM frontier f INDEXED BY frontier_claim LEFT JOIN pages p ON p.frontier_id = f.id
  WHERE f.run_id = :run AND f.state = 'pending' AND f.due_at <= :now
  ORDER BY f.kind DESC, f.depth, f.id
  LIMIT :limit`;

export const NEXT_PAGE_DUE = `
  SELECT due_at FROM frontier WHERE run_id = ? AND state = 'pending' ORDER BY due_at LIMIT 1`;

export const RECOVER_PAGES = `
  UPDATE frontier SET state = 'pending', due_at = 0
  WHERE state = 'leased' AND run_id IN (SELECT id FROM runs)`;

export function addUrls(db: Connection, run: CrawlRun, urls: readonly FoundUrl[], now: number): number {
  return db.transaction(() => {
    const shop = shopRow(db, run.shop);
    let added = 0;
    for (const { url, kind, depth } of urls) {
      // Looked up first: of a page's links nearly all are known, and a look is cheaper than an insert refused.
      const known = db.get<{ id: number }>('SELECT id FROM frontier WHERE shop_id = ? AND url = ?', [
        shop,
        url,
      ]);
      if (known === undefined) {
        db.run(
          `INSERT INTO frontier (shop_id, url, kind, depth, state, run_id, due_at, added_at)
           VALUES (?, ?, ?, ?, 'pending', ?, ?, ?)`,
          [shop, url, kind, depth, run.id, now, now],
        );
        added += 1;
      } else if (kind === 'product') {
        db.run(`UPDATE frontier SET kind = 'product' WHERE id = ? AND kind = 'page'`, [known.id]);
      }
    }
    return added;
  });
}

export function claimPages(
  db: Connection,
  run: CrawlRun,
  limit: number,
  now: number,
  leaseMs: number,
): FrontierEntry[] {
  return db.transaction(() => {
    db.run(EXPIRE_LEASES, { run: run.id, now });
    const rows = db.all<EntryRow>(CLAIM_PAGES, { run: run.id, now, limit });
    for (const row of rows) {
      db.run(`UPDATE frontier SET state = 'leased', due_at = ? WHERE id = ?`, [now + leaseMs, row.id]);
    }
    return rows.map((row) => toEntry(row, run.shop));
  });
}

export function releasePages(db: Connection, ids: readonly FrontierId[]): void {
  db.transaction(() => {
    for (const id of ids) {
      // Due at once: the end of the lease that is given up lies in the future.
      db.run(`UPDATE frontier SET state = 'pending', due_at = 0 WHERE id = ? AND state = 'leased'`, [id]);
    }
  });
}

export function nextPageDue(db: Connection, run: CrawlRun): number | null {
  return db.get<{ due_at: number }>(NEXT_PAGE_DUE, [run.id])?.due_at ?? null;
}

/** Makes every lease claimable again. Returns how many there were. */
export function recoverPages(db: Connection): number {
  return db.run(RECOVER_PAGES).changes;
}

/** The entry when it is leased, else null: the visit has been committed before. */
export function leasedEntry(db: Connection, id: FrontierId): LeasedEntry | null {
  return (
    db.get<LeasedEntry>(
      `SELECT f.id, f.shop_id, f.gone_count, f.gone_at, p.product_id, p.fields
       FROM frontier f LEFT JOIN pages p ON p.frontier_id = f.id
       WHERE f.id = ? AND f.state = 'leased'`,
      [id],
    ) ?? null
  );
}

/** The page is there: whatever was counted against it is forgotten. */
export function settleDone(db: Connection, id: number, kind: EntryKind | null, now: number): void {
  db.run(
    `UPDATE frontier SET state = 'done', kind = COALESCE(:kind, kind), gone_count = 0, gone_at = NULL,
       due_at = :now, visited_at = :now, reason = NULL, detail = NULL
     WHERE id = :id`,
    { id, kind, now },
  );
}

/** `goneCount` 1: to be confirmed at `dueAt`; 2: confirmed. */
export function settleGone(
  db: Connection,
  id: number,
  gone: { readonly count: 1 | 2; readonly at: number; readonly dueAt: number; readonly status: number },
  now: number,
): void {
  db.run(
    `UPDATE frontier SET state = :state, gone_count = :count, gone_at = :at, due_at = :dueAt,
       visited_at = :now, reason = 'gone', detail = :status
     WHERE id = :id`,
    {
      id,
      state: gone.count === 2 ? 'done' : 'pending',
      count: gone.count,
      at: gone.at,
      dueAt: gone.dueAt,
      status: String(gone.status),
      now,
    },
  );
}

export function settleRetry(
  db: Connection,
  id: number,
  retry: { readonly at: number; readonly spendsAttempt: boolean; readonly reason: string },
): void {
  db.run(
    `UPDATE frontier SET state = 'pending', due_at = :at, attempts = attempts + :spent, reason = 'retry',
       detail = :detail
     WHERE id = :id`,
    // Waits are fractions of a millisecond, and the column takes none.
    { id, at: Math.ceil(retry.at), spent: retry.spendsAttempt ? 1 : 0, detail: retry.reason },
  );
}

export function settleDropped(
  db: Connection,
  id: number,
  drop: { readonly reason: DropReason; readonly detail: string },
  now: number,
): void {
  db.run(
    `UPDATE frontier SET state = 'dropped', due_at = :now, reason = :reason, detail = :detail WHERE id = :id`,
    { id, now, reason: drop.reason, detail: drop.detail },
  );
}

function toEntry(row: EntryRow, shop: ShopId): FrontierEntry {
  const validators: Validators = { etag: row.etag, lastModified: row.last_modified };
  return {
    id: row.id as FrontierId,
    shop,
    url: row.url,
    kind: row.kind,
    depth: row.depth,
    attempts: row.attempts,
    validators,
    contentHash: row.content_hash,
  };
}
