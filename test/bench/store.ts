/**
 * The store beside the statements that nobody could do without, run by better-sqlite3 alone on a file of the same pragmas:
 * product pages committed one a transaction, and items read. The store also keeps history, search text, pictures, words,
 * variants and the counts by which a shop's health is judged, and reads them. By turns in one run, of CPU times.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import Table from 'cli-table3';
import type { ProductId, ShopId } from '../../src/domain/ids.js';
import { createLog } from '../../src/platform/log.js';
import { openStore } from '../../src/store/store.js';
import { shopOf } from '../unit/fetch/fixtures.js';
import { productReading } from './product-reading.js';
import { barText, machineText, median } from './rounds.js';
import type { BenchBar } from './rounds.js';
import { cpuMsSince } from './timed.js';

const ROUNDS = 5;
const ITEMS = 2000;
const READS = 5000;
const NOW = Date.UTC(2026, 5, 1);
const HOUR = 3_600_000;
const log = createLog({ level: 'error', format: 'auto', destination: process.stderr });
/**
 * For a second of CPU. 81 pages a second, which are seven million a day, may take a quarter of a core to commit; 50
 * requests a second, which one caller may send, a fiftieth of one to read an item.
 */
const LEAST = { commits: 324, reads: 2500 };
/** Of what better-sqlite3 alone does: history, search text, words and health take their share, and no more than this. */
const LEAST_SHARE = 0.05;

/** Calls for a second of CPU. */
interface Rates {
  readonly commits: number;
  readonly reads: number;
}

export async function benchStore(rounds = ROUNDS): Promise<readonly BenchBar[]> {
  const [ours, raw]: [Rates[], Rates[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    const folder = mkdtempSync(join(tmpdir(), 'fashiond-bench-store-'));
    try {
      const turns = [
        () => ours.push(storeRates(join(folder, 'store.db'))),
        () => raw.push(rawRates(join(folder, 'raw.db'))),
      ];
      for (const turn of round % 2 === 0 ? turns : turns.reverse()) turn();
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
  return Promise.resolve(report(ours, raw));
}

function storeRates(path: string): Rates {
  const store = openStore(path, { log });
  try {
    store.syncShops([shopOf([], { id: 'shop' as ShopId })]);
    const run = store.beginRun('shop' as ShopId, '2026-06-01T00:00:00.000Z', NOW);
    if (run === null) throw new Error('the run was begun before');
    const urls = Array.from({ length: ITEMS }, (_, at) => `https://shop.example/products/${at}`);
    store.addUrls(
      run,
      urls.map((url) => ({ url, kind: 'product' as const, depth: 1 })),
      NOW,
    );
    const entries = store.claimPages(run, ITEMS, NOW, HOUR);
    const commits = rate(ITEMS, (at) =>
      store.commitVisit(run, entries[at]!, productReading(entries[at]!.url, at), NOW),
    );
    const reads = rate(READS, (at) => {
      if (store.browse.item((1 + ((at * 7919) % ITEMS)) as ProductId) === null)
        throw new Error('an item is missing');
    });
    return { commits, reads };
  } finally {
    store.close();
  }
}

/** One row of the product, one of its offer, and the mark that the page is done, in a transaction; the same read by number. */
function rawRates(path: string): Rates {
  const db = new Database(path);
  try {
    db.pragma('page_size = 16384');
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = NORMAL');
    db.exec(`
      CREATE TABLE frontier (id INTEGER PRIMARY KEY, url TEXT NOT NULL UNIQUE, state TEXT NOT NULL) STRICT;
      CREATE TABLE products (id INTEGER PRIMARY KEY, url TEXT NOT NULL UNIQUE, title TEXT NOT NULL, description TEXT) STRICT;
      CREATE TABLE offers (product_id INTEGER PRIMARY KEY, price INTEGER NOT NULL, currency TEXT NOT NULL) STRICT;`);
    const entry = db.prepare(`INSERT INTO frontier (url, state) VALUES (?, 'leased')`);
    db.transaction(() => {
      for (let at = 0; at < ITEMS; at += 1) entry.run(`https://shop.example/products/${at}`);
    })();
    const product = db.prepare('INSERT INTO products (url, title, description) VALUES (?, ?, ?)');
    const offer = db.prepare('INSERT INTO offers VALUES (?, ?, ?)');
    const done = db.prepare(`UPDATE frontier SET state = 'done' WHERE id = ?`);
    const commit = db.transaction((at: number) => {
      const visit = productReading(`https://shop.example/products/${at}`, at);
      if (visit.kind !== 'read' || visit.reading.product === null) return;
      const { url, title, description } = visit.reading.product;
      const { lastInsertRowid } = product.run(url, title, description);
      offer.run(lastInsertRowid, 4990, 'EUR');
      done.run(at + 1);
    });
    const commits = rate(ITEMS, commit);
    const item = db.prepare('SELECT * FROM products JOIN offers ON product_id = id WHERE id = ?');
    const reads = rate(READS, (at) => {
      if (item.get(1 + ((at * 7919) % ITEMS)) === undefined) throw new Error('an item is missing');
    });
    return { commits, reads };
  } finally {
    db.close();
  }
}

function rate(times: number, work: (at: number) => unknown): number {
  const before = process.cpuUsage();
  for (let at = 0; at < times; at += 1) work(at);
  return times / (cpuMsSince(before) / 1000);
}

function report(ours: readonly Rates[], raw: readonly Rates[]): BenchBar[] {
  const table = new Table({
    head: ['for a second of CPU', 'the store', 'better-sqlite3 alone', 'ratio'],
    colAligns: ['left', 'right', 'right', 'right'],
    style: { head: [], border: [], compact: true },
  });
  const names = { commits: 'product pages committed', reads: 'items read whole' } as const;
  const bars = (Object.keys(names) as (keyof Rates)[]).flatMap((what): BenchBar[] => {
    const rateOf = (all: readonly Rates[]): number => median(all.map((rates) => rates[what]));
    const ratio = median(ours.map((rates, round) => rates[what] / raw[round]![what]));
    table.push([names[what], rateOf(ours).toFixed(0), rateOf(raw).toFixed(0), ratio.toFixed(3)]);
    return [
      { what: `${names[what]} for a second of CPU`, measured: rateOf(ours), required: LEAST[what] },
      { what: `${names[what]}, of better-sqlite3 alone`, measured: ratio, required: LEAST_SHARE },
    ];
  });
  console.log(
    `${ITEMS} product pages, a transaction each, and ${READS} reads in ${ours.length} rounds; ${machineText()}`,
  );
  console.log(table.toString());
  for (const bar of bars) console.log(barText(bar));
  return bars;
}
