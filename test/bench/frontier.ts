/**
 * The frontier in a real database file of 10,000, 100,000 and 1,000,000 URLs, half of them in one big shop and the
 * others in up to a thousand small ones; half were never visited, the others are due sooner or later.
 *
 * What is measured must not grow with the number of entries but by the depth of an index, and memory not at all.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import Table from 'cli-table3';
import type { CrawlRun, PageVisit } from '../../src/domain/crawl.js';
import type { ShopId } from '../../src/domain/ids.js';
import { createLog } from '../../src/platform/log.js';
import { Random } from '../../src/platform/random.js';
import { createRevisitPolicy } from '../../src/scheduler/revisit.js';
import { openStore } from '../../src/store/store.js';
import type { Store } from '../../src/store/store.js';
import { shopOf } from '../unit/fetch/fixtures.js';
import { productReading } from './product-reading.js';
import { barText, machineText, median, quantile } from './rounds.js';
import type { BenchBar } from './rounds.js';
import { cpuMsSince } from './timed.js';

const SIZES = [10_000, 100_000, 1_000_000] as const;
const SMALL_SHOPS = 1000;
const BATCH = 100;
const CLAIMS = 100;
const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 5, 1);
const MOST_CLAIM_MS = 5;
const MOST_RSS_MB = 400;

/** Wall time of each call; and CPU time of the process, which what else the machine does leaves alone, of a mean one. */
interface Times {
  readonly wall: number[];
  cpuMs: number;
}

interface Measured {
  readonly size: number;
  readonly claims: Times;
  readonly unchanged: Times;
  readonly read: Times;
  readonly links: Times;
  readonly rssMb: number;
  readonly fileMb: number;
  readonly fillSeconds: number;
}

