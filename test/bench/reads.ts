/**
 * What the API and the page read of a catalogue of 100,000 items in 400 shops: each read alone, in CPU time. On what the
 * thread of the event loop answers there is a bar, because everything else waits for it; the rest is answered by threads.
 * Then items through the API of a daemon that crawls, by the clock.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import Table from 'cli-table3';
import type { ItemFilter } from '../../src/domain/browse.js';
import type { CategoryId, ProductId, ShopId } from '../../src/domain/ids.js';
import { createLog } from '../../src/platform/log.js';
import { Browsing } from '../../src/store/browse/browsing.js';
import { openForReading } from '../../src/store/open-file.js';
import { openStore } from '../../src/store/store.js';
import type { Store } from '../../src/store/store.js';
import { EVERY_ITEM } from '../support/every-item.js';
import { fillCatalogue, RARE } from './fill-catalogue.js';
import { readsWhileCrawling } from './reads-while-crawling.js';
import { barText, machineText, quantile } from './rounds.js';
import type { BenchBar } from './rounds.js';
import { cpuMsSince } from './timed.js';

const ITEMS = 100_000;
const SHOPS = 400;
const CATEGORIES = 50;
/** So long anything else waits for the event loop. */
const MOST_LOOP_MS = 20;
/** A person waits for it. */
const QUEUE = 'the review queue';
const MOST_QUEUE_MS = 200;

interface Read {
  readonly name: string;
  readonly times: number;
  /** Answered on the thread of the event loop; others are by a thread, through a connection of its own. */
  readonly isOnLoop: boolean;
  readonly work: (of: Pick<Store, 'browse' | 'reviews'>, nth: number) => unknown;
}

/** Of the event loop. */
const own = (name: string, work: Read['work']): Read => ({ name, times: 500, isOnLoop: true, work });
const list = (name: string, filter: (nth: number) => Partial<ItemFilter>, times = 100): Read => ({
  name: `50 items, ${name}`,
  times,
  isOnLoop: false,
  work: ({ browse }, nth) => browse.list({ ...EVERY_ITEM, ...filter(nth) }, 50, null),
});
const cheapest = { order: 'cheapest', currency: 'EUR' } as const;

const READS: readonly Read[] = [
  own('an item', ({ browse }, nth) => browse.item(itemAt(nth))),
  own('the history of an item', ({ browse }, nth) => browse.history(itemAt(nth))),
  own('24 items by their numbers', ({ browse }, nth) =>
    browse.items(Array.from({ length: 24 }, (_, at) => itemAt(nth * 24 + at))),
  ),
  own('what people said of an item', ({ reviews }, nth) => reviews.labelsOf(itemAt(nth))),
  own('the last runs', ({ browse }) => browse.runs(null, 30, null)),
  list('newest', () => ({})),
  list('of a category', (nth) => ({ category: `category-${1 + (nth % CATEGORIES)}` as CategoryId })),
  list('of a shop', (nth) => ({ shop: `shop-${1 + (nth % SHOPS)}` as ShopId })),
  list('of a brand', (nth) => ({ brand: `Brand ${1 + nth}` })),
  list('cheapest', () => cheapest),
  list('cheapest of a category', (nth) => ({
    ...cheapest,
    category: `category-${1 + (nth % CATEGORIES)}` as CategoryId,
  })),
  list('cheapest of a shop', (nth) => ({ ...cheapest, shop: `shop-${1 + (nth % SHOPS)}` as ShopId })),
  list('with words that many have', () => ({ words: 'striped navy' })),
  list('with words that none has', () => ({ words: 'nobody sells this' })),
  list('with a word of two characters that few have', () => ({ words: RARE.word }), 20),
  {
    name: QUEUE,
    times: 20,
    isOnLoop: false,
    work: ({ reviews }) => reviews.queue(20),
  },
  {
    name: 'items of each category',
    times: 20,
    isOnLoop: false,
    work: ({ browse }) => browse.categoryCounts(),
  },
  { name: 'the health of the shops', times: 10, isOnLoop: false, work: ({ browse }) => browse.shops() },
];

/** `rounds`: how often everything is read. */
export async function benchReads(rounds = 1): Promise<readonly BenchBar[]> {
  const folder = mkdtempSync(join(tmpdir(), 'fashiond-bench-reads-'));
  const path = join(folder, 'reads.db');
  const log = createLog({ level: 'warn', format: 'auto', destination: process.stderr });
  try {
    openStore(path, { log }).close();
    fillCatalogue(path, { items: ITEMS, shops: SHOPS, categories: CATEGORIES });
    const store = openStore(path, { log });
    let bars: BenchBar[];
    try {
      bars = report(READS.map((read) => ({ ...read, ms: measure(store, path, read, rounds) })));
    } finally {
      store.close();
    }
    return [...bars, ...(await readsWhileCrawling(path, itemAt))];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function itemAt(nth: number): ProductId {
  return (1 + ((nth * 7919) % ITEMS)) as ProductId;
}

/** CPU time of each read, in milliseconds; between two of them ten offers change, from another connection. */
function measure({ browse, reviews }: Store, path: string, read: Read, rounds: number): number[] {
  const { work, times, isOnLoop } = read;
  const writer = new Database(path);
  const reader = openForReading(path);
  const of = { browse: isOnLoop ? browse : new Browsing(reader), reviews };
  const change = writer.prepare('UPDATE offers SET changed_at = changed_at + 1 WHERE product_id = ?');
  work(of, 0);
  const all = Array.from({ length: times * rounds }, (_, nth) => {
    writer.transaction(() => {
      for (let one = 0; one < 10; one++) change.run(itemAt(nth * 10 + one));
    })();
    const before = process.cpuUsage();
    work(of, nth);
    return cpuMsSince(before);
  });
  writer.close();
  reader.raw.close();
  return all;
}

interface Result extends Read {
  readonly ms: readonly number[];
}

function report(results: readonly Result[]): BenchBar[] {
  const table = new Table({
    head: ['read', 'by', 'p50 ms of CPU', 'p99 ms of CPU'],
    colAligns: ['left', 'left', 'right', 'right'],
    style: { head: [], border: [], compact: true },
  });
  for (const { name, isOnLoop, ms } of results) {
    const by = isOnLoop ? 'the event loop' : 'a thread';
    table.push([name, by, quantile(ms, 0.5).toFixed(2), quantile(ms, 0.99).toFixed(2)]);
  }
  console.log(`${ITEMS} items, read while ten offers change between two reads; ${machineText()}`);
  console.log(table.toString());
  return results
    .filter(({ isOnLoop, name }) => isOnLoop || name === QUEUE)
    .map(({ name, isOnLoop, ms }) => {
      const bar = {
        what: `ms of CPU at p99: ${name}`,
        measured: quantile(ms, 0.99),
        required: isOnLoop ? MOST_LOOP_MS : MOST_QUEUE_MS,
        atMost: true,
      };
      console.log(barText(bar));
      return bar;
    });
}
