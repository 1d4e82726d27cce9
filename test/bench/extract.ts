/**
 * Reading product pages of 200 kB: CPU time a page, and pages a CPU-second beside extruct and metascraper where they
 * are installed. The pages are golden ones, filled up with navigation, cards and scripts as real pages have them.
 */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import Table from 'cli-table3';
import type { ReadingTask } from './extract-worker.js';
import { machineText, median, verdict } from './rounds.js';
import type { BenchBar } from './rounds.js';

const ROUNDS = 7;
/** A thread of the daemon has read its first hundred pages within seconds; until then the engine still compiles. */
const WARM_UP = 4;
/** Of a thread that reads pages. */
const HEAP_MIB = 512;
const PAGES = 24;
const PAGE_BYTES = 200_000;
/** A median below 10 ms. */
const RATE_BAR = 100;
const GOLDEN = 'test/golden';
/** Names a folder whose node_modules hold metascraper and its rules. */
const PEERS = 'FASHIOND_PEERS';

interface BenchPage {
  readonly url: string;
  readonly body: Buffer;
}

export async function benchExtract(rounds = ROUNDS): Promise<readonly BenchBar[]> {
  const pages = benchPages();
  console.log(`${pages.length} pages of ${PAGE_BYTES / 1000} kB; ${machineText()}`);
  const own = await ownTimes({ pages, warmUp: WARM_UP, rounds });
  const table = new Table({
    head: ['', 'CPU ms/page (median)', 'slowest', 'pages/CPU-s'],
    colAligns: ['left', 'right', 'right', 'right'],
    style: { head: [], border: [] },
  });
  addRow(table, 'fashiond', own);
  addPeer(table, 'extruct', extructTimes(pages, rounds));
  addPeer(table, 'metascraper', await metascraperTimes(pages, rounds));
  console.log(table.toString());
  const bar = { what: 'pages a CPU-second at the median', measured: 1000 / median(own), required: RATE_BAR };
  console.log(`${verdict(bar)} ${bar.what} ${bar.measured.toFixed(0)} (at least ${RATE_BAR})`);
  return [bar];
}

/** CPU milliseconds of the whole process for each page. */
async function ownTimes(task: ReadingTask): Promise<readonly number[]> {
  const worker = new Worker(new URL('./extract-worker.js', import.meta.url), {
    workerData: task,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB },
  });
  const [times] = (await once(worker, 'message')) as [readonly number[]];
  return times;
}

/** Those whose bytes can be filled up with ASCII; deterministic. */
function benchPages(): BenchPage[] {
  const names = readdirSync(GOLDEN)
    .filter((name) => name.endsWith('.html'))
    .sort();
  const pages = names.map((name) => {
    const body = readFileSync(join(GOLDEN, name));
    const golden = JSON.parse(readFileSync(join(GOLDEN, name.replace(/html$/, 'json')), 'utf8')) as {
      readonly page: { readonly url: string };
      readonly encoding: string;
      readonly product: unknown;
    };
    return { url: golden.page.url, body, golden };
  });
  return pages
    .filter(({ golden }) => golden.product !== null && golden.encoding === 'utf-8')
    .slice(0, PAGES)
    .map(({ url, body }) => ({ url, body: filled(body) }));
}

/** A third each of navigation, cards of other items, and scripts. */
function filled(body: Buffer): Buffer {
  const share = (PAGE_BYTES - body.length) / 3;
  const links = repeated(
    share,
    (i) => `<li class="menu__item"><a class="menu__link" href="/collections/c-${i}">Collection ${i}</a></li>`,
  );
  const cards = repeated(
    share,
    (i) =>
      `<li class="card"><a href="/products/item-${i}"><img srcset="/i/${i}_300.jpg 300w, /i/${i}_600.jpg 600w" ` +
      `alt="Item ${i}"><span class="card__title">Item ${i}</span></a><span class="price">$${i}.00</span></li>`,
  );
  const code = repeated(
    share / 2,
    (i) => `var f${i}=function(a){if(a.price>${i}){b.push({x:1,y:"z"})}return a&&a.length};`,
  );
  const state = repeated(
    share / 2,
    (i) => `{"id":${i},"title":"Item ${i}","price":${i * 100},"sku":"A-${i}","available":true},`,
  );
  const filler =
    `<nav><ul>${links}</ul></nav><section class="related"><ul>${cards}</ul></section>` +
    `<script>${code}</script><script>window.recs=[${state}];</script>`;
  const text = body.toString('latin1');
  const at = text.lastIndexOf('</body>');
  return Buffer.from(at < 0 ? text + filler : text.slice(0, at) + filler + text.slice(at), 'latin1');
}

function repeated(bytes: number, piece: (i: number) => string): string {
  let text = '';
  for (let i = 1; text.length < bytes; i += 1) text += piece(i);
  return text;
}

function addRow(table: Table.Table, name: string, times: readonly number[]): void {
  const mean = times.reduce((sum, time) => sum + time, 0) / times.length;
  table.push([name, median(times).toFixed(2), Math.max(...times).toFixed(1), (1000 / mean).toFixed(0)]);
}

function addPeer(table: Table.Table, name: string, times: readonly number[] | null): void {
  if (times === null) table.push([`${name} (not installed)`, '', '', '']);
  else addRow(table, name, times);
}

const PYTHON = `
import extruct, json, sys, time
paths, rounds = sys.argv[2:], int(sys.argv[1])
pages = [open(path, encoding="utf-8", errors="replace").read() for path in paths]
times = []
for round in range(-1, rounds):
    for page in pages:
        start = time.process_time()
        extruct.extract(page, base_url="https://shop.example/", errors="ignore")
        if round >= 0: times.append((time.process_time() - start) * 1000)
print(json.dumps(times))
`;

function extructTimes(pages: readonly BenchPage[], rounds: number): number[] | null {
  if (spawnSync('python3', ['-c', 'import extruct']).status !== 0) return null;
  const folder = mkdtempSync(join(tmpdir(), 'fashiond-bench-'));
  try {
    const paths = pages.map(({ body }, i) => {
      const path = join(folder, `${i}.html`);
      writeFileSync(path, body);
      return path;
    });
    const { status, stdout } = spawnSync('python3', ['-c', PYTHON, String(rounds), ...paths], {
      encoding: 'utf8',
    });
    return status === 0 ? (JSON.parse(stdout) as number[]) : null;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

type Metascraper = (page: {
  readonly url: string;
  readonly html: string;
  readonly validateUrl: boolean;
}) => Promise<unknown>;

async function metascraperTimes(pages: readonly BenchPage[], rounds: number): Promise<number[] | null> {
  const folder = process.env[PEERS];
  if (folder === undefined) return null;
  const require = createRequire(pathToFileURL(join(folder, 'package.json')));
  let scrape: Metascraper;
  try {
    const load = (name: string) => require(name) as (rules?: unknown) => unknown;
    const rules = ['title', 'image', 'description', 'url'].map((name) => load(`metascraper-${name}`)());
    scrape = load('metascraper')(rules) as Metascraper;
  } catch {
    return null;
  }
  const times: number[] = [];
  for (let round = -1; round < rounds; round += 1) {
    for (const { url, body } of pages) {
      const before = process.cpuUsage();
      // The names of the pages' hosts are ones that nobody can have.
      await scrape({ url, html: body.toString('utf8'), validateUrl: false });
      const { user, system } = process.cpuUsage(before);
      if (round >= 0) times.push((user + system) / 1000);
    }
  }
  return times;
}
