/**
 * What grows with the catalogue, and how: the same figures at 10,000, 100,000 and 1,000,000 items, and the exponent of
 * each (0: the same at any size; 1: twice as many items, twice as much), judged at the step where it is worst: a jump of the
 * last tenfold counts as it would go on. Times are CPU times. What a user or a crawl waits for must not grow; what goes
 * through everything may grow in proportion and no faster.
 *
 * The curves are written beside RESULTS.md once every size was measured. Lookalikes have a benchmark of their own, which
 * takes the size as well.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import Table from 'cli-table3';
import type { ItemFilter } from '../../src/domain/browse.js';
import type { CategoryId, ProductId, ShopId } from '../../src/domain/ids.js';
import { createLog } from '../../src/platform/log.js';
import { createRevisitPolicy } from '../../src/scheduler/revisit.js';
import { Browsing } from '../../src/store/browse/browsing.js';
import { openForReading } from '../../src/store/open-file.js';
import { openStore } from '../../src/store/store.js';
import type { Store } from '../../src/store/store.js';
import { backUp } from '../../src/store/upkeep/backup.js';
import { EVERY_ITEM } from '../support/every-item.js';
import { exponentOf, stepsOf } from './exponent.js';
import { fillCatalogue, RARE } from './fill-catalogue.js';
import { growthCurves } from './growth-curves.js';
import { addFrontier, visits } from './growth-visits.js';
import { barText, machineText } from './rounds.js';
import { cpuMsSince, LEAST_MS, timed } from './timed.js';
import type { BenchBar } from './rounds.js';

const SIZES = [10_000, 100_000, 1_000_000] as const;
const SHOPS = 400;
const CATEGORIES = 50;
const TIMES = 60;
const PAGE = 50;
const HOUR = 3_600_000;
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
interface Place {
  readonly store: Store;
  readonly path: string;
  readonly size: number;
  /** Over a connection of its own, as the threads that read have one. */
  readonly browse: Browsing;
  /** Resident megabytes, measured before this process opened the store. */
  readonly memory: number;
}

interface Measured {
  readonly unit: 'ms' | 'MB';
  /** The most its exponent may be. */
  readonly most: number;
  readonly of: (place: Place) => number | Promise<number>;
}

/** Milliseconds of CPU that somebody waits for. */
const waited = (of: Measured['of']): Measured => ({ unit: 'ms', most: STEADY, of });
/** Milliseconds of CPU of what goes through everything. */
const whole = (of: Measured['of']): Measured => ({ unit: 'ms', most: LINEAR, of });
/** A page of 50. */
const listed = (filter: (nth: number) => Partial<ItemFilter>): Measured =>
  waited(({ browse }) => cpuOf((nth) => browse.list({ ...EVERY_ITEM, ...filter(nth) }, PAGE, null)));
const cheapest = { order: 'cheapest', currency: 'EUR' } as const;

const MEASURES: Readonly<Record<string, Measured>> = {
  'an item': waited(({ browse, size }) => cpuOf((nth) => browse.item(itemAt(nth, size)))),
  'a page of the catalogue': listed(() => ({})),
  'a page further down': waited(({ browse }) => {
    let { next } = browse.list(EVERY_ITEM, PAGE, null);
    for (let page = 0; page < 20; page += 1) next = browse.list(EVERY_ITEM, PAGE, next).next;
    return cpuOf(() => browse.list(EVERY_ITEM, PAGE, next));
  }),
  'a page of a shop': listed((nth) => ({ shop: `shop-${1 + (nth % 20)}` as ShopId })),
  'a page of a brand': listed((nth) => ({ brand: `Brand ${1 + (nth % 20)}` })),
  'a page of a category, cheapest first': listed((nth) => ({
    ...cheapest,
    category: `category-${1 + (nth % 9)}` as CategoryId,
  })),
  'all of a rare category, cheapest first': listed(() => ({
    ...cheapest,
    category: RARE.category as CategoryId,
  })),
  'a word that many have': listed(() => ({ words: 'striped' })),
  'a word that nobody has': listed(() => ({ words: 'nobody' })),
  'a word of two characters that few have': whole(({ browse }) =>
    cpuOf(() => browse.list({ ...EVERY_ITEM, words: RARE.word }, PAGE, null), 5),
  ),
  'the review queue': waited(({ store }) => cpuOf(() => store.reviews.queue(20), 5)),
  'claiming 50 addresses': waited(({ store }) => visits(store, SHOPS).claim),
  'committing an unchanged page': waited(({ store }) => visits(store, SHOPS).unchanged),
  'committing a page with another price and title': waited(({ store }) => visits(store, SHOPS).changed),
  'committing a new product': waited(({ store }) => visits(store, SHOPS).added),
  'items of each category': whole(({ browse }) => cpuOf(() => browse.categoryCounts(), 5)),
  'the health of the shops': whole(({ browse }) => cpuOf(() => browse.shops(), 5)),
  'opening the store': whole(({ path }) => opening(path)),
  'a backup, read through': whole(({ path }) => backingUp(path)),
  'the database': { unit: 'MB', most: LINEAR, of: ({ path }) => statSync(path).size / 1e6 },
  'memory of a process that reads it': { unit: 'MB', most: STEADY, of: ({ memory }) => memory },
};

