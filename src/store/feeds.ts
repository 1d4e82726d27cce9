/**
 * Feeds: pending -> leased -> done | dropped in each run, like a page of the frontier, and the rows that they list.
 *
 * A row is staged as it is read and comes into the catalogue later, when the feed has been read: only then are all
 * variants of a product known. Both are idempotent, so that a reading that was killed is simply done again; what it
 * staged is marked as changed and lost by nobody. A row that two whole readings lack, far enough apart, is gone.
 */
import type { CrawlRun } from '../domain/crawl.js';
import type { FeedEntry, FeedItem, FeedVisit } from '../domain/feed.js';
import type { Validators } from '../domain/fetch.js';
import type { FeedId, ShopId } from '../domain/ids.js';
import type { Clock } from '../domain/ports.js';
import type { FieldTrace, Product } from '../domain/product.js';
import { unreachable } from '../domain/errors.js';
import { sha256Hex } from '../platform/fingerprint.js';
import { touchProduct } from './catalogue.js';
import type { Connection } from './connection.js';
import { leaseTime } from './lease.js';
import { shopRow } from './shops.js';

interface FeedRow {
  readonly id: number;
  readonly url: string;
  readonly attempts: number;
  readonly etag: string | null;
  readonly last_modified: string | null;
  readonly content_hash: string | null;
}

interface ItemRow {
  readonly id: number;
  readonly hash: string | null;
  readonly group_key: string;
  readonly seen: number;
  readonly gone_count: number;
  readonly changed: number;
  readonly product_id: number | null;
}

export const CLAIM_FEED = `
  SELECT id, url, attempts, etag, last_modified, content_hash FROM feeds
  WHERE run_id = :run AND state = 'pending' AND active = 1 AND due_at <= :now ORDER BY due_at, id LIMIT 1`;

export const MISSING_AGAIN = `
  UPDATE feed_items SET gone_count = 2, changed = 1
  WHERE feed_id = :feed AND seen < :whole AND gone_count = 1 AND gone_at <= :before`;

/** Missed by a clock that was ahead. */
const MISSED_AHEAD = `
  UPDATE feed_items SET gone_at = :now WHERE feed_id = :feed AND gone_count = 1 AND gone_at > :now`;

const MISSING = `
  UPDATE feed_items SET gone_count = 1, gone_at = :now
  WHERE feed_id = :feed AND seen < :whole AND gone_count = 0`;

export function addFeeds(db: Connection, run: CrawlRun, urls: readonly string[], now: number): void {
  db.transaction(() => {
    const shop = shopRow(db, run.shop);
    db.run('UPDATE feeds SET active = 0 WHERE shop_id = ?', [shop]);
    for (const url of urls) {
      db.run(
        `INSERT INTO feeds (shop_id, url, active, state, run_id, due_at, added_at)
         VALUES (:shop, :url, 1, 'pending', :run, :now, :now)
         ON CONFLICT (shop_id, url) DO UPDATE SET active = 1,
           state = CASE WHEN run_id = excluded.run_id THEN state ELSE 'pending' END,
           attempts = CASE WHEN run_id = excluded.run_id THEN attempts ELSE 0 END,
           due_at = CASE WHEN run_id = excluded.run_id THEN due_at ELSE excluded.due_at END,
           run_id = excluded.run_id`,
        { shop, url, run: run.id, now },
      );
    }
  });
}

export function claimFeed(
  db: Connection,
  run: CrawlRun,
  now: number,
  leaseMs: number,
  clock: Clock,
): FeedEntry | null {
  return db.transaction(() => {
    const lease = leaseTime(clock, leaseMs);
    db.run(
      `UPDATE feeds SET state = 'pending', due_at = 0 WHERE run_id = ? AND state = 'leased' AND due_at <= ?`,
      [run.id, lease.from],
    );
    const row = db.get<FeedRow>(CLAIM_FEED, { run: run.id, now });
    if (row === undefined) return null;
    db.run(`UPDATE feeds SET state = 'leased', due_at = ? WHERE id = ?`, [lease.until, row.id]);
    return toEntry(row, run.shop);
  });
}

