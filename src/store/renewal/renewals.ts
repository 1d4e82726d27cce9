/**
 * How far the catalogue has come over to a new model: one row with a cursor over the items, from the newest down, so that
 * a restart goes on where it stood. Items that come meanwhile are seen by the new model anyway.
 */
import { FashiondError } from '../../domain/errors.js';
import type { ModelFingerprint, ProductId, Sha256 } from '../../domain/ids.js';
import type { Renewal, RenewalStore, RenewedItem } from '../../domain/renewal.js';
import type { Clock } from '../../domain/ports.js';
import type { Connection } from '../connection.js';
import { modelRow } from '../models.js';
import type { ItemDecisions } from '../predictions.js';
import { spaceRow } from '../vectors.js';

interface RenewalRow {
  readonly model_id: number;
  readonly from_id: number;
  readonly model: string;
  readonly before: string;
  readonly look_version: string;
  readonly cursor: number;
  readonly total: number;
  readonly done: number;
  readonly started_at: number;
  readonly ended_at: number | null;
}

const STATE = `
  SELECT r.model_id, r.from_id, m.fingerprint AS model, f.fingerprint AS before, r.look_version, r.cursor, r.total,
    r.done, r.started_at, r.ended_at
  FROM renewal r JOIN models m ON m.id = r.model_id JOIN models f ON f.id = r.from_id`;

export const ITEMS_TO_RENEW = 'SELECT id FROM products WHERE id < ? ORDER BY id DESC LIMIT ?';

export const PICTURES_TO_RENEW = `
  SELECT b.sha256, min(pi.position) AS position
  FROM product_images pi
  JOIN images i ON i.id = pi.image_id
  JOIN blobs b ON b.id = i.blob_id AND b.state = 'done'
  WHERE pi.product_id = :product AND NOT (
    EXISTS (SELECT 1 FROM predictions p WHERE p.blob_id = b.id AND p.model_id = :model)
    AND EXISTS (SELECT 1 FROM embeddings e WHERE e.space_id = :features AND e.blob_id = b.id)
    AND EXISTS (SELECT 1 FROM embeddings e WHERE e.space_id = :look AND e.blob_id = b.id))
  GROUP BY b.id ORDER BY position`;

/** For `status`, from any connection. */
export function renewalState(db: Connection): Renewal | null {
  const row = db.get<RenewalRow>(STATE);
  return row === undefined ? null : toRenewal(row);
}

export class Renewals implements RenewalStore {
  readonly #db: Connection;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #decisions: ItemDecisions;

  constructor(db: Connection, clock: Pick<Clock, 'now'>, decisions: ItemDecisions) {
    this.#db = db;
    this.#clock = clock;
    this.#decisions = decisions;
  }

  state(): Renewal | null {
    return renewalState(this.#db);
  }

  begin(wish: Parameters<RenewalStore['begin']>[0]): Renewal {
    const db = this.#db;
    return db.transaction(() => {
      const before = db.get<RenewalRow>(STATE);
      const isSame = before?.model === wish.model && before.look_version === wish.lookVersion;
      if (before !== undefined && isSame) return toRenewal(before);
      const model = modelRow(db, wish.model);
      db.run(
        `INSERT OR REPLACE INTO renewal (id, model_id, from_id, look_version, cursor, total, done, started_at)
         VALUES (1, :model, :from, :look, (SELECT COALESCE(max(id), 0) + 1 FROM products),
           (SELECT count(*) FROM products), 0, :now)`,
        { model, from: this.#searched(before, wish, model), look: wish.lookVersion, now: this.#clock.now() },
      );
      // Item by item, as they are seen: not all at once, as after another rule.
      db.run('UPDATE models SET decider = CASE WHEN id = ? THEN ? END', [model, wish.decider]);
      return toRenewal(this.#row());
    });
  }

  next(limit: number): RenewedItem[] {
    const db = this.#db;
    return db.transaction(() => {
      const { model_id: model, model: fingerprint, look_version: lookVersion, cursor } = this.#row();
      const spaces = {
        features: spaceRow(db, 'features', fingerprint),
        look: spaceRow(db, 'look', lookVersion),
      };
      return db.all<{ id: number }>(ITEMS_TO_RENEW, [cursor, limit]).map(({ id }) => ({
        product: id as ProductId,
        pictures: db
          .all<{ sha256: Sha256 }>(PICTURES_TO_RENEW, { product: id, model, ...spaces })
          .map(({ sha256 }) => sha256),
      }));
    });
  }

  lease(picture: Sha256): boolean {
    const sql = `UPDATE blobs SET state = 'leased', attempts = attempts + 1 WHERE sha256 = ? AND state = 'done'`;
    return this.#db.run(sql, [picture]).changes === 1;
  }

  settle(items: readonly ProductId[], now: number): void {
    const last = items.at(-1);
    if (last === undefined) return;
    this.#db.transaction(() => {
      for (const product of items) this.#decisions.redecide(product, now);
      this.#db.run('UPDATE renewal SET cursor = ?, done = done + ?', [last, items.length]);
    });
  }

  end(now: number): void {
    this.#db.run('UPDATE renewal SET ended_at = ?, from_id = model_id WHERE ended_at IS NULL', [now]);
  }

  forgetBefore(): void {
    this.#db.run('UPDATE renewal SET from_id = model_id');
  }

  /** Whose vectors are there, as far as they are: search was with it before, and looks of another version are no use. */
  #searched(
    before: RenewalRow | undefined,
    wish: Parameters<RenewalStore['begin']>[0],
    model: number,
  ): number {
    if (before === undefined) return modelRow(this.#db, wish.from);
    return before.look_version === wish.lookVersion ? before.from_id : model;
  }

  #row(): RenewalRow {
    const row = this.#db.get<RenewalRow>(STATE);
    if (row === undefined) throw new FashiondError('internal', 'no model sees the catalogue again');
    return row;
  }
}

function toRenewal(row: RenewalRow): Renewal {
  return {
    model: row.model as ModelFingerprint,
    from: row.before as ModelFingerprint,
    total: row.total,
    done: row.done,
    startedAt: row.started_at,
    endedAt: row.ended_at,
  };
}