/** `most`: the largest size to measure. */
export async function benchGrowth(most: number = SIZES.at(-1)!): Promise<readonly BenchBar[]> {
  const sizes = SIZES.filter((size) => size <= most);
  const measured: Record<string, number>[] = [];
  for (const size of sizes) measured.push(await measureAt(size));
  const figures = Object.entries(MEASURES).map(([name, { unit, most: required }]) => ({
    name,
    unit,
    most: required,
    values: measured.map((values) => values[name]!),
  }));
  report(sizes, figures);
  if (sizes.length === SIZES.length) writeFileSync(CURVES, growthCurves(sizes, figures));
  return figures.map(({ name, most: required, values }) => {
    const bar = {
      what: `exponent of growth at its worst step: ${name}`,
      measured: Math.max(...stepsOf(sizes, values)),
      required,
      atMost: true,
    };
    console.log(barText(bar));
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
    // Takes up what a crawl would have written with each item.
    openStore(path, { log }).close();
    const memory = memoryOf(path, size);
    const store = openStore(path, {
      log,
      revisit: createRevisitPolicy({ minMs: 6 * HOUR, maxMs: 72 * HOUR }),
    });
    const reader = openForReading(path);
    try {
      const place = { store, path, size, browse: new Browsing(reader), memory };
      const values: Record<string, number> = {};
      for (const [name, { of }] of Object.entries(MEASURES)) values[name] = await of(place);
      return values;
    } finally {
      reader.raw.close();
      store.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const itemAt = (nth: number, size: number): ProductId => (1 + ((nth * 7919) % size)) as ProductId;

/** Milliseconds of CPU of the median call, once it has been called. */
function cpuOf(work: (nth: number) => unknown, times = TIMES): number {
  work(0);
  return Math.max(LEAST_MS, timed(times, work).cpuMs);
}

function memoryOf(path: string, size: number): number {
  const script = fileURLToPath(new URL('./growth-memory.js', import.meta.url));
  return Number(execFileSync(process.execPath, [script, path, String(size)], { encoding: 'utf8' }));
}

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

function report(sizes: readonly number[], figures: readonly Figure[]): void {
  const table = new Table({
    head: ['', ...sizes.map((size) => `${size.toLocaleString('en')} items`), 'exponent', 'worst step'],
    colAligns: ['left', ...sizes.map(() => 'right' as const), 'right', 'right'],
    style: { head: [], border: [], compact: true },
  });
  for (const figure of figures) {
    const { name, unit, values } = figure;
    const cells = values.map((value) => `${value >= 100 ? value.toFixed(0) : value.toPrecision(3)} ${unit}`);
    const worst = Math.max(...stepsOf(sizes, values));
    table.push([name, ...cells, exponentOf(sizes, values).toFixed(2), worst.toFixed(2)]);
  }
  console.log(`growth of a catalogue in ${SHOPS} shops; ${machineText()}; milliseconds are of CPU`);
  console.log(table.toString());
}
