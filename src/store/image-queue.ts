/**
 * The network half of the image queue: wanted -> leased -> stored | failed, by URL.
 *
 * Invariants: a URL stands once for its shop; only a leased picture can be settled, so committing twice changes
 * nothing the second time. Free places go to the shop with the fewest pictures in flight, and no shop gets more
 * than the caller lets it have: places that a slow shop took while it was alone would be held for long.
 */
import type { ImageVisit, WantedImage } from '../domain/crawl.js';
import { unreachable } from '../domain/errors.js';
import type { ImageId, ShopId } from '../domain/ids.js';
import type { Clock } from '../domain/ports.js';
import type { Connection } from './connection.js';
import { leaseTime } from './lease.js';

interface ImageRow {
  readonly id: number;
  readonly url: string;
  readonly attempts: number;
  readonly etag: string | null;
  readonly last_modified: string | null;
}

interface ShopLoad {
  readonly id: number;
  readonly key: string;
  readonly in_flight: number;
}

const EXPIRE_LEASES = `UPDATE images SET state = 'wanted', due_at = 0 WHERE state = 'leased' AND due_at <= ?`;

export const SHOPS_WITH_DUE_IMAGES = `
  SELECT s.id, s.key,
    (SELECT count(*) FROM images l WHERE l.shop_id = s.id AND l.state = 'leased') AS in_flight
  FROM shops s
  WHERE s.active = 1
    AND EXISTS (SELECT 1 FROM images w WHERE w.shop_id = s.id AND w.state = 'wanted' AND w.due_at <= ?)
  ORDER BY s.id`;

export const CLAIM_IMAGES = `
  SELECT id, url, attempts, etag, last_modified FROM images
  WHERE shop_id = :shop AND state = 'wanted' AND due_at <= :now
  ORDER BY due_at, id
  LIMIT :limit`;

export const NEXT_IMAGE_DUE = `
  SELECT min((SELECT w.due_at FROM images w WHERE w.shop_id = s.id AND w.state = 'wanted' ORDER BY w.due_at LIMIT 1))
    AS due_at
  FROM shops s WHERE s.active = 1`;

export interface ImageClaim {
  readonly limit: number;
  readonly now: number;
  readonly leaseMs: number;
  readonly clock: Clock;
  /** Pictures of one shop in flight at most; no bound without it. */
  readonly mostOf: ((shop: ShopId) => number) | undefined;
}

export function claimImages(db: Connection, claim: ImageClaim): WantedImage[] {
  const { now } = claim;
  const lease = leaseTime(claim.clock, claim.leaseMs);
  return db.transaction(() => {
    db.run(EXPIRE_LEASES, [lease.from]);
    const shops = db.all<ShopLoad>(SHOPS_WITH_DUE_IMAGES, [now]);
    return shares(shops, claim).flatMap(({ shop, share }) => {
      const rows = db.all<ImageRow>(CLAIM_IMAGES, { shop: shop.id, now, limit: share });
      for (const row of rows) {
        db.run(`UPDATE images SET state = 'leased', due_at = ? WHERE id = ?`, [lease.until, row.id]);
      }
      return rows.map((row) => toImage(row, shop.key as ShopId));
    });
  });
}

export function releaseImages(db: Connection, ids: readonly ImageId[]): void {
  db.transaction(() => {
    for (const id of ids) {
      db.run(`UPDATE images SET state = 'wanted', due_at = 0 WHERE id = ? AND state = 'leased'`, [id]);
    }
  });
}

export function nextImageDue(db: Connection): number | null {
  return db.get<{ due_at: number }>(NEXT_IMAGE_DUE)?.due_at ?? null;
}

/** Those of shops that are in the config, and in flight or not; others wait until their shop is back. */
export const WANTED_IMAGES = `
  SELECT count(*) AS n FROM images
  WHERE shop_id IN (SELECT id FROM shops WHERE active = 1) AND state IN ('wanted', 'leased')`;

/** Pictures to download. */
export function wantedImages(db: Connection): number {
  return db.get<{ n: number }>(WANTED_IMAGES)?.n ?? 0;
}

export const WANTED_OF_SHOP = `
  SELECT count(*) AS n FROM images
  WHERE shop_id = (SELECT id FROM shops WHERE key = ?) AND state IN ('wanted', 'leased')`;

/** The same for one shop. */
export function wantedOf(db: Connection, shop: ShopId): number {
  return db.get<{ n: number }>(WANTED_OF_SHOP, [shop])?.n ?? 0;
}

