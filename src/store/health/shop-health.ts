/**
 * Judges the runs of shops and keeps the verdicts.
 *
 * A run is judged in the transaction that ends it, and once more when pictures have been classified after it: the
 * verdict of a run stands from the moment the run has ended, whatever kills the process.
 */
import type { Finding, HealthLevel, RunHealth, RunMeasures } from '../../domain/health.js';
import type { Connection } from '../connection.js';
import { judge } from './judge.js';
import type { HealthLimits } from './judge.js';
import { measureDecisions, measureItems, measuresOf } from './measures.js';

interface EndedRun {
  readonly id: number;
  readonly shop_id: number;
  readonly started_at: number;
}

/** The runs that are the usual for one of their shop. */
const USUAL_RUNS = `
  SELECT r.id FROM runs r JOIN run_measures m ON m.run_id = r.id JOIN shops s ON s.id = r.shop_id
  WHERE r.shop_id = :shop AND r.status = 'finished' AND m.level <> 'red'
    AND r.started_at < :before AND r.started_at >= COALESCE(s.usual_from, 0)
  ORDER BY r.started_at DESC LIMIT :limit`;

const RUN_BEFORE = `
  SELECT r.id FROM runs r JOIN run_measures m ON m.run_id = r.id
  WHERE r.shop_id = :shop AND m.level IS NOT NULL AND (r.started_at, r.id) < (:before, :run)
  ORDER BY r.started_at DESC, r.id DESC LIMIT 1`;

const LATEST_RUN = `
  SELECT r.id, r.shop_id, r.started_at, m.level FROM runs r LEFT JOIN run_measures m ON m.run_id = r.id
  WHERE r.shop_id = ? ORDER BY r.started_at DESC, r.id DESC LIMIT 1`;

export class ShopHealth {
  readonly #db: Connection;
  readonly #limits: HealthLimits;
  /** Rows of shops whose items may have been decided since their latest run was judged; at first all. */
  readonly #undecided: Set<number>;

  constructor(db: Connection, limits: HealthLimits) {
    this.#db = db;
    this.#limits = limits;
    this.#undecided = new Set(db.all<{ id: number }>('SELECT id FROM shops').map(({ id }) => id));
  }

  /** Judges every run of the shop that has ended and was not judged. */
  judgeEnded(shop: number): void {
    const runs = this.#db.all<EndedRun>(
      `SELECT r.id, r.shop_id, r.started_at FROM runs r JOIN run_measures m ON m.run_id = r.id
       WHERE r.shop_id = ? AND r.status <> 'running' AND m.level IS NULL ORDER BY r.started_at, r.id`,
      [shop],
    );
    for (const run of runs) {
      measureItems(this.#db, run.id, shop);
      measureDecisions(this.#db, run.id, shop);
      this.#judge(run);
    }
  }

  /** The picture's items have a decision: their shops' latest runs are to be judged anew. */
  decided(blob: number): void {
    const shops = this.#db.all<{ shop_id: number }>('SELECT shop_id FROM images WHERE blob_id = ?', [blob]);
    for (const { shop_id: shop } of shops) this.#undecided.add(shop);
  }

  /**
   * Judges the latest run of up to `limit` shops anew whose items were decided since, those that are running left
   * for later. Counting a shop's items takes a while, so a daemon at work asks for one shop at a time.
   */
  review(limit: number): void {
    let reviewed = 0;
    for (const shop of this.#undecided) {
      if (reviewed >= limit) return;
      this.#undecided.delete(shop);
      const run = this.#db.get<EndedRun & { readonly level: HealthLevel | null }>(LATEST_RUN, [shop]);
      // A run that goes on is measured when it ends.
      if (run === undefined || run.level === null) continue;
      reviewed += 1;
      this.#db.transaction(() => {
        measureDecisions(this.#db, run.id, shop);
        this.#judge(run);
      });
    }
  }

  /** Null while the run goes on. */
  of(run: number): RunHealth | null {
    const row = this.#db.get<{ level: HealthLevel | null }>(
      'SELECT level FROM run_measures WHERE run_id = ?',
      [run],
    );
    if (row === undefined || row.level === null) return null;
    return { level: row.level, findings: findingsOf(this.#db, run) };
  }

  #judge({ id, shop_id: shop, started_at: before }: EndedRun): void {
    const db = this.#db;
    const limit = this.#limits.usual_runs;
    const usual = db.all<{ id: number }>(USUAL_RUNS, { shop, before, limit });
    const last = db.get<{ id: number }>(RUN_BEFORE, { shop, before, run: id });
    const health = judge(
      measuresOf(db, id),
      usual.map((run): RunMeasures => measuresOf(db, run.id)),
      last === undefined ? [] : findingsOf(db, last.id),
      this.#limits,
    );
    db.run('UPDATE run_measures SET level = ? WHERE run_id = ?', [health.level, id]);
    db.run('DELETE FROM run_findings WHERE run_id = ?', [id]);
    for (const { code, level, what, since } of health.findings) {
      db.run('INSERT INTO run_findings (run_id, code, level, what, since) VALUES (?, ?, ?, ?, ?)', [
        id,
        code,
        level,
        what,
        since,
      ]);
    }
  }
}

/** The worst first. */
export function findingsOf(db: Connection, run: number): Finding[] {
  return db.all<Finding>(
    `SELECT code, level, what, since FROM run_findings WHERE run_id = ? ORDER BY level = 'red' DESC, since, code`,
    [run],
  );
}
