/** What `status` shows: shops, their latest runs, and what waits. */
import type { Finding, Heartbeat, HealthLevel } from '../domain/health.js';
import type { ShopId } from '../domain/ids.js';
import type { Renewal } from '../domain/renewal.js';
import type { Connection } from './connection.js';
import { lastBeat } from './health/heartbeat.js';
import { findingsOf } from './health/shop-health.js';
import { wantedImages } from './image-queue.js';
import { waitingPictures } from './picture-queue.js';
import { chanceFigure } from './review/chance-figure.js';
import type { ChanceFigure } from './review/chance-figure.js';
import { renewalState } from './renewal/renewals.js';
import { countWaitingTexts } from './texts.js';

export interface ShopSummary {
  readonly shop: ShopId;
  readonly name: string;
  readonly active: boolean;
  /** ISO 8601 UTC. */
  readonly lastRun: string | null;
  readonly lastStatus: 'running' | 'finished' | 'failed' | null;
  /** When the latest run that finished did so. */
  readonly lastSuccess: string | null;
  /** How the latest run that ended went; null before the first. */
  readonly health: ShopVerdict | null;
  readonly items: number;
  readonly vanished: number;
  /** 0 to 1; null without items. */
  readonly unknownShare: number | null;
  readonly pagesDone: number;
  readonly pagesDropped: number;
  readonly pagesWaiting: number;
  readonly picturesRefused: number;
  readonly lastError: string | null;
}

interface ShopVerdict {
  readonly level: HealthLevel;
  /** Start of the judged run, ISO 8601 UTC. */
  readonly run: string;
  readonly problems: readonly Problem[];
  readonly itemsOnSale: number;
  readonly productPages: number;
  /** Share of the product pages with each field, 0 to 1; empty without product pages. */
  readonly fields: Readonly<Record<string, number>>;
  /** Visits by how they ended. */
  readonly outcomes: Readonly<Record<string, number>>;
}

/** A finding; `since` as ISO 8601 UTC. */
type Problem = Omit<Finding, 'since'> & { readonly since: string };

export interface StoreSummary {
  readonly shops: readonly ShopSummary[];
  /** Picture URLs to download. */
  readonly imagesWanted: number;
  /** Pictures that wait for inference. */
  readonly picturesStored: number;
  /** Items whose words wait to be read. */
  readonly textsWaiting: number;
  readonly picturesRefused: number;
  readonly picturesQuarantined: number;
  readonly labels: number;
  /** How often the current model is right of items that were drawn by chance. */
  readonly chance: ChanceFigure;
  /** Fingerprint of the current model, or null before the first. */
  readonly model: string | null;
  /** How far the items have been seen again by the current model; null before the first model. */
  readonly renewal: Renewal | null;
  /** Of the daemon that runs, or was killed; null where none runs. */
  readonly heartbeat: Heartbeat | null;
}

/** What each shop is like, by id. */
export function shopSummaries(db: Connection): ShopSummary[] {
  const shops = db.all<Omit<ShopSummary, 'active' | 'health'> & { readonly active: number }>(
    `SELECT shop, name, active, last_run AS lastRun, last_status AS lastStatus,
       last_success AS lastSuccess, items, vanished,
       unknown_share AS unknownShare, pages_done AS pagesDone, pages_dropped AS pagesDropped,
       pages_waiting AS pagesWaiting, pictures_refused AS picturesRefused, last_error AS lastError
     FROM v_shop_health ORDER BY shop`,
  );
  return shops.map((row) => ({ ...row, active: row.active === 1, health: verdictOf(db, row.shop) }));
}

export function summary(db: Connection): StoreSummary {
  const count = (sql: string): number => db.get<{ n: number }>(sql)?.n ?? 0;
  return {
    shops: shopSummaries(db),
    imagesWanted: wantedImages(db),
    picturesStored: waitingPictures(db),
    textsWaiting: countWaitingTexts(db),
    picturesRefused: count(`SELECT count(*) AS n FROM blobs WHERE state = 'refused'`),
    picturesQuarantined: count(`SELECT count(*) AS n FROM blobs WHERE state = 'quarantined'`),
    labels: count(`SELECT count(*) AS n FROM v_labels WHERE withdrawn_at IS NULL`),
    chance: chanceFigure(db),
    model:
      db.get<{ fingerprint: string }>(`SELECT fingerprint FROM models WHERE role = 'current'`)?.fingerprint ??
      null,
    renewal: renewalState(db),
    heartbeat: lastBeat(db),
  };
}

function verdictOf(db: Connection, shop: ShopId): ShopVerdict | null {
  const row = db.get<{
    run: number;
    started_at: string;
    health: HealthLevel;
    items: number;
    product_pages: number;
    outcomes: string;
  }>(
    `SELECT run, started_at, health, items, product_pages, outcomes FROM v_runs
     WHERE shop = ? AND health IS NOT NULL ORDER BY started_at DESC, run DESC LIMIT 1`,
    [shop],
  );
  if (row === undefined) return null;
  const fields = db.all<{ field: string; share: number }>(
    'SELECT field, share FROM v_run_fields WHERE run = ? AND share IS NOT NULL',
    [row.run],
  );
  return {
    level: row.health,
    run: row.started_at,
    problems: findingsOf(db, row.run).map((one) => ({ ...one, since: isoSeconds(one.since) })),
    itemsOnSale: row.items,
    productPages: row.product_pages,
    fields: Object.fromEntries(fields.map(({ field, share }) => [field, share])),
    outcomes: JSON.parse(row.outcomes) as Record<string, number>,
  };
}

/** As the views write times. */
function isoSeconds(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
