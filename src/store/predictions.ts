/**
 * Predictions of pictures, and the items' decisions that follow from them.
 *
 * An item is decided over its words and the predictions of its usable pictures in the order the shop shows them, the
 * same bytes counted once. Whatever changes that list without a new prediction (a page that names other pictures, a
 * URL that turns out to hold known bytes, another decision rule) puts the item into `undecided`, in the same
 * transaction; `settle` empties it as soon as a decider is known. So no crash can leave a stale decision behind.
 *
 * A person's label on the item overrules the decision, whichever model made it; pictures that a person called bad do
 * not count.
 */
import type { CategoryId, ModelFingerprint } from '../domain/ids.js';
import type { DecideItem, ServingDecider } from '../domain/ports.js';
import type { Candidate, Evidence, Prediction, UnknownReason } from '../domain/prediction.js';
import type { Connection } from './connection.js';
import { IS_BAD_PICTURE, personSaid } from './labels.js';
import { modelRow } from './models.js';
import { textPredictionOf } from './texts.js';

interface PredictionRow {
  readonly category: string | null;
  readonly probability: number;
  readonly best: string;
  readonly reason: string | null;
  readonly candidates: string;
  readonly typicality: number | null;
  readonly sha256: string;
}

/** Items decided in one transaction, so that thousands of them do not hold the database at once. */
const SETTLE_BATCH = 500;

export const PREDICTIONS_OF_ITEM = `
  SELECT pr.category, pr.probability, pr.best, pr.reason, pr.candidates, pr.typicality, b.sha256,
    min(pi.position) AS position
  FROM product_images pi
  JOIN images i ON i.id = pi.image_id
  JOIN blobs b ON b.id = i.blob_id AND b.state NOT IN ('refused', 'quarantined')
  JOIN predictions pr ON pr.blob_id = b.id AND pr.model_id = :model
  WHERE pi.product_id = :product AND NOT ${IS_BAD_PICTURE}
  GROUP BY b.id
  ORDER BY position`;

/** The latest other model that has seen a usable picture of the item which this one has not. */
export const STILL_OF_ANOTHER = `
  SELECT o.model_id AS model FROM product_images pi
  JOIN images i ON i.id = pi.image_id
  JOIN blobs b ON b.id = i.blob_id AND b.state NOT IN ('refused', 'quarantined')
  JOIN predictions o ON o.blob_id = b.id AND o.model_id <> :model
  WHERE pi.product_id = :product AND NOT ${IS_BAD_PICTURE}
    AND NOT EXISTS (SELECT 1 FROM predictions n WHERE n.blob_id = b.id AND n.model_id = :model)
  ORDER BY o.at DESC`;

interface Decider {
  readonly fingerprint: ModelFingerprint;
  readonly model: number;
  readonly decide: DecideItem;
}

export class ItemDecisions {
  readonly #db: Connection;
  #decider: Decider | null = null;
  /** Of the models before, while the current one has not seen every item. */
  #before: readonly Decider[] = [];

  constructor(db: Connection) {
    this.#db = db;
  }

  /** `version` names all that shapes a decision; when it is not the last one, every item is decided anew. */
  use(fingerprint: ModelFingerprint, decide: DecideItem, version: string | null, now: number): void {
    this.#decider = this.#withRow({ model: fingerprint, decide });
    if (version !== null) this.#startVersion(this.#decider.model, version);
    let settled = SETTLE_BATCH;
    while (settled === SETTLE_BATCH) settled = this.settle(now);
  }

  isOf(model: ModelFingerprint): boolean {
    return this.#decider?.fingerprint === model;
  }

  /** Another model decides from now on, each item once it has seen its pictures; until then those `before` do. */
  serveWith(current: ServingDecider, before: readonly ServingDecider[]): void {
    this.#decider = this.#withRow(current);
    this.#before = before.map((one) => this.#withRow(one));
  }

  #withRow({ model: fingerprint, decide }: ServingDecider): Decider {
    return { fingerprint, decide, model: this.#db.transaction(() => modelRow(this.#db, fingerprint)) };
  }

  /** Decides items that wait for it. Returns how many; none while no decider is known. */
  settle(now: number): number {
    const decider = this.#decider;
    const db = this.#db;
    if (decider === null) return 0;
    return db.transaction(() => {
      const items = db.all<{ product_id: number }>('SELECT product_id FROM undecided LIMIT ?', [
        SETTLE_BATCH,
      ]);
      for (const { product_id: product } of items) {
        this.#decide(product, decider, now);
        db.run('DELETE FROM undecided WHERE product_id = ?', [product]);
      }
      return items.length;
    });
  }

  /** Decides the item in the caller's transaction, or has it wait for a decider. */
  redecide(product: number, now: number): void {
    if (this.#decider === null) {
      this.#db.run('INSERT OR IGNORE INTO undecided (product_id) VALUES (?)', [product]);
    } else this.#decide(product, this.#decider, now);
  }

