/**
 * What grows with the catalogue, and how: the same figures at 10,000, 100,000 and 1,000,000 items, and the exponent of
 * each (0: the same at any size; 1: twice as many items, twice as much). Times are CPU times. What a user or a crawl waits
 * for must not grow; what goes through everything may grow in proportion and no faster.
 *
 * The curves are written beside RESULTS.md. Lookalikes have a benchmark of their own, which takes the size as well.
 */
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import Table from 'cli-table3';
import type { CrawlRun } from '../../src/domain/crawl.js';
import type { CategoryId, ProductId, ShopId } from '../../src/domain/ids.js';
import { createLog } from '../../src/platform/log.js';
import { createRevisitPolicy } from '../../src/scheduler/revisit.js';
import { Browsing } from '../../src/store/browse/browsing.js';
import { openForReading } from '../../src/store/open-file.js';
import { openStore } from '../../src/store/store.js';
import type { Store } from '../../src/store/store.js';
import { backUp } from '../../src/store/upkeep/backup.js';
import { shopOf } from '../unit/fetch/fixtures.js';
import { fillCatalogue } from './fill-catalogue.js';
import { growthCurves } from './growth-curves.js';
import { machineText, median, verdict } from './rounds.js';
import { cpuMsSince, timed } from './timed.js';
import type { BenchBar } from './rounds.js';

const SIZES = [10_000, 100_000, 1_000_000] as const;
const SHOPS = 400;
const CATEGORIES = 50;
const TIMES = 60;
const PAGE = 50;
const CLAIM = 50;
const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 5, 1);
const BIG = 'shop-1' as ShopId;
/** Beside this file's source, wherever it was compiled to. */
const CURVES = fileURLToPath(new URL('../../../test/bench/growth.svg', import.meta.url));
const log = createLog({ level: 'error', format: 'auto', destination: process.stderr });

export interface Figure {
  readonly name: string;
  readonly unit: string;
  /** The most its exponent may be. */
  readonly most: number;
  /** One for each size. */
  readonly values: readonly number[];
}

/** What waits for nobody to go through everything: noise and the depth of an index are let pass. */
const STEADY = 0.25;
/** What goes through everything, or is everything. */
const LINEAR = 1.1;
/** Below this, in milliseconds, a figure is noise of the clock. */
const LEAST_MS = 0.05;

type Measure = (store: Store, path: string, size: number) => number | Promise<number>;

const MEASURES: Readonly<
  Record<string, { readonly unit: string; readonly most: number; readonly of: Measure }>
> = {
  'an item': {
    unit: 'ms',
    most: STEADY,
    of: ({ browse }, _, size) => cpuOf((n) => browse.item(itemAt(n, size))),
  },
  'a page of the catalogue': {
    unit: 'ms',
    most: STEADY,
    of: ({ browse }) => cpuOf(() => browse.list(EVERYTHING, PAGE, null)),
  },
  'a page of a category, cheapest first': {
    unit: 'ms',
    most: STEADY,
    of: ({ browse }) =>
      cpuOf((n) =>
        browse.list(
          {
            ...EVERYTHING,
            order: 'cheapest',
            currency: 'EUR',
            category: `category-${1 + (n % 9)}` as CategoryId,
          },
          PAGE,
          null,
        ),
      ),
  },
  'a page further down': {
    unit: 'ms',
    most: STEADY,
    of: ({ browse }) => {
      let next = browse.list(EVERYTHING, PAGE, null).next;
      for (let page = 0; page < 20; page += 1) next = browse.list(EVERYTHING, PAGE, next).next;
      return cpuOf(() => browse.list(EVERYTHING, PAGE, next));
    },
  },
  'claiming 50 addresses': { unit: 'ms', most: STEADY, of: (store) => claims(store).claimMs },
  'committing an unchanged page': { unit: 'ms', most: STEADY, of: (store) => claims(store).commitMs },
  'the review queue': { unit: 'ms', most: LINEAR, of: ({ reviews }) => cpuOf(() => reviews.queue(20), 5) },
  'items of each category': {
    unit: 'ms',
    most: LINEAR,
    of: (_, path) => counted(path, (browse) => cpuOf(() => browse.categoryCounts(), 5)),
  },
  'the health of the shops': {
    unit: 'ms',
    most: LINEAR,
    of: (_, path) => counted(path, (browse) => cpuOf(() => browse.shops(), 5)),
  },
  'opening the store': { unit: 'ms', most: LINEAR, of: (_, path) => opening(path) },
  'a backup, read through': { unit: 'ms', most: LINEAR, of: (_, path) => backingUp(path) },
  'the database': { unit: 'MB', most: LINEAR, of: (_, path) => statSync(path).size / 1e6 },
  'memory while all this is read': { unit: 'MB', most: STEADY, of: () => process.memoryUsage.rss() / 1e6 },
};

