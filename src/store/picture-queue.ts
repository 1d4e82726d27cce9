/**
 * The compute half of the image queue, by content: stored -> leased -> done | refused, or quarantined.
 *
 * A picture is leased, durably, before it is decoded. One that was leased when a process died, or that failed, is
 * a suspect from then on: it may be what kills decoders. Nothing but that follows from a death of the daemon,
 * however often it comes, because an operator's kill -9 looks the same. A suspect is convicted by what was seen
 * while it was tried in a process of its own (`crashed`), or by reports of failure: `MAX_FAILURES` of either.
 * Suspects are handed out last, and one at a time, as that process takes them.
 */
import type { QueuedPicture } from '../domain/crawl.js';
import { unreachable } from '../domain/errors.js';
import type { Sha256 } from '../domain/ids.js';
import type { PictureRefusal } from '../domain/picture.js';
import type { SuspectOutcome } from '../domain/prediction.js';
import type { Connection } from './connection.js';

/** Reports of a crash or of failed machinery after which a picture is set aside. */
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

/** The lease itself has counted an attempt. */
export const SUSPECT_IN_HAND = `
  SELECT 1 FROM blobs WHERE state = 'leased' AND (attempts > 1 OR failures > 0) LIMIT 1`;

export function claimPictures(db: Connection, limit: number): QueuedPicture[] {
  if (limit < 1) return [];
  return db.transaction(() => {
    const rows = db.all<BlobRow>(CLAIM_PICTURES, [limit]);
    const clean = rows.filter((row) => !isSuspect(row));
    const suspects = db.get(SUSPECT_IN_HAND) === undefined ? rows.filter(isSuspect).slice(0, 1) : [];
    return [...clean, ...suspects].map((row) => {
      db.run(`UPDATE blobs SET state = 'leased', attempts = attempts + 1 WHERE id = ?`, [row.id]);
      return { sha256: row.sha256 as Sha256, isSuspect: isSuspect(row) };
    });
  });
}

function isSuspect(row: BlobRow): boolean {
  return row.attempts > 0 || row.failures > 0;
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

/** Returns how many pictures were in hand when the last process ended; all of them are suspects now. */
export function recoverPictures(db: Connection): number {
  return db.run(`UPDATE blobs SET state = 'stored' WHERE state = 'leased'`).changes;
}

/** Row id of the picture when it is leased, else null: its outcome has been committed before. */
export function leasedPicture(db: Connection, sha256: Sha256): number | null {
  const row = db.get<{ id: number }>(`SELECT id FROM blobs WHERE sha256 = ? AND state = 'leased'`, [sha256]);
  return row?.id ?? null;
}

/** Marks the picture by its outcome, with the facts read from it. */
export function settlePicture(db: Connection, blob: number, outcome: SuspectOutcome, now: number): void {
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
    case 'crashed':
      countFailure(db, blob, 'crashed-decoder', outcome.detail, now);
      return;
    case 'failed':
      countFailure(db, blob, 'failed', outcome.detail, now);
      return;
    default:
      unreachable(outcome);
  }
}

/** The lease's attempt is given back: the failure makes a suspect of the picture as well. */
function countFailure(
  db: Connection,
  blob: number,
  reason: PictureRefusal | 'failed',
  detail: string,
  now: number,
): void {
  db.run(
    `UPDATE blobs SET
       state = CASE WHEN failures + 1 >= :most THEN 'quarantined' ELSE 'stored' END,
       attempts = max(attempts - 1, 0), failures = failures + 1, reason = :reason, detail = :detail,
       finished_at = CASE WHEN failures + 1 >= :most THEN :now END
     WHERE id = :blob`,
    { blob, most: MAX_FAILURES, reason, detail, now },
  );
}

/** Has a picture that came through its decoder wait for inference again. */
export function queueAgain(db: Connection, blob: number): void {
  db.run(`UPDATE blobs SET state = 'stored' WHERE id = ? AND state = 'done'`, [blob]);
}