  /** Likewise, after a person said something: what models said before holds no longer, should one of them come back. */
  relabelled(product: number, now: number): void {
    if (this.#decider !== null) {
      this.#db.run('DELETE FROM item_predictions WHERE product_id = ? AND model_id <> ?', [
        product,
        this.#decider.model,
      ]);
    }
    this.redecide(product, now);
  }

  /** Every item that shows the picture. */
  redecideItemsOf(blob: number, now: number): void {
    const items = this.#db.all<{ product_id: number }>(
      `SELECT DISTINCT pi.product_id FROM images i JOIN product_images pi ON pi.image_id = i.id
       WHERE i.blob_id = ?`,
      [blob],
    );
    for (const { product_id: product } of items) this.redecide(product, now);
  }

  #decide(product: number, current: Decider, now: number): void {
    const db = this.#db;
    const before = this.#stillOfAnother(product, current);
    decideItem(db, product, before ?? current, now);
    // What it said of the item's pictures of then would be shown in place of what counts now.
    if (before !== null) {
      db.run('DELETE FROM item_predictions WHERE product_id = ? AND model_id = ?', [product, current.model]);
    }
  }

  #stillOfAnother(product: number, { model }: Decider): Decider | null {
    if (this.#before.length === 0) return null;
    for (const row of this.#db.all<{ model: number }>(STILL_OF_ANOTHER, { product, model })) {
      const before = this.#before.find((one) => one.model === row.model);
      if (before !== undefined) return before;
    }
    return null;
  }

  #startVersion(model: number, version: string): void {
    const db = this.#db;
    db.transaction(() => {
      const same = db.get('SELECT 1 FROM models WHERE id = ? AND decider = ?', [model, version]);
      if (same !== undefined) return;
      // The others forget theirs: what changes from now on is decided by this one only.
      db.run('UPDATE models SET decider = CASE WHEN id = ? THEN ? END', [model, version]);
      db.run(
        `INSERT OR IGNORE INTO undecided (product_id)
         SELECT product_id FROM product_images UNION SELECT product_id FROM text_predictions`,
      );
    });
  }
}

export function savePrediction(db: Connection, blob: number, prediction: Prediction, now: number): void {
  db.run(
    `INSERT INTO predictions
       (blob_id, model_id, category, probability, best, reason, candidates, typicality, at)
     VALUES (:blob, :model, :category, :probability, :best, :reason, :candidates, :typicality, :now)
     ON CONFLICT (blob_id, model_id) DO UPDATE SET category = excluded.category,
       probability = excluded.probability, best = excluded.best, reason = excluded.reason,
       candidates = excluded.candidates, typicality = excluded.typicality, at = excluded.at`,
    {
      blob,
      model: modelRow(db, prediction.model),
      now,
      typicality: prediction.typicality,
      ...columnsOf(prediction),
    },
  );
}

/** Writes the item's decision, or takes it away when nothing is left to decide from. */
function decideItem(db: Connection, product: number, decider: Decider, now: number): void {
  const { model } = decider;
  const rows = db.all<PredictionRow>(PREDICTIONS_OF_ITEM, { product, model });
  const text = textPredictionOf(db, product);
  const told =
    rows.length === 0 && text === null
      ? null
      : decider.decide(
          rows.map((row) => toPrediction(row, decider.fingerprint)),
          text,
        );
  const decision = overruled(told, personSaid(db, product), decider.fingerprint);
  if (decision === null) {
    db.run('DELETE FROM item_predictions WHERE product_id = ? AND model_id = ?', [product, model]);
    return;
  }
  db.run(
    `INSERT INTO item_predictions (product_id, model_id, category, probability, best, reason, candidates,
       evidence, decided_at)
     VALUES (:product, :model, :category, :probability, :best, :reason, :candidates, :evidence, :now)
     ON CONFLICT (product_id, model_id) DO UPDATE SET category = excluded.category,
       probability = excluded.probability, best = excluded.best, reason = excluded.reason,
       candidates = excluded.candidates, evidence = excluded.evidence,
       decided_at = CASE WHEN category IS excluded.category THEN decided_at ELSE excluded.decided_at END`,
    { product, model, now, evidence: evidenceOf(decision, rows), ...columnsOf(decision) },
  );
}

const BY_A_PERSON: Evidence = { by: 'person', words: [], text: null, pictures: null, picture: null };

/** What a person said goes before what words and pictures say, which is kept beside it. */
function overruled(
  told: Prediction | null,
  said: ReturnType<typeof personSaid>,
  model: ModelFingerprint,
): Prediction | null {
  if (said === null) return told;
  const { category } = said;
  const reason = category === null ? 'none-of-these' : null;
  if (told !== null) {
    return { ...told, category, reason, evidence: { ...(told.evidence ?? BY_A_PERSON), by: 'person' } };
  }
  if (category === null) return null;
  const alone = { probability: 1, best: category, candidates: [], typicality: null, model };
  return { category, reason, ...alone, evidence: BY_A_PERSON };
}

/** What it rests on, with the picture by its name; null where the decider does not say. */
function evidenceOf({ evidence }: Prediction, rows: readonly PredictionRow[]): string | null {
  if (evidence === undefined) return null;
  const picture = evidence.picture === null ? null : (rows[evidence.picture]?.sha256 ?? null);
  return JSON.stringify({ ...evidence, picture });
}

function columnsOf(prediction: Prediction): {
  readonly category: string | null;
  readonly probability: number;
  readonly best: string;
  readonly reason: string | null;
  readonly candidates: string;
} {
  const { category, probability, best, reason, candidates } = prediction;
  const pairs = candidates.map((candidate) => [candidate.category, candidate.probability]);
  return { category, probability, best, reason, candidates: JSON.stringify(pairs) };
}

function toPrediction(row: PredictionRow, model: ModelFingerprint): Prediction {
  const pairs = JSON.parse(row.candidates) as [CategoryId, number][];
  const candidates: Candidate[] = pairs.map(([category, probability]) => ({ category, probability }));
  return {
    category: row.category as CategoryId | null,
    probability: row.probability,
    best: row.best as CategoryId,
    candidates,
    reason: row.reason as UnknownReason | null,
    typicality: row.typicality,
    model,
  };
}
