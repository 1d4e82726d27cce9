/** Shops, their runs and the models, as the API and the page show them. */
import type { KnownModel, ListPage, ListPosition, RunState, ShopState } from '../../domain/browse.js';
import type { CategoryId, ModelFingerprint, RunId, ShopId } from '../../domain/ids.js';
import type { HealthLevel } from '../../domain/health.js';
import type { Connection } from '../connection.js';
import { shopSummaries } from '../summary.js';
import { iso } from '../view-doc.js';

export function shopStates(db: Connection): ShopState[] {
  return shopSummaries(db).map(({ health, ...shop }) => ({
    ...shop,
    health: health?.level ?? null,
    problems: health?.problems ?? [],
    fields: health?.fields ?? {},
  }));
}

interface RunRow {
  readonly run: number;
  readonly shop: string;
  readonly started_at: string;
  readonly ended_at: string | null;
  readonly status: RunState['status'];
  readonly health: HealthLevel | null;
  readonly problems: string | null;
  readonly items: number | null;
  readonly unknown_share: number | null;
  readonly pages_read: number;
  readonly pages_unchanged: number;
  readonly pages_gone: number;
  readonly throttled: number;
  readonly outcomes: string;
}

/** The latest first; runs are numbered as they begin. */
export function runStates(
  db: Connection,
  shop: ShopId | null,
  limit: number,
  after: ListPosition | null,
): ListPage<RunState> {
  const rows = db.all<RunRow>(
    `SELECT run, shop, started_at, ended_at, status, health, problems, items, unknown_share, pages_read,
       pages_unchanged, pages_gone, throttled, outcomes
     FROM v_runs WHERE run < :before AND (:shop IS NULL OR shop = :shop) ORDER BY run DESC LIMIT :limit`,
    { before: after?.id ?? Number.MAX_SAFE_INTEGER, shop, limit: limit + 1 },
  );
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    rows: shown.map(toRun),
    next: rows.length > limit && last !== undefined ? { value: last.run, id: last.run } : null,
  };
}

function toRun(row: RunRow): RunState {
  return {
    run: row.run as RunId,
    shop: row.shop as ShopId,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    status: row.status,
    health: row.health,
    problems: row.problems,
    items: row.items,
    unknownShare: row.unknown_share,
    pagesRead: row.pages_read,
    pagesUnchanged: row.pages_unchanged,
    pagesGone: row.pages_gone,
    throttled: row.throttled,
    outcomes: JSON.parse(row.outcomes) as Record<string, number>,
  };
}

interface ModelRow {
  readonly fingerprint: string;
  readonly name: string | null;
  readonly role: KnownModel['role'];
  readonly labels: string;
  readonly threshold: number | null;
  readonly loaded_at: string | null;
  readonly pictures: number;
  readonly path: string | null;
}

export const KNOWN_MODELS = `
  SELECT m.fingerprint, m.name, m.role, m.labels, m.threshold, ${iso('m.loaded_at')} AS loaded_at, m.path, m.pictures
  FROM models m ORDER BY m.role IS 'current' DESC, m.role IS 'previous' DESC, m.loaded_at DESC, m.id DESC`;

/** The current one first, then those that were loaded last. */
export function knownModels(db: Connection): KnownModel[] {
  const rows = db.all<ModelRow>(KNOWN_MODELS);
  return rows.map(({ fingerprint, labels, loaded_at: loadedAt, ...row }) => ({
    ...row,
    fingerprint: fingerprint as ModelFingerprint,
    labels: JSON.parse(labels) as CategoryId[],
    loadedAt,
  }));
}