const EVERYTHING = {
  shop: null,
  category: null,
  brand: null,
  words: null,
  inStock: false,
  currency: null,
  minPrice: null,
  maxPrice: null,
  vanished: false,
  order: 'newest',
} as const;

/** `most`: the largest size to measure. */
export async function benchGrowth(most: number = SIZES.at(-1)!): Promise<readonly BenchBar[]> {
  const sizes = SIZES.filter((size) => size <= most);
  const measured: Record<string, number>[] = [];
  for (const size of sizes) measured.push(await measureAt(size));
  const figures = Object.entries(MEASURES).map(([name, { unit, most }]) => ({
    name,
    unit,
    most,
    values: measured.map((values) => values[name]!),
  }));
  report(sizes, figures);
  writeFileSync(CURVES, growthCurves(sizes, figures));
  return figures.map((figure) => {
    const bar = {
      what: `exponent of growth: ${figure.name}`,
      measured: exponentOf(sizes, figure),
      required: figure.most,
      atMost: true,
    };
    console.log(`${verdict(bar)} ${bar.what}: ${bar.measured.toFixed(2)}, at most ${bar.required}`);
    return bar;
  });
}

async function measureAt(size: number): Promise<Record<string, number>> {
  const folder = mkdtempSync(join(tmpdir(), 'fashiond-bench-growth-'));
  try {
    const path = join(folder, 'growth.db');
    openStore(path, { log }).close();
    fillCatalogue(path, { items: size, shops: SHOPS, categories: CATEGORIES });
    addFrontier(path, size);
    const store = openStore(path, {
      log,
      revisit: createRevisitPolicy({ minMs: 6 * HOUR, maxMs: 72 * HOUR }),
    });
    try {
      const values: Record<string, number> = {};
      for (const [name, { of }] of Object.entries(MEASURES)) values[name] = await of(store, path, size);
      return values;
    } finally {
      store.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** An address for each item, half of them in one big shop, every second one due. */
function addFrontier(path: string, size: number): void {
  const db = new Database(path);
  db.exec(`
    INSERT INTO runs (id, shop_id, slot, status, started_at, finished_at)
    SELECT id, id, '2026-05-31T00:00:00.000Z', 'finished', ${NOW - 24 * HOUR}, ${NOW - 23 * HOUR} FROM shops;
    INSERT INTO frontier (id, shop_id, url, kind, depth, state, run_id, due_at, added_at, rank, visited_at, settled_at)
    SELECT id, CASE id % 2 WHEN 0 THEN 1 ELSE shop_id END, url, 'product', 2, 'done', 1,
      ${NOW} + ((id * 7919) % 48 - 24) * ${HOUR}, 1, 66, ${NOW - 24 * HOUR}, ${NOW - 24 * HOUR}
    FROM products WHERE id <= ${size};
    INSERT INTO pages (frontier_id, etag, content_hash, product_id, read_at, visited_at)
    SELECT id, '"' || id || '"', hex(randomblob(32)), id, visited_at, visited_at FROM frontier;`);
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
}

const itemAt = (nth: number, size: number): ProductId => (1 + ((nth * 7919) % size)) as ProductId;

/** Through a connection of its own, as the thread that counts has one. */
function counted(path: string, count: (browse: Browsing) => number): number {
  const db = openForReading(path);
  try {
    return count(new Browsing(db));
  } finally {
    db.raw.close();
  }
}

/** Milliseconds of CPU of the median call, once it has been called. */
function cpuOf(work: (nth: number) => unknown, times = TIMES): number {
  work(0);
  return Math.max(LEAST_MS, timed(times, work).cpuMs);
}

let slot = 0;

/** Of the big shop: claimed, and all of them found unchanged. */
function claims(store: Store): { readonly claimMs: number; readonly commitMs: number } {
  store.syncShops(Array.from({ length: SHOPS }, (_, n) => shopOf([], { id: `shop-${n + 1}` as ShopId })));
  slot += 1;
  const run: CrawlRun | null = store.beginRun(BIG, new Date(NOW + slot * 1000).toISOString(), NOW);
  if (run === null) throw new Error('the run was begun before');
  const [claiming, committing]: [number[], number[]] = [[], []];
  for (let round = 0; round < 20; round += 1) {
    const before = process.cpuUsage();
    const entries = store.claimPages(run, CLAIM, NOW, HOUR);
    claiming.push(cpuMsSince(before));
    if (entries.length < CLAIM) throw new Error(`claimed ${entries.length} instead of ${CLAIM}`);
    for (const entry of entries) {
      const start = process.cpuUsage();
      store.commitVisit(
        run,
        entry,
        { kind: 'unchanged', validators: { etag: null, lastModified: null } },
        NOW,
      );
      committing.push(cpuMsSince(start));
    }
  }
  store.finishRun(run.id, 'finished', NOW);
  return { claimMs: Math.max(LEAST_MS, median(claiming)), commitMs: Math.max(LEAST_MS, mean(committing)) };
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

/** As at the start of the daemon, beside the one that is open: quick_check and all. */
function opening(path: string): number {
  const copy = `${path}.copy`;
  const from = new Database(path, { readonly: true });
  from.exec(`VACUUM INTO '${copy}'`);
  from.close();
  const ms = cpuOf(() => openStore(copy, { log }).close(), 2);
  rmSync(copy);
  return ms;
}

async function backingUp(path: string): Promise<number> {
  const before = process.cpuUsage();
  await backUp(path, `${path}.backup`);
  const ms = cpuMsSince(before);
  rmSync(`${path}.backup`);
  return ms;
}

/** Slope of the least-squares line through the logarithms. */
export function exponentOf(sizes: readonly number[], { values }: Pick<Figure, 'values'>): number {
  const [x, y] = [sizes.map(Math.log), values.map(Math.log)];
  const [meanX, meanY] = [mean(x), mean(y)];
  const spread = x.reduce((sum, one) => sum + (one - meanX) ** 2, 0);
  return x.reduce((sum, one, at) => sum + (one - meanX) * (y[at]! - meanY), 0) / spread;
}

function report(sizes: readonly number[], figures: readonly Figure[]): void {
  const table = new Table({
    head: ['', ...sizes.map((size) => `${size.toLocaleString('en')} items`), 'exponent'],
    colAligns: ['left', ...sizes.map(() => 'right' as const), 'right'],
    style: { head: [], border: [], compact: true },
  });
  for (const figure of figures) {
    const { name, unit, values } = figure;
    const cells = values.map((value) => `${value >= 100 ? value.toFixed(0) : value.toPrecision(3)} ${unit}`);
    table.push([name, ...cells, exponentOf(sizes, figure).toFixed(2)]);
  }
  console.log(`growth of a catalogue in ${SHOPS} shops; ${machineText()}; milliseconds are of CPU`);
  console.log(table.toString());
}