/** Makes every lease claimable again. Returns how many there were. */
export function recoverImages(db: Connection): number {
  return db.run(`UPDATE images SET state = 'wanted', due_at = 0 WHERE state = 'leased'`).changes;
}

/** Does nothing when the picture is no longer leased. Marks items as undecided where the bytes were known. */
export function commitImage(db: Connection, image: WantedImage, visit: ImageVisit, now: number): void {
  const leased = db.get<{ blob_id: number | null }>(
    `SELECT blob_id FROM images WHERE id = ? AND state = 'leased'`,
    [image.id],
  );
  if (leased === undefined) return;
  switch (visit.kind) {
    case 'stored':
      return commitStored(db, image.id, leased.blob_id, visit, now);
    case 'unchanged':
      return commitUnchanged(db, image.id, leased.blob_id, now);
    case 'retry':
      db.run(
        `UPDATE images SET state = 'wanted', due_at = ?, attempts = attempts + ?, reason = ? WHERE id = ?`,
        // Waits are fractions of a millisecond, and the column takes none.
        [Math.ceil(visit.at), visit.spendsAttempt ? 1 : 0, visit.reason, image.id],
      );
      return undefined;
    case 'dropped':
      db.run(`UPDATE images SET state = 'failed', due_at = ?, reason = ?, visited_at = ? WHERE id = ?`, [
        now,
        visit.reason,
        now,
        image.id,
      ]);
      return undefined;
    default:
      return unreachable(visit);
  }
}

function commitStored(
  db: Connection,
  image: ImageId,
  before: number | null,
  visit: Extract<ImageVisit, { kind: 'stored' }>,
  now: number,
): void {
  db.run(
    `INSERT INTO blobs (sha256, byte_length, state, stored_at) VALUES (?, ?, 'stored', ?)
     ON CONFLICT (sha256) DO NOTHING`,
    [visit.sha256, visit.byteLength, now],
  );
  const blob = db.get<{ id: number; state: string }>('SELECT id, state FROM blobs WHERE sha256 = ?', [
    visit.sha256,
  ]);
  if (blob === undefined) return;
  db.run(
    `UPDATE images SET state = 'stored', blob_id = :blob, etag = :etag, last_modified = :lastModified,
       due_at = :now, visited_at = :now, reason = NULL
     WHERE id = :image`,
    {
      blob: blob.id,
      etag: visit.validators.etag,
      lastModified: visit.validators.lastModified,
      now,
      image,
    },
  );
  // Bytes that wait for the network bring their decision themselves; bytes that went through it do not.
  const waits = blob.state === 'stored' || blob.state === 'leased';
  if (waits && before === null) return;
  db.run(
    `INSERT OR IGNORE INTO undecided (product_id) SELECT product_id FROM product_images WHERE image_id = ?`,
    [image],
  );
}

/** "Unchanged" without bytes to be the same as: ask again without validators. */
function commitUnchanged(db: Connection, image: ImageId, blob: number | null, now: number): void {
  db.run(
    blob === null
      ? `UPDATE images SET state = 'wanted', etag = NULL, last_modified = NULL, due_at = ?, visited_at = ?
         WHERE id = ?`
      : `UPDATE images SET state = 'stored', due_at = ?, visited_at = ?, reason = NULL WHERE id = ?`,
    [now, now, image],
  );
}

/** Hands out places one by one, each to the shop that then has the fewest in flight and may have more. */
function shares(
  shops: readonly ShopLoad[],
  { limit, mostOf }: ImageClaim,
): readonly { readonly shop: ShopLoad; readonly share: number }[] {
  const open = shops.map((shop) => ({ shop, share: 0, most: mostOf?.(shop.key as ShopId) ?? Infinity }));
  const load = (entry: (typeof open)[number]): number => entry.shop.in_flight + entry.share;
  for (let place = 0; place < limit; place += 1) {
    let least: (typeof open)[number] | null = null;
    for (const entry of open) {
      if (load(entry) < entry.most && (least === null || load(entry) < load(least))) least = entry;
    }
    if (least === null) break;
    least.share += 1;
  }
  return open.filter((entry) => entry.share > 0);
}

function toImage(row: ImageRow, shop: ShopId): WantedImage {
  return {
    id: row.id as ImageId,
    shop,
    url: row.url,
    attempts: row.attempts,
    validators: { etag: row.etag, lastModified: row.last_modified },
  };
}
