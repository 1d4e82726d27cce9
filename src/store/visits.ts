/** Commits how a visit ended: results and the done mark in one transaction. */
import type { CrawlRun, FrontierEntry, PageVisit } from '../domain/crawl.js';
import { unreachable } from '../domain/errors.js';
import type { Validators } from '../domain/fetch.js';
import { saveProduct, touchProduct, vanishIfNowhere } from './catalogue.js';
import type { Connection } from './connection.js';
import { fieldsAfter, tallyVisit } from './health/tally.js';
import { addUrls, leasedEntry, settleDone, settleDropped, settleGone, settleRetry } from './frontier.js';
import type { LeasedEntry } from './frontier.js';
import { attachImages } from './product-images.js';

type Visit<Kind extends PageVisit['kind']> = Extract<PageVisit, { kind: Kind }>;

/** Does nothing when the entry is no longer leased: the visit was committed before. */
export function commitVisit(
  db: Connection,
  run: CrawlRun,
  entry: FrontierEntry,
  visit: PageVisit,
  now: number,
): void {
  db.transaction(() => {
    const leased = leasedEntry(db, entry.id);
    if (leased === null) return;
    tallyVisit(db, run.id, visit, fieldsAfter(visit, leased.fields));
    switch (visit.kind) {
      case 'read':
        return commitRead(db, run, entry, leased, visit, now);
      case 'unchanged':
        return commitUnchanged(db, leased, visit.validators, now);
      case 'gone':
        return commitGone(db, leased, visit, now);
      case 'retry':
        return settleRetry(db, leased.id, visit);
      case 'dropped':
        return settleDropped(db, leased.id, visit, now);
      default:
        return unreachable(visit);
    }
  });
}

function commitRead(
  db: Connection,
  run: CrawlRun,
  entry: FrontierEntry,
  leased: LeasedEntry,
  visit: Visit<'read'>,
  now: number,
): void {
  const { product } = visit.reading;
  const page = { shop: leased.shop_id, frontier: leased.id, previous: leased.product_id };
  const productId = product === null ? leased.product_id : saveProduct(db, page, product, now);
  // A page that stops reading as a product keeps the one it had: the reader may have found less, not the shop.
  savePage(db, leased, visit, productId, now);
  settleDone(db, leased.id, product === null ? null : 'product', now);
  if (product !== null && productId !== null) {
    attachImages(db, { shop: leased.shop_id, product: productId }, product.images, now);
  }
  if (leased.product_id !== null && leased.product_id !== productId) {
    vanishIfNowhere(db, leased.product_id, now);
  }
  const links = visit.links.map((url) => ({ url, kind: 'page' as const, depth: entry.depth + 1 }));
  addUrls(db, run, links, now);
}

function savePage(
  db: Connection,
  leased: LeasedEntry,
  visit: Visit<'read'>,
  product: number | null,
  now: number,
): void {
  const { reading, validators } = visit;
  db.run(
    `INSERT INTO pages (frontier_id, etag, last_modified, content_hash, encoding, canonical_url, warnings,
       traces, product_id, fields, read_at, visited_at)
     VALUES (:frontier, :etag, :lastModified, :hash, :encoding, :canonical, :warnings, :traces, :product,
       :fields, :now, :now)
     ON CONFLICT (frontier_id) DO UPDATE SET etag = excluded.etag, last_modified = excluded.last_modified,
       content_hash = excluded.content_hash, encoding = excluded.encoding,
       canonical_url = excluded.canonical_url, warnings = excluded.warnings, traces = excluded.traces,
       product_id = excluded.product_id, fields = excluded.fields, read_at = excluded.read_at, visited_at = excluded.visited_at`,
    {
      frontier: leased.id,
      etag: validators.etag,
      lastModified: validators.lastModified,
      hash: visit.contentHash,
      encoding: reading.encoding,
      canonical: reading.canonicalUrl,
      warnings: JSON.stringify(reading.warnings),
      traces: JSON.stringify(reading.traces),
      product,
      fields: fieldsAfter(visit, leased.fields),
      now,
    },
  );
}

/** A 304 may leave the validators out; then the old ones stay good. */
function commitUnchanged(db: Connection, leased: LeasedEntry, validators: Validators, now: number): void {
  db.run(
    `UPDATE pages SET etag = COALESCE(?, etag), last_modified = COALESCE(?, last_modified), visited_at = ?
     WHERE frontier_id = ?`,
    [validators.etag, validators.lastModified, now, leased.id],
  );
  settleDone(db, leased.id, null, now);
  if (leased.product_id !== null) touchProduct(db, leased.product_id, now);
}

/** The first time is asked again later; the second, `confirmAfterMs` after the first, is a fact. */
function commitGone(db: Connection, leased: LeasedEntry, visit: Visit<'gone'>, now: number): void {
  const since = leased.gone_at ?? now;
  const dueAt = since + visit.confirmAfterMs;
  const neverAProduct = leased.product_id === null;
  const confirmed = neverAProduct || leased.gone_count === 2 || (leased.gone_count === 1 && now >= dueAt);
  settleGone(
    db,
    leased.id,
    { count: confirmed ? 2 : 1, at: since, dueAt: confirmed ? now : dueAt, status: visit.status },
    now,
  );
  if (confirmed && leased.product_id !== null) vanishIfNowhere(db, leased.product_id, now);
}