/** Makes every lease claimable again. Returns how many there were. */
export function recoverFeeds(db: Connection): number {
  return db.run(`UPDATE feeds SET state = 'pending', due_at = 0 WHERE state = 'leased'`).changes;
}

export function releaseFeed(db: Connection, feed: FeedEntry): void {
  db.run(`UPDATE feeds SET state = 'pending', due_at = 0 WHERE id = ? AND state = 'leased'`, [feed.id]);
}

export function nextFeedDue(db: Connection, run: CrawlRun): number | null {
  const row = db.get<{ due: number | null }>(
    `SELECT min(due_at) AS due FROM feeds WHERE run_id = ? AND state = 'pending' AND active = 1`,
    [run.id],
  );
  return row?.due ?? null;
}

/** Feeds of the run that listed something, in this run or, unchanged since, before. */
export function feedsRead(db: Connection, run: CrawlRun): number {
  const row = db.get<{ read: number }>(
    `SELECT count(*) AS read FROM feeds WHERE run_id = ? AND state = 'done' AND items > 0`,
    [run.id],
  );
  return row?.read ?? 0;
}

export function beginReading(db: Connection, feed: FeedEntry): void {
  db.run('UPDATE feeds SET reading = reading + 1 WHERE id = ?', [feed.id]);
}

export function stageItems(db: Connection, feed: FeedEntry, items: readonly FeedItem[], now: number): void {
  db.transaction(() => {
    const reading = db.get<{ reading: number }>('SELECT reading FROM feeds WHERE id = ?', [feed.id])?.reading;
    if (reading === undefined) return;
    for (const item of items) stageItem(db, feed.id, reading, item, now);
  });
}

function stageItem(db: Connection, feed: number, reading: number, item: FeedItem, now: number): void {
  const { data, traces } = written(item);
  const hash = sha256Hex(Buffer.from(`${item.group ?? ''}\n${data}`)).slice(0, 32);
  const row = db.get<ItemRow>(
    `SELECT id, hash, group_key, seen, gone_count, changed, product_id FROM feed_items
     WHERE feed_id = ? AND item_key = ?`,
    [feed, item.key],
  );
  const group = item.group === null ? `item:${item.key}` : `group:${item.group}`;
  if (row === undefined) {
    db.run(
      `INSERT INTO feed_items (feed_id, item_key, group_key, hash, data, traces, seen, changed)
       VALUES (?, ?, ?, ?, ?, ?, ?, 1)`,
      [feed, item.key, group, hash, data, traces, reading],
    );
    return;
  }
  // A key that comes twice in one reading means its first row.
  if (row.seen === reading) return;
  if (row.hash === hash && row.gone_count < 2) {
    db.run('UPDATE feed_items SET seen = ?, gone_count = 0, gone_at = NULL WHERE id = ?', [reading, row.id]);
    if (row.product_id !== null && row.changed === 0) touchProduct(db, row.product_id, now);
    return;
  }
  db.run(
    `UPDATE feed_items SET group_key = ?, hash = ?, data = ?, traces = ?, seen = ?, gone_count = 0,
       gone_at = NULL, changed = 1
     WHERE id = ?`,
    [group, hash, data, traces, reading, row.id],
  );
  if (row.group_key === group) return;
  // Its former product has a variant less.
  db.run('UPDATE feed_items SET changed = 1 WHERE feed_id = ? AND group_key = ?', [feed, row.group_key]);
}

function written(item: FeedItem): { readonly data: string; readonly traces: string } {
  return { data: JSON.stringify(item.product), traces: JSON.stringify(item.traces) };
}

/** The row as it was staged. */
export function itemOf(key: string, group: string, data: string, traces: string): FeedItem {
  return {
    key,
    group: group.startsWith('group:') ? group.slice('group:'.length) : null,
    product: JSON.parse(data) as Product,
    traces: JSON.parse(traces) as FieldTrace[],
  };
}

