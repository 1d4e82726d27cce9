/**
 * Commits how a visit ended: results and the done mark in one transaction.
 *
 * A product page has changed when what it says of the product has, decorations left out (see `productHash`); any
 * other page when it brought an address that nobody knew.
 */
import type { CrawlRun, FoundUrl, FrontierEntry, PageVisit, RevisitPolicy } from '../domain/crawl.js';
import { unreachable } from '../domain/errors.js';
import type { Validators } from '../domain/fetch.js';
import type { Product } from '../domain/product.js';
import { sha256Hex } from '../platform/fingerprint.js';
import { saveProduct, touchProduct, vanishIfNowhere } from './catalogue.js';
import type { Connection } from './connection.js';
import { addUrls } from './found-urls.js';
import { leasedEntry } from './frontier.js';
import type { LeasedEntry } from './frontier.js';
import { fieldsAfter, tallyVisit } from './health/tally.js';
import { attachImages } from './product-images.js';
import { settleDone, settleDropped, settleGone, settleRetry } from './settle.js';
import { admit, countProduct, countRefused } from './traps.js';

type Visit<Kind extends PageVisit['kind']> = Extract<PageVisit, { kind: Kind }>;

/** What all kinds of visits are committed with. */
interface Commit {
  readonly db: Connection;
  readonly revisit: RevisitPolicy;
  readonly run: CrawlRun;
  readonly now: number;
  /** Of the page. */
  readonly url: string;
}

/** Does nothing when the entry is no longer leased: the visit was committed before. */
export function commitVisit(
  db: Connection,
  revisit: RevisitPolicy,
  run: CrawlRun,
  entry: FrontierEntry,
  visit: PageVisit,
  now: number,
): void {
  const commit: Commit = { db, revisit, run, now, url: entry.url };
  db.transaction(() => {
    const leased = leasedEntry(db, entry.id);
    if (leased === null) return;
    tallyVisit(db, run.id, visit, fieldsAfter(visit, leased.fields));
    switch (visit.kind) {
      case 'read':
        return commitRead(commit, leased, visit);
      case 'unchanged':
        return commitUnchanged(commit, leased, visit.validators);
      case 'gone':
        return commitGone(commit, leased, visit);
      case 'retry':
        return settleRetry(db, leased, visit, now);
      case 'dropped':
        return settleDropped(db, run, leased, visit, now);
      default:
        return unreachable(visit);
    }
  });
}

function commitRead(commit: Commit, leased: LeasedEntry, visit: Visit<'read'>): void {
  const { db, revisit, run, now } = commit;
  const { product } = visit.reading;
  const page = { shop: leased.shop, previous: leased.product };
  const productId = product === null ? leased.product : saveProduct(db, page, product, now);
  const hash = product === null ? leased.productHash : productHash(product);
  // A page that stops reading as a product keeps the one it had: the reader may have found less, not the shop.
  savePage(db, leased, visit, { product: productId, hash }, now);
  if (product !== null && productId !== null) {
    attachImages(db, { shop: leased.shop, product: productId }, product.images, now);
  }
  if (leased.product !== null && leased.product !== productId) vanishIfNowhere(db, leased.product, now);
  const found = (urls: readonly string[], depth: number): FoundUrl[] =>
    urls.map((url) => ({ url, kind: 'page', depth, price: visit.listedPrices?.get(url) ?? null }));
  // A start page's further pages are found anew in every run, as it is; they are not start pages themselves.
  const links = [
    ...found(visit.links, leased.depth + 1),
    ...found(visit.furtherPages ?? [], Math.max(1, leased.depth)),
  ];
  const { maxPerPattern } = visit;
  const added = addUrls(
    db,
    revisit,
    run,
    links,
    now,
    (url) => maxPerPattern === undefined || admit(db, run, leased.shop, url, maxPerPattern),
  );
  countRefused(db, run, leased.shop, visit.refused ?? []);
  if (product !== null && leased.product === null) countProduct(db, leased.shop, commit.url);
  // What a sitemap took for an item and never was one is a page like any other.
  const kind = productId === null ? 'page' : 'product';
  const isListing = kind === 'page' && (added > 0 || linksToProduct(db, leased.shop, visit.links));
  const otherProduct = leased.productHash !== null && hash !== leased.productHash;
  const changed = leased.goneCount > 0 || (kind === 'page' ? added > 0 : otherProduct);
  settleDone(db, revisit, run, leased, { kind, changed, isListing }, now);
}

