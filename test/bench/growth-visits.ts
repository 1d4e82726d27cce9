/** What a crawl asks of a large catalogue: addresses claimed, and pages committed by what was found at them. */
import Database from 'better-sqlite3';
import type { FrontierEntry, PageVisit } from '../../src/domain/crawl.js';
import type { ShopId } from '../../src/domain/ids.js';
import type { Store } from '../../src/store/store.js';
import { shopOf } from '../unit/fetch/fixtures.js';
import { productReading } from './product-reading.js';
import { median } from './rounds.js';
import { cpuMsSince, LEAST_MS } from './timed.js';

const CLAIM = 50;
const ROUNDS = 3;
const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 5, 1);
/** With the most items. */
const BIG = 'shop-1' as ShopId;

/** An address for each item, every second one due. */
export function addFrontier(path: string, size: number): void {
  const db = new Database(path);
  db.exec(`
    INSERT INTO runs (id, shop_id, slot, status, started_at, finished_at)
    SELECT id, id, '2026-05-31T00:00:00.000Z', 'finished', ${NOW - 24 * HOUR}, ${NOW - 23 * HOUR} FROM shops;
    INSERT INTO frontier (id, shop_id, url, kind, depth, state, run_id, due_at, added_at, rank, visited_at, settled_at)
    SELECT id, shop_id, url, 'product', 2, 'done', 1,
      ${NOW} + ((id * 7919) % 48 - 24) * ${HOUR}, 1, 66, ${NOW - 24 * HOUR}, ${NOW - 24 * HOUR}
    FROM products WHERE id <= ${size};
    INSERT INTO pages (frontier_id, etag, content_hash, product_id, read_at, visited_at)
    SELECT id, '"' || id || '"', hex(randomblob(32)), id, visited_at, visited_at FROM frontier;`);
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
}

/** Milliseconds of CPU, the mean of a commit. */
interface Visits {
  readonly claim: number;
  readonly unchanged: number;
  readonly changed: number;
  readonly added: number;
}

const visited = new WeakMap<Store, Visits>();

/** Pages of the big shop: what a visit takes by what it found. Done once for each store. */
export function visits(store: Store, shops: number): Visits {
  const before = visited.get(store);
  if (before !== undefined) return before;
  store.syncShops(Array.from({ length: shops }, (_, n) => shopOf([], { id: `shop-${n + 1}` as ShopId })));
  const run = store.beginRun(BIG, new Date(NOW).toISOString(), NOW);
  if (run === null) throw new Error('the run was begun before');
  const claiming: number[] = [];
  const committing = (visitOf: (entry: FrontierEntry) => PageVisit): number => {
    const all: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const start = process.cpuUsage();
      const entries = store.claimPages(run, CLAIM, NOW, HOUR);
      claiming.push(cpuMsSince(start));
      if (entries.length < CLAIM) throw new Error(`claimed ${entries.length} instead of ${CLAIM}`);
      for (const entry of entries) {
        const visit = visitOf(entry);
        const commit = process.cpuUsage();
        store.commitVisit(run, entry, visit, NOW);
        all.push(cpuMsSince(commit));
      }
    }
    return Math.max(LEAST_MS, all.reduce((sum, ms) => sum + ms, 0) / all.length);
  };
  const unchanged = committing(() => ({
    kind: 'unchanged',
    validators: { etag: null, lastModified: null },
  }));
  const changed = committing(({ url }) => {
    const number = Number(url.split('/').at(-1));
    return productReading(url, number, [], { sku: `S${number}`, title: `Reduced garment ${number}` });
  });
  const added = committing(({ url }) => productReading(url, Number(url.split('/').at(-1))));
  store.finishRun(run.id, 'finished', NOW);
  const measured = { claim: Math.max(LEAST_MS, median(claiming)), unchanged, changed, added };
  visited.set(store, measured);
  return measured;
}
