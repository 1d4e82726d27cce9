/** What a run counted, read back; and what is counted over the shop's items when the run has ended. */
import type { FeedMeasure, RefusedLinks, RunMeasures, WatchedField } from '../../domain/health.js';
import { WATCHED_FIELDS } from '../../domain/health.js';
import type { Connection } from '../connection.js';

interface MeasuresRow {
  readonly started_at: number;
  readonly finished_at: number;
  readonly status: 'finished' | 'failed';
  readonly reason: string | null;
  readonly product_pages: number;
  readonly product_pages_lost: number;
  readonly encoding_guesses: number;
  readonly broken_markup: number;
  readonly items: number | null;
  readonly oldest_seen: number | null;
  readonly decided: number | null;
  readonly unknown: number | null;
}

/** Each product once, whatever the number of its pages; read from indexes, item by item. */
export const ITEMS_ON_SALE = `
  SELECT count(*) AS items, min(p.last_seen) AS oldest
  FROM products p
  WHERE p.shop_id = :shop AND p.vanished_at IS NULL AND (EXISTS (
    SELECT 1 FROM pages g JOIN frontier f ON f.id = g.frontier_id
    WHERE g.product_id = p.id AND f.gone_count = 0 AND g.fields IS NOT 0)
  OR EXISTS (
    SELECT 1 FROM feed_items i JOIN feeds d ON d.id = i.feed_id
    WHERE i.product_id = p.id AND i.gone_count = 0 AND d.active = 1))`;

/** As v_items decides: the current model's answer, else the latest of another. Without an answer: not counted. */
export const DECISIONS = `
  SELECT count(is_unknown) AS decided, COALESCE(sum(is_unknown), 0) AS unknown FROM (
    SELECT CASE WHEN d.id IS NOT NULL THEN d.category IS NULL
      ELSE (SELECT ip.category IS NULL FROM item_predictions ip WHERE ip.product_id = p.id
        ORDER BY ip.decided_at DESC, ip.id DESC LIMIT 1) END AS is_unknown
    FROM products p LEFT JOIN item_predictions d
      ON d.product_id = p.id AND d.model_id = (SELECT id FROM models WHERE role = 'current')
    WHERE p.shop_id = :shop AND p.vanished_at IS NULL)`;

/** Once, when the run has ended. */
export function measureItems(db: Connection, run: number, shop: number): void {
  const row = db.get<{ items: number; oldest: number | null }>(ITEMS_ON_SALE, { shop });
  db.run('UPDATE run_measures SET items = ?, oldest_seen = ? WHERE run_id = ?', [
    row?.items ?? 0,
    row?.oldest ?? null,
    run,
  ]);
}

/** Again whenever pictures have been classified since. */
export function measureDecisions(db: Connection, run: number, shop: number): void {
  const row = db.get<{ decided: number; unknown: number }>(DECISIONS, { shop });
  db.run('UPDATE run_measures SET decided = ?, unknown = ? WHERE run_id = ?', [
    row?.decided ?? 0,
    row?.unknown ?? 0,
    run,
  ]);
}

/** One that broke off has no hash of its bytes: it is to be read again, whatever it answers. */
const FEEDS_OF_RUN = `
  SELECT url, problem,
    CASE WHEN state <> 'done' THEN 'failed' WHEN content_hash IS NULL THEN 'broken' ELSE 'read' END AS outcome
  FROM feeds WHERE run_id = ? AND active = 1 ORDER BY url`;

/** Of a run that has ended. */
export function measuresOf(db: Connection, run: number): RunMeasures {
  const row = db.get<MeasuresRow>(
    `SELECT r.started_at, r.finished_at, r.status, r.reason, m.product_pages, m.product_pages_lost,
       m.encoding_guesses, m.broken_markup, m.items, m.oldest_seen, m.decided, m.unknown
     FROM runs r JOIN run_measures m ON m.run_id = r.id WHERE r.id = ?`,
    [run],
  ) as MeasuresRow;
  const outcomes = db.all<{ outcome: string; visits: number }>(
    'SELECT outcome, visits FROM run_outcomes WHERE run_id = ?',
    [run],
  );
  const fields = db.all<{ field: WatchedField; found: number }>(
    'SELECT field, found FROM run_fields WHERE run_id = ?',
    [run],
  );
  const none = WATCHED_FIELDS.map((field) => [field, 0] as const);
  const found = [...none, ...fields.map((one) => [one.field, one.found] as const)];
  return {
    startedAt: row.started_at,
    endedAt: row.finished_at,
    failure: row.status === 'failed' ? (row.reason ?? 'for a reason that was not kept') : null,
    outcomes: Object.fromEntries(outcomes.map(({ outcome, visits }) => [outcome, visits])),
    productPages: row.product_pages,
    lost: row.product_pages_lost,
    found: Object.fromEntries(found) as Record<WatchedField, number>,
    encodingGuesses: row.encoding_guesses,
    brokenMarkup: row.broken_markup,
    items: row.items ?? 0,
    oldestSeen: row.oldest_seen,
    decided: row.decided ?? 0,
    unknown: row.unknown ?? 0,
    feeds: db.all<FeedMeasure>(FEEDS_OF_RUN, [run]),
    refusedLinks: db.all<RefusedLinks>(
      'SELECT guard, links, example FROM link_refusals WHERE run_id = ? ORDER BY links DESC',
      [run],
    ),
  };
}