export function settleMissing(
  db: Connection,
  feed: FeedEntry,
  { completes, confirmAfterMs }: { readonly completes: boolean; readonly confirmAfterMs: number },
  now: number,
): void {
  db.transaction(() => {
    if (completes) db.run('UPDATE feeds SET whole_reading = reading WHERE id = ?', [feed.id]);
    const row = db.get<{ whole: number }>('SELECT whole_reading AS whole FROM feeds WHERE id = ?', [feed.id]);
    const whole = row?.whole ?? 0;
    db.run(MISSED_AHEAD, { feed: feed.id, now });
    db.run(MISSING_AGAIN, { feed: feed.id, whole, before: now - confirmAfterMs });
    db.run(MISSING, { feed: feed.id, whole, now });
  });
}

/** Does nothing when the feed is no longer leased: the visit was committed before. */
export function commitFeed(db: Connection, feed: FeedEntry, visit: FeedVisit, now: number): void {
  db.transaction(() => {
    const leased = db.get(`SELECT 1 FROM feeds WHERE id = ? AND state = 'leased'`, [feed.id]);
    if (leased === undefined) return;
    switch (visit.kind) {
      case 'read': {
        const { report, validators } = visit;
        // A feed that broke off must be read again, whatever it answers next.
        const isWhole = report.stopped === null;
        settle(db, feed, 'done', null, now);
        db.run(
          `UPDATE feeds SET etag = ?, last_modified = ?, content_hash = ?, items = ?, skipped = ?, problem = ?,
             read_at = ? WHERE id = ?`,
          [
            isWhole ? validators.etag : null,
            isWhole ? validators.lastModified : null,
            isWhole ? visit.contentHash : null,
            report.items,
            report.skipped,
            report.stopped ?? report.firstFault,
            now,
            feed.id,
          ],
        );
        return;
      }
      case 'unchanged':
        return commitUnchanged(db, feed, visit.validators, now);
      case 'retry':
        db.run(
          `UPDATE feeds SET state = 'pending', due_at = ?, attempts = attempts + ?, problem = ? WHERE id = ?`,
          [Math.ceil(visit.at), Number(visit.spendsAttempt), visit.reason, feed.id],
        );
        return;
      case 'dropped':
        return settle(db, feed, 'dropped', `${visit.reason}: ${visit.detail}`, now);
      default:
        return unreachable(visit);
    }
  });
}

/** All that it lists was seen once more. What was wrong with its rows is wrong with them still. */
function commitUnchanged(db: Connection, feed: FeedEntry, validators: Validators, now: number): void {
  db.run(
    `UPDATE feeds SET state = 'done', due_at = :now, visited_at = :now, etag = COALESCE(:etag, etag),
       last_modified = COALESCE(:lastModified, last_modified)
     WHERE id = :feed`,
    { now, etag: validators.etag, lastModified: validators.lastModified, feed: feed.id },
  );
  db.run(
    `UPDATE products SET last_seen = max(last_seen, :now) WHERE id IN (
       SELECT product_id FROM feed_items WHERE feed_id = :feed AND gone_count = 0 AND product_id IS NOT NULL)`,
    { now, feed: feed.id },
  );
}

function settle(
  db: Connection,
  feed: FeedEntry,
  state: 'done' | 'dropped',
  problem: string | null,
  now: number,
): void {
  db.run(`UPDATE feeds SET state = ?, problem = ?, due_at = ?, visited_at = ? WHERE id = ?`, [
    state,
    problem,
    now,
    now,
    feed.id,
  ]);
}

function toEntry(row: FeedRow, shop: ShopId): FeedEntry {
  return {
    id: row.id as FeedId,
    shop,
    url: row.url,
    attempts: row.attempts,
    validators: { etag: row.etag, lastModified: row.last_modified },
    contentHash: row.content_hash,
  };
}
