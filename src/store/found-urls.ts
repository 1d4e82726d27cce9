/**
 * URLs that a page, a sitemap or a feed named: unknown ones join the frontier; of known ones, signs of a change bring
 * the next visit forward.
 *
 * A sign is believed at a time after the last visit that the revisit policy names, the later the more often such signs
 * were wrong for the page: a sitemap that dates every page today is soon as good as none.
 */
import type { CrawlRun, FoundUrl, RevisitPolicy } from '../domain/crawl.js';
import type { Connection } from './connection.js';
import { AGAIN, DEEPEST_PRODUCT, EACH_RUN, LAST_RANK_OF_RUN, rankOfNew, WHEN_DUE } from './ranks.js';
import { shopRow } from './shops.js';

interface KnownRow {
  readonly id: number;
  readonly state: string;
  readonly rank: number;
  readonly run_id: number;
  readonly due_at: number;
  readonly visited_at: number | null;
  readonly hint_misses: number;
  readonly price_minor: number | null;
  readonly currency: string | null;
}

export const FIND_URL = 'SELECT id FROM frontier WHERE shop_id = ? AND url = ?';

export const KNOWN_ENTRY = `
  SELECT f.id, f.state, f.rank, f.run_id, f.due_at, f.visited_at, f.hint_misses, o.price_minor, o.currency
  FROM frontier f LEFT JOIN pages p ON p.frontier_id = f.id LEFT JOIN offers o ON o.product_id = p.product_id
  WHERE f.id = ?`;

/** Due at once, and not from now on: a clock that is set back would put it off. */
const ADD_URL = `
  INSERT INTO frontier (shop_id, url, kind, depth, rank, state, run_id, due_at, added_at)
  VALUES (:shop, :url, :kind, :depth, :rank, 'pending', :run, 0, :now)`;

/** Returns how many were new. `mayJoin` is asked of each unknown URL. */
export function addUrls(
  db: Connection,
  revisit: RevisitPolicy,
  run: CrawlRun,
  urls: readonly FoundUrl[],
  now: number,
  mayJoin: (url: string) => boolean = () => true,
): number {
  return db.transaction(() => {
    const shop = shopRow(db, run.shop);
    let added = 0;
    for (const found of urls) {
      const { url, kind, depth } = found;
      // Looked up first: of a page's links nearly all are known, and a look is cheaper than an insert refused.
      const known = db.get<{ id: number }>(FIND_URL, [shop, url]);
      if (known === undefined) {
        if (!mayJoin(url)) continue;
        db.run(ADD_URL, { shop, url, kind, depth, rank: rankOfNew(kind, depth), run: run.id, now });
        added += 1;
        continue;
      }
      if (kind === 'product') raiseToProduct(db, known.id);
      if (depth === 0) raiseToStart(db, known.id);
      if (isHint(found)) heed(db, revisit, run, known.id, found, now);
    }
    return added;
  });
}

function raiseToProduct(db: Connection, id: number): void {
  db.run(
    `UPDATE frontier SET kind = 'product', rank = CASE WHEN rank < :again THEN min(depth, :deepest) ELSE rank END
     WHERE id = :id AND kind = 'page'`,
    { id, again: AGAIN, deepest: DEEPEST_PRODUCT },
  );
}

/** A page that was found before somebody named it as a start page. */
function raiseToStart(db: Connection, id: number): void {
  db.run(
    `UPDATE frontier SET depth = 0, each_run = 1, rank = CASE WHEN rank = :whenDue THEN :eachRun ELSE rank END,
       due_at = CASE WHEN rank = :whenDue THEN 0 ELSE due_at END
     WHERE id = :id AND depth > 0`,
    { id, whenDue: WHEN_DUE, eachRun: EACH_RUN },
  );
}

function isHint({ lastModified, price }: FoundUrl): boolean {
  return (lastModified ?? null) !== null || (price ?? null) !== null;
}

function heed(
  db: Connection,
  revisit: RevisitPolicy,
  run: CrawlRun,
  id: number,
  found: FoundUrl,
  now: number,
): void {
  const known = db.get<KnownRow>(KNOWN_ENTRY, [id]);
  if (known === undefined || known.visited_at === null || known.rank <= LAST_RANK_OF_RUN) return;
  if (known.state === 'leased' || !saysChanged(found, known, known.visited_at)) return;
  const believedAt = known.visited_at + Math.ceil(revisit.hintDelay(known.hint_misses));
  const visitedByRun = known.run_id === run.id && known.visited_at >= run.startedAt;
  if (believedAt <= now && !visitedByRun) {
    db.run('UPDATE frontier SET rank = ?, due_at = 0, hinted = 1 WHERE id = ?', [AGAIN, id]);
    return;
  }
  const dueAt = visitedByRun ? Math.max(believedAt, run.dueBefore + 1) : believedAt;
  if (dueAt < known.due_at) db.run('UPDATE frontier SET due_at = ?, hinted = 1 WHERE id = ?', [dueAt, id]);
}

function saysChanged({ lastModified, price }: FoundUrl, known: KnownRow, visitedAt: number): boolean {
  if (typeof lastModified === 'number' && lastModified > visitedAt) return true;
  if (price === null || price === undefined || known.price_minor === null) return false;
  return price.currency === known.currency && price.minor !== known.price_minor;
}