export async function benchFrontier(claims = CLAIMS): Promise<readonly BenchBar[]> {
  const results: Measured[] = [];
  for (const size of SIZES) {
    const folder = mkdtempSync(join(tmpdir(), 'fashiond-bench-frontier-'));
    try {
      results.push(measure(join(folder, 'frontier.db'), size, claims));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
    // Lets the process give memory back between two sizes.
    await new Promise(setImmediate);
  }
  return report(results);
}

function measure(path: string, size: number, claims: number): Measured {
  const log = createLog({ level: 'warn', format: 'auto', destination: process.stderr });
  const revisit = createRevisitPolicy({ minMs: 6 * HOUR, maxMs: 72 * HOUR });
  const store = openStore(path, { log, revisit });
  try {
    const startedAt = performance.now();
    const { run, count } = fill(store, size);
    makeKnown(path, size);
    const fillSeconds = (performance.now() - startedAt) / 1000;
    const timed = visitAll(store, run, count, Math.min(claims, Math.floor(count / BATCH / 2)));
    return {
      size,
      ...timed,
      rssMb: process.memoryUsage().rss / 1e6,
      fileMb: (statSync(path).size + statSync(`${path}-wal`).size) / 1e6,
      fillSeconds,
    };
  } finally {
    store.close();
  }
}

/** The run of the big shop, and how many entries it has. */
function fill(store: Store, size: number): { readonly run: CrawlRun; readonly count: number } {
  const small = Math.min(SMALL_SHOPS, size / 100);
  const ids = ['big', ...Array.from({ length: small }, (_, n) => `small-${n}`)] as ShopId[];
  store.syncShops(ids.map((id) => shopOf([], { id })));
  const runs = ids.map((id) => {
    const run = store.beginRun(id, '2026-06-01T00:00:00Z', NOW);
    if (run === null) throw new Error('the run was begun before');
    const count = id === 'big' ? size / 2 : size / 2 / small;
    for (let from = 0; from < count; from += 500) {
      const batch = Array.from({ length: Math.min(500, count - from) }, (_, n) => urlOf(id, from + n));
      store.addUrls(
        run,
        batch.map((url) => ({ url, kind: 'page', depth: 2 })),
        NOW,
      );
    }
    return { run, count };
  });
  return runs[0]!;
}

function urlOf(shop: string, n: number): string {
  return `https://${shop}.example/products/${(n * 7919) % 1_000_003}-cable-knit-sweater?colour=${n % 7}`;
}

/** What years of crawling would have left: every second entry was visited, and is due within a day or was. */
function makeKnown(path: string, size: number): void {
  const db = new Database(path);
  db.exec(`
    UPDATE frontier SET state = 'done', rank = 66, visited_at = ${NOW - 24 * HOUR}, settled_at = ${NOW - 24 * HOUR},
      due_at = ${NOW} + ((id * 7919) % 48 - 24) * ${HOUR}
    WHERE id % 2 = 0;
    INSERT INTO pages (frontier_id, etag, content_hash, read_at, visited_at)
    SELECT id, '"' || id || '"', hex(randomblob(32)), visited_at, visited_at FROM frontier WHERE id % 2 = 0;`);
  const known = db.prepare(`SELECT count(*) FROM frontier`).pluck().get();
  if (known !== size) throw new Error(`${String(known)} entries instead of ${size}`);
  db.close();
}

function visitAll(
  store: Store,
  run: CrawlRun,
  count: number,
  claims: number,
): Pick<Measured, 'claims' | 'unchanged' | 'read' | 'links'> {
  const random = new Random(1);
  const someLinks = (): string[] =>
    Array.from({ length: BATCH }, () => urlOf('big', random.int(0, count - 1)));
  const none = (): Times => ({ wall: [], cpuMs: 0 });
  const times = { claims: none(), unchanged: none(), read: none(), links: none() };
  const timed = <T>(name: keyof typeof times, work: () => T): T => {
    const cpu = process.cpuUsage();
    const from = performance.now();
    const result = work();
    times[name].wall.push(performance.now() - from);
    times[name].cpuMs += cpuMsSince(cpu);
    return result;
  };
  for (let round = 0; round < claims; round += 1) {
    const entries = timed('claims', () => store.claimPages(run, BATCH, NOW, HOUR));
    if (entries.length < BATCH) throw new Error(`claimed ${entries.length} instead of ${BATCH}`);
    for (const [n, entry] of entries.entries()) {
      if (n < 5) {
        const visit = productReading(entry.url, entry.id, someLinks());
        timed('read', () => store.commitVisit(run, entry, visit, NOW));
      } else {
        timed('unchanged', () => store.commitVisit(run, entry, UNCHANGED, NOW));
      }
    }
    const links = someLinks().map((url) => ({ url, kind: 'page', depth: 3 }) as const);
    timed('links', () => store.addUrls(run, links, NOW));
  }
  return times;
}

const UNCHANGED: PageVisit = { kind: 'unchanged', validators: { etag: null, lastModified: null } };

function report(results: readonly Measured[]): readonly BenchBar[] {
  const table = new Table({
    head: ['', ...results.map(({ size }) => `${size.toLocaleString('en')} URLs`)],
    colAligns: ['left', ...results.map(() => 'right' as const)],
    style: { head: [], border: [] },
  });
  const row = (name: string, text: (measured: Measured) => string): void => {
    table.push([name, ...results.map(text)]);
  };
  const spread = ({ wall, cpuMs }: Times): string =>
    `${median(wall).toFixed(2)}, ${quantile(wall, 0.99).toFixed(2)}, ${(cpuMs / wall.length).toFixed(2)}`;
  row(`claim of ${BATCH}`, ({ claims }) => spread(claims));
  row('commit of an unchanged page', ({ unchanged }) => spread(unchanged));
  row(`commit of a product page with ${BATCH} links`, ({ read }) => spread(read));
  row(`add ${BATCH} known URLs`, ({ links }) => spread(links));
  row('memory of the process', ({ rssMb }) => `${rssMb.toFixed(0)} MB`);
  row('database with its log', ({ fileMb }) => `${fileMb.toFixed(0)} MB`);
  row('time to fill it', ({ fillSeconds }) => `${fillSeconds.toFixed(0)} s`);
  console.log(`the frontier; ${machineText()}; milliseconds: median, 99th percentile, CPU of the mean`);
  console.log(table.toString());
  const most = results.at(-1)!;
  const peakMb = process.resourceUsage().maxRSS / 1000;
  const claimMs = most.claims.cpuMs / most.claims.wall.length;
  const bars: BenchBar[] = [
    {
      what: 'ms of CPU to claim 100 of a million URLs',
      measured: claimMs,
      required: MOST_CLAIM_MS,
      atMost: true,
    },
    { what: 'MB of memory, at the highest', measured: peakMb, required: MOST_RSS_MB, atMost: true },
  ];
  for (const bar of bars) console.log(barText(bar));
  return bars;
}
