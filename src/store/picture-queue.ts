/**
 * The compute half of the image queue, by content: stored -> leased -> done | refused, or quarantined.
 *
 * A picture is leased, durably, before it is decoded. When the process dies, every leased picture is a suspect:
 * it may have killed its decoder. Suspects are handed out last and alone, so that the next death names exactly
 * one of them; a picture in whose hands the process died `MAX_DEATHS` times is quarantined. One death more than
 * a decoder needs to convict itself, because an operator's kill -9 looks the same.
 */
import type { QueuedPicture } from '../domain/crawl.js';
import { unreachable } from '../domain/errors.js';
import type { Sha256 } from '../domain/ids.js';
import type { PictureOutcome } from '../domain/prediction.js';
import type { Connection } from './connection.js';

/** Once in company, twice alone. */
const MAX_DEATHS = 3;
/** Reports of failed machinery after which a picture is set aside. */
const MAX_FAILURES = 3;

interface BlobRow {
  readonly id: number;
  readonly sha256: string;
  readonly attempts: number;
  readonly failures: number;
}

export const CLAIM_PICTURES = `
  SELECT id, sha256, attempts, failures FROM blobs WHERE state = 'stored'
  ORDER BY attempts, failures, id
  LIMIT ?`;

export function claimPictures(db: Connection, limit: number): QueuedPicture[] {
  if (limit < 1) return [];
  return db.transaction(() => {
    const inHand = db.all<BlobRow>(`SELECT id, sha256, attempts, failures FROM blobs WHERE state = 'leased'`);
    // Its own lease counted already.
    if (inHand.some((row) => row.attempts > 1 || row.failures > 0)) return [];
    const rows = db.all<BlobRow>(CLAIM_PICTURES, [limit]);
    const clean = rows.filter((row) => row.attempts === 0 && row.failures === 0);
    const alone = inHand.length === 0 ? rows.slice(0, 1) : [];
    const chosen = clean.length > 0 ? clean : alone;
    for (const row of chosen) {
      db.run(`UPDATE blobs SET state = 'leased', attempts = attempts + 1 WHERE id = ?`, [row.id]);
    }
    return chosen.map((row) => ({ sha256: row.sha256 as Sha256, attempts: row.attempts + 1 }));
  });
}

/** Gives the attempt back: the picture was not handed to a decoder, or came through it. */
export function releasePictures(db: Connection, ids: readonly Sha256[]): void {
  db.transaction(() => {
    for (const sha256 of ids) {
      db.run(
        `UPDATE blobs SET state = 'stored', attempts = max(attempts - 1, 0)
         WHERE sha256 = ? AND state = 'leased'`,
        [sha256],
      );
    }
  });
}

/** Pictures that wait for inference, those in hand included. */
export function waitingPictures(db: Connection): number {
  const row = db.get<{ n: number }>(`SELECT count(*) AS n FROM blobs WHERE state IN ('stored', 'leased')`);
  return row?.n ?? 0;
}

/** Returns how many pictures were in hand when the last process ended. */
export function recoverPictures(db: Connection, now: number): number {
  return db.transaction(() => {
    const quarantined = db.run(
      `UPDATE blobs SET state = 'quarantined', reason = 'crashed-decoder',
         detail = 'the process ended ' || attempts || ' times with this picture in a decoder', finished_at = ?
       WHERE state = 'leased' AND attempts >= ?`,
      [now, MAX_DEATHS],
    );
    if (quarantined.changes > 0) {
      db.run(
        `INSERT OR IGNORE INTO undecided (product_id)
         SELECT pi.product_id FROM blobs b JOIN images i ON i.blob_id = b.id
         JOIN product_images pi ON pi.image_id = i.id
         WHERE b.state = 'quarantined' AND b.finished_at = ?`,
        [now],
      );
    }
    return quarantined.changes + db.run(`UPDATE blobs SET state = 'stored' WHERE state = 'leased'`).changes;
  });
}

/** Row id of the picture when it is leased, else null: its outcome has been committed before. */
export function leasedPicture(db: Connection, sha256: Sha256): number | null {
  const row = db.get<{ id: number }>(`SELECT id FROM blobs WHERE sha256 = ? AND state = 'leased'`, [sha256]);
  return row?.id ?? null;
}

/** Marks the picture by its outcome, with the facts read from it. */
export function settlePicture(db: Connection, blob: number, outcome: PictureOutcome, now: number): void {
  switch (outcome.kind) {
    case 'classified': {
      const { format, width, height, phash, palette } = outcome.facts;
      db.run(
        `UPDATE blobs SET state = 'done', attempts = 0, failures = 0, reason = NULL, detail = NULL,
           format = :format, width = :width, height = :height, phash = :phash, palette = :palette,
           finished_at = :now
         WHERE id = :blob`,
        { blob, format, width, height, phash, palette: JSON.stringify(palette), now },
      );
      return;
    }
    case 'refused':
      db.run(
        `UPDATE blobs SET state = 'refused', attempts = 0, failures = 0, reason = ?, detail = ?,
           finished_at = ?
         WHERE id = ?`,
        [outcome.reason, outcome.detail, now, blob],
      );
      return;
    case 'failed':
      db.run(
        `UPDATE blobs SET
           state = CASE WHEN failures + 1 >= :most THEN 'quarantined' ELSE 'stored' END,
           attempts = max(attempts - 1, 0), failures = failures + 1, reason = 'failed', detail = :detail,
           finished_at = CASE WHEN failures + 1 >= :most THEN :now END
         WHERE id = :blob`,
        { blob, most: MAX_FAILURES, detail: outcome.detail, now },
      );
      return;
    default:
      unreachable(outcome);
  }
}

/** Queues every usable picture that lacks the model's prediction or vectors of these spaces. */
export function requeuePictures(
  db: Connection,
  wanted: { readonly model: number; readonly features: number; readonly look: number },
): number {
  return db.run(
    `UPDATE blobs SET state = 'stored', attempts = 0, failures = 0
     WHERE state = 'done' AND NOT (
       EXISTS (SELECT 1 FROM predictions p WHERE p.blob_id = blobs.id AND p.model_id = :model)
       AND EXISTS (SELECT 1 FROM embeddings e WHERE e.space_id = :features AND e.blob_id = blobs.id)
       AND EXISTS (SELECT 1 FROM embeddings e WHERE e.space_id = :look AND e.blob_id = blobs.id))`,
    wanted,
  ).changes;
}