function linksToProduct(db: Connection, shop: number, links: readonly string[]): boolean {
  return links.some((url) =>
    db.get(`SELECT 1 FROM frontier WHERE shop_id = ? AND url = ? AND kind = 'product'`, [shop, url]),
  );
}

/** Free text and addresses, of variants too: many shops put tokens into them, new ones with every answer. */
const DECORATIONS: ReadonlySet<string> = new Set([
  'url',
  'images',
  'description',
] satisfies (keyof Product)[]);

function productHash(product: Product): string {
  const facts = JSON.stringify(product, (key, value: unknown) => (DECORATIONS.has(key) ? undefined : value));
  return sha256Hex(Buffer.from(facts));
}

function savePage(
  db: Connection,
  leased: LeasedEntry,
  visit: Visit<'read'>,
  shown: { readonly product: number | null; readonly hash: string | null },
  now: number,
): void {
  const { reading, validators } = visit;
  db.run(
    `INSERT INTO pages (frontier_id, etag, last_modified, content_hash, encoding, canonical_url, warnings,
       traces, product_id, product_hash, fields, read_at, visited_at)
     VALUES (:frontier, :etag, :lastModified, :hash, :encoding, :canonical, :warnings, :traces, :product,
       :productHash, :fields, :now, :now)
     ON CONFLICT (frontier_id) DO UPDATE SET etag = excluded.etag, last_modified = excluded.last_modified,
       content_hash = excluded.content_hash, encoding = excluded.encoding,
       canonical_url = excluded.canonical_url, warnings = excluded.warnings, traces = excluded.traces,
       product_id = excluded.product_id, product_hash = excluded.product_hash, fields = excluded.fields,
       read_at = excluded.read_at, visited_at = excluded.visited_at`,
    {
      frontier: leased.id,
      etag: validators.etag,
      lastModified: validators.lastModified,
      hash: visit.contentHash,
      encoding: reading.encoding,
      canonical: reading.canonicalUrl,
      warnings: JSON.stringify(reading.warnings),
      traces: JSON.stringify(reading.traces),
      product: shown.product,
      productHash: shown.hash,
      fields: fieldsAfter(visit, leased.fields),
      now,
    },
  );
}

/** A 304 may leave the validators out; then the old ones stay good. */
function commitUnchanged({ db, revisit, run, now }: Commit, leased: LeasedEntry, fresh: Validators): void {
  db.run(
    `UPDATE pages SET etag = COALESCE(?, etag), last_modified = COALESCE(?, last_modified), visited_at = ?
     WHERE frontier_id = ?`,
    [fresh.etag, fresh.lastModified, now, leased.id],
  );
  const { kind, eachRun: isListing } = leased;
  settleDone(db, revisit, run, leased, { kind, changed: leased.goneCount > 0, isListing }, now);
  if (leased.product !== null) touchProduct(db, leased.product, now);
}

/**
 * The first time is asked again later; the second, `confirmAfterMs` after the first, is a fact. Each later one makes
 * the wait for the next longer: the page may come back.
 */
function commitGone({ db, revisit, run, now }: Commit, leased: LeasedEntry, visit: Visit<'gone'>): void {
  const since = leased.goneAt ?? now;
  const confirmAt = since + visit.confirmAfterMs;
  const neverAProduct = leased.product === null;
  const confirmed = neverAProduct || leased.goneCount > 1 || (leased.goneCount === 1 && now >= confirmAt);
  const count = confirmed ? Math.max(1, leased.goneCount) + 1 : 1;
  const dueAt = confirmed ? now + revisit.whileGone(count - 1) : confirmAt;
  settleGone(db, run, leased, { count, at: since, dueAt, status: visit.status }, now);
  if (confirmed && leased.product !== null) vanishIfNowhere(db, leased.product, now);
}
