/** What `status` shows: shops, their latest runs, and what waits. */
import type { ShopId } from '../domain/ids.js';
import type { Connection } from './connection.js';
import { wantedImages } from './image-queue.js';
import { waitingPictures } from './picture-queue.js';

interface ShopSummary {
  readonly shop: ShopId;
  readonly name: string;
  readonly active: boolean;
  /** ISO 8601 UTC. */
  readonly lastRun: string | null;
  readonly lastStatus: 'running' | 'finished' | 'failed' | null;
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

export interface StoreSummary {
  readonly shops: readonly ShopSummary[];
  /** Picture URLs to download. */
  readonly imagesWanted: number;
  /** Pictures that wait for inference. */
  readonly picturesStored: number;
  readonly picturesRefused: number;
  readonly picturesQuarantined: number;
  readonly labels: number;
  /** Fingerprint of the current model, or null before the first. */
  readonly model: string | null;
}

export function summary(db: Connection): StoreSummary {
  const shops = db.all<Omit<ShopSummary, 'active'> & { readonly active: number }>(
    `SELECT shop, name, active, last_run AS lastRun, last_status AS lastStatus, items, vanished,
       unknown_share AS unknownShare, pages_done AS pagesDone, pages_dropped AS pagesDropped,
       pages_waiting AS pagesWaiting, pictures_refused AS picturesRefused, last_error AS lastError
     FROM v_shop_health ORDER BY shop`,
  );
  const count = (sql: string): number => db.get<{ n: number }>(sql)?.n ?? 0;
  return {
    shops: shops.map((row) => ({ ...row, active: row.active === 1 })),
    imagesWanted: wantedImages(db),
    picturesStored: waitingPictures(db),
    picturesRefused: count(`SELECT count(*) AS n FROM blobs WHERE state = 'refused'`),
    picturesQuarantined: count(`SELECT count(*) AS n FROM blobs WHERE state = 'quarantined'`),
    labels: count('SELECT count(*) AS n FROM labels'),
    model:
      db.get<{ fingerprint: string }>(`SELECT fingerprint FROM models WHERE role = 'current'`)?.fingerprint ??
      null,
  };
}
