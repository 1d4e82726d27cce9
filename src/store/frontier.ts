/**
 * The URL frontier: pending -> leased -> done | dropped, each due again by a time of its own.
 *
 * Invariants: a URL stands once for its shop; only a leased entry can be settled, so a visit that is committed
 * twice, or after its lease was given to another, changes nothing the second time; what a run has settled is due
 * after the run's `dueBefore`, so no run visits a page twice. Claiming, settling and adding take a few steps down an
 * index each, however many entries there are.
 */
import type { CrawlRun, EntryKind, FrontierEntry, RevisitHistory } from '../domain/crawl.js';
import type { Validators } from '../domain/fetch.js';
import type { FrontierId, ShopId } from '../domain/ids.js';
import type { Clock } from '../domain/ports.js';
import type { Connection } from './connection.js';
import { leaseTime } from './lease.js';
import { LAST_RANK_OF_RUN } from './ranks.js';
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

interface LeasedRow {
  readonly id: number;
  readonly shop_id: number;
  readonly kind: EntryKind;
  readonly depth: number;
  readonly each_run: number;
  readonly visited_at: number | null;
  readonly gone_count: number;
  readonly gone_at: number | null;
  readonly changes: number;
  readonly changed_ms: number;
  readonly unchanged_ms: number;
  readonly hinted: number;
  readonly hint_misses: number;
  readonly product_id: number | null;
  readonly product_hash: string | null;
  readonly fields: number | null;
}

/** What settling a visit needs to know of its entry. */
export interface LeasedEntry {
  readonly id: number;
  readonly shop: number;
  readonly kind: EntryKind;
  readonly depth: number;
  readonly eachRun: boolean;
  readonly visitedAt: number | null;
  readonly goneCount: number;
  readonly goneAt: number | null;
  readonly history: RevisitHistory;
  readonly hinted: boolean;
  readonly hintMisses: number;
  readonly product: number | null;
  readonly productHash: string | null;
  /** See fieldsAfter of health/tally.ts. */
  readonly fields: number | null;
}

export const NEXT_RANK = `
  SELECT rank FROM frontier INDEXED BY frontier_claim
  WHERE state <> 'leased' AND shop_id = :shop AND rank > :rank
  ORDER BY rank LIMIT 1`;

export const CLAIM_PAGES = `
  SELECT f.id, f.url, f.kind, f.depth, CASE f.run_id WHEN :run THEN f.attempts ELSE 0 END AS attempts,
    p.etag, p.last_modified, p.content_hash
  FROM frontier f INDEXED BY frontier_claim LEFT JOIN pages p ON p.frontier_id = f.id
  WHERE f.state <> 'leased' AND f.shop_id = :shop AND f.rank = :rank AND f.due_at <= :before
  ORDER BY f.due_at, f.id
  LIMIT :limit`;

export const FIRST_DUE = `
  SELECT due_at FROM frontier INDEXED BY frontier_claim
  WHERE state <> 'leased' AND shop_id = :shop AND rank = :rank
  ORDER BY due_at LIMIT 1`;

/** Due at once, whatever the time up to which a run takes known pages. */
export const EXPIRE_LEASES = `
  UPDATE frontier SET state = 'pending', due_at = 0 WHERE state = 'leased' AND shop_id = :shop AND due_at <= :now`;

export const RECOVER_PAGES = `UPDATE frontier SET state = 'pending', due_at = 0 WHERE state = 'leased'`;

/** All entries of a claim in one statement: a hundred statements cost more than what they change. */
export const LEASE = `
  UPDATE frontier SET state = 'leased', due_at = :until,
    attempts = CASE run_id WHEN :run THEN attempts ELSE 0 END, run_id = :run
  WHERE id IN (SELECT value FROM json_each(:ids))`;

export function claimPages(
  db: Connection,
  run: CrawlRun,
  limit: number,
  now: number,
  leaseMs: number,
  clock: Clock,
): FrontierEntry[] {
  return db.transaction(() => {
    const lease = leaseTime(clock, leaseMs);
    const shop = shopRow(db, run.shop);
    db.run(EXPIRE_LEASES, { shop, now: lease.from });
    const rows: EntryRow[] = [];
    for (const rank of ranksOf(db, shop)) {
      if (rows.length >= limit) break;
      const before = rank <= LAST_RANK_OF_RUN ? now : run.dueBefore;
      rows.push(
        ...db.all<EntryRow>(CLAIM_PAGES, { run: run.id, shop, rank, before, limit: limit - rows.length }),
      );
    }
    const ids = JSON.stringify(rows.map(({ id }) => id));
    if (rows.length > 0) db.run(LEASE, { ids, until: lease.until, run: run.id });
    return rows.map((row) => toEntry(row, run.shop));
  });
}

/** Ranks of the shop's entries that are not leased, lowest first; each a step down the index. */
export function* ranksOf(db: Connection, shop: number): Generator<number> {
  let rank = -1;
  for (;;) {
    const next = db.get<{ rank: number }>(NEXT_RANK, { shop, rank });
    if (next === undefined) return;
    ({ rank } = next);
    yield rank;
  }
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
  const shop = shopRow(db, run.shop);
  let next: number | null = null;
  for (const rank of ranksOf(db, shop)) {
    const due = db.get<{ due_at: number }>(FIRST_DUE, { shop, rank })?.due_at;
    if (due === undefined) continue;
    if (rank <= LAST_RANK_OF_RUN) next = Math.min(next ?? due, due);
    // It may be claimed at once, however far ahead it is due.
    else if (due <= run.dueBefore) return 0;
  }
  return next;
}

export function knowsPages(db: Connection, shop: ShopId): boolean {
  return db.get('SELECT 1 FROM frontier WHERE shop_id = ? LIMIT 1', [shopRow(db, shop)]) !== undefined;
}

/** Makes every lease claimable again. Returns how many there were. */
export function recoverPages(db: Connection): number {
  return db.run(RECOVER_PAGES).changes;
}

export const LEASED_ENTRY = `
  SELECT f.id, f.shop_id, f.kind, f.depth, f.each_run, f.visited_at, f.gone_count, f.gone_at, f.changes,
    f.changed_ms, f.unchanged_ms, f.hinted, f.hint_misses, p.product_id, p.product_hash, p.fields
  FROM frontier f LEFT JOIN pages p ON p.frontier_id = f.id
  WHERE f.id = ? AND f.state = 'leased'`;

/** The entry when it is leased, else null: the visit has been committed before. */
export function leasedEntry(db: Connection, id: FrontierId): LeasedEntry | null {
  const row = db.get<LeasedRow>(LEASED_ENTRY, [id]);
  if (row === undefined) return null;
  return {
    id: row.id,
    shop: row.shop_id,
    kind: row.kind,
    depth: row.depth,
    eachRun: row.each_run === 1,
    visitedAt: row.visited_at,
    goneCount: row.gone_count,
    goneAt: row.gone_at,
    history: { changes: row.changes, changedMs: row.changed_ms, unchangedMs: row.unchanged_ms },
    hinted: row.hinted === 1,
    hintMisses: row.hint_misses,
    product: row.product_id,
    productHash: row.product_hash,
    fields: row.fields,
  };
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
