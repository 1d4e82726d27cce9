/**
 * Labels on their way to and from another catalogue. Items are named by shop and address, else by shop and SKU, as
 * their numbers are this file's own; times and names stay what they were.
 *
 * Taking in is idempotent: a label that is here already is left alone. Of an item that was judged here later, an older
 * answer is not taken in: labels count in the order of their numbers, so that it would overrule the later one.
 */
import type { ExchangedLabel, ImportedLabels } from '../../domain/review.js';
import type { Connection } from '../connection.js';

interface LabelRow extends Omit<ExchangedLabel, 'at' | 'withdrawn_at'> {
  readonly at: number;
  readonly withdrawn_at: number | null;
}

/** In the order in which they were given, those taken back included. */
export function exchangedLabels(db: Connection): ExchangedLabel[] {
  const rows = db.all<LabelRow>(`
    SELECT s.key AS shop, p.url, p.sku, b.sha256 AS picture, l.verdict, l.category, l.sample, l.labelled_by, l.at,
      w.labelled_by AS withdrawn_by, w.at AS withdrawn_at
    FROM labels l
    LEFT JOIN products p ON p.id = l.product_id LEFT JOIN shops s ON s.id = p.shop_id
    LEFT JOIN blobs b ON b.id = COALESCE(l.seen_blob_id, l.blob_id)
    LEFT JOIN labels w ON w.withdraws = l.id
    WHERE l.verdict <> 'withdrawn' ORDER BY l.id`);
  const iso = (at: number): string => new Date(at).toISOString();
  return rows.map((row) => ({
    ...row,
    at: iso(row.at),
    withdrawn_at: row.withdrawn_at === null ? null : iso(row.withdrawn_at),
  }));
}

/** In the caller's transaction. `changed` is told of each label that is new, or newly taken back. */
export function importLabels(
  db: Connection,
  labels: readonly ExchangedLabel[],
  changed: (label: number) => void,
): ImportedLabels {
  const report = { added: 0, withdrawn: 0, known: 0, unknownItem: 0, outdated: 0 };
  for (const label of [...labels].sort((one, other) => Date.parse(one.at) - Date.parse(other.at))) {
    const subject = subjectOf(db, label);
    if (subject === null) {
      report.unknownItem += 1;
      continue;
    }
    const known = sameLabel(db, subject, label);
    if (known === null && isOutdated(db, subject, label)) {
      report.outdated += 1;
      continue;
    }
    const id = known ?? insert(db, subject, label);
    const isTakenBack = takeBack(db, id, label);
    if (known === null) report.added += 1;
    else if (isTakenBack) report.withdrawn += 1;
    else report.known += 1;
    if (known === null || isTakenBack) changed(id);
  }
  return report;
}

interface Subject {
  readonly product: number | null;
  readonly blob: number | null;
  /** The picture that was seen, where it is here. */
  readonly seen: number | null;
}

/** Null where what the label is about is not in this catalogue. */
function subjectOf(db: Connection, { verdict, shop, url, sku, picture }: ExchangedLabel): Subject | null {
  const seen =
    picture === null
      ? null
      : (db.get<{ id: number }>('SELECT id FROM blobs WHERE sha256 = ?', [picture])?.id ?? null);
  if (verdict === 'bad-picture') return seen === null ? null : { product: null, blob: seen, seen };
  const at = db.all<{ id: number }>(
    'SELECT id FROM products WHERE url = ? AND shop_id = (SELECT id FROM shops WHERE key = ?)',
    [url, shop],
  );
  const named = db.get<{ id: number }>(
    'SELECT id FROM products WHERE natural_key = ? AND shop_id = (SELECT id FROM shops WHERE key = ?)',
    [`sku:${sku ?? ''}`, shop],
  );
  const product = at.length === 1 ? at[0] : (at.find(({ id }) => id === named?.id) ?? named);
  return product === undefined ? null : { product: product.id, blob: null, seen };
}

function sameLabel(db: Connection, { product, blob }: Subject, label: ExchangedLabel): number | null {
  const row = db.get<{ id: number }>(
    `SELECT id FROM labels WHERE product_id IS ? AND blob_id IS ? AND verdict = ? AND category IS ? AND labelled_by = ? AND at = ?`,
    [product, blob, label.verdict, label.category, label.labelled_by, Date.parse(label.at)],
  );
  return row?.id ?? null;
}

/** Pictures are never called good, so that only items have answers that differ. */
function isOutdated(db: Connection, { product }: Subject, { at }: ExchangedLabel): boolean {
  if (product === null) return false;
  const later = db.get(
    `SELECT 1 FROM labels l WHERE l.product_id = ? AND l.at > ? AND l.verdict IN ('category', 'none')
       AND NOT EXISTS (SELECT 1 FROM labels w WHERE w.withdraws = l.id)`,
    [product, Date.parse(at)],
  );
  return later !== undefined;
}

function insert(db: Connection, { product, blob, seen }: Subject, label: ExchangedLabel): number {
  return db.run(
    `INSERT INTO labels (product_id, blob_id, category, labelled_by, at, verdict, seen_blob_id, sample)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      product,
      blob,
      label.category,
      label.labelled_by,
      Date.parse(label.at),
      label.verdict,
      seen,
      label.sample,
    ],
  ).id;
}

/** Returns whether it stood until now. */
function takeBack(
  db: Connection,
  id: number,
  { withdrawn_by: by, withdrawn_at: at }: ExchangedLabel,
): boolean {
  if (by === null || at === null) return false;
  const { changes } = db.run(
    `INSERT OR IGNORE INTO labels (product_id, blob_id, category, labelled_by, at, verdict, withdraws)
     SELECT product_id, blob_id, NULL, ?, ?, 'withdrawn', id FROM labels WHERE id = ?`,
    [by, Date.parse(at), id],
  );
  return changes === 1;
}
