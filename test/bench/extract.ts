/**
 * Reading product pages of 200 kB: CPU time a page, and pages a CPU-second beside extruct and metascraper where they
 * are installed, each after as many rounds that do not count. The pages are golden ones, filled up with navigation, cards and scripts as real pages have them.
 */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import Table from 'cli-table3';
import type { ReadingTask } from './extract-worker.js';
import { METASCRAPER_RULES, measurePeer, missingText, npmPeer, peerBar, pythonPeer } from './peers.js';
import type { Peer } from './peers.js';
import { barText, machineText, median } from './rounds.js';
import type { BenchBar } from './rounds.js';
import { cpuMsSince } from './timed.js';

const ROUNDS = 7;
/** A thread of the daemon has read its first hundred pages within seconds; until then the engine still compiles. */
const WARM_UP = 4;
/** Of a thread that reads pages, in MiB, as src/extract/page-reader.ts has it. */
const HEAP_MIB = { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 64 };
const PAGES = 24;
const PAGE_BYTES = 200_000;
/** A median below 10 ms. */
const RATE_BAR = 100;
/**
 * Pages a CPU-second, times those of each. Both take what markup says, extruct with libxml2; the page's text, its links, the
 * state in its scripts and its variants are read by neither.
 */
const PEER_BARS: Readonly<Record<string, number>> = { extruct: 0.5, metascraper: 4 };
const GOLDEN = 'test/golden';

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
  const peers = [
    await measurePeer(pythonPeer('extruct'), (python) => extructTimes(python, pages, rounds)),
    await measurePeer(npmPeer('metascraper'), (folder) => metascraperTimes(folder, pages, rounds)),
  ];
  for (const peer of peers) addPeer(table, peer);
  console.log(table.toString());
  const bars: BenchBar[] = [
    { what: 'pages a CPU-second at the median', measured: 1000 / median(own), required: RATE_BAR },
    ...peers.map((peer) => {
      const bar = {
        what: `pages a CPU-second, times those of ${peer.name}`,
        required: PEER_BARS[peer.name] ?? 1,
      };
      return peerBar(peer, bar, (times) => mean(times) / mean(own));
    }),
  ];
  for (const bar of bars) console.log(barText(bar));
  return bars;
}

const mean = (times: readonly number[]): number => times.reduce((sum, time) => sum + time, 0) / times.length;

/** CPU milliseconds of the whole process for each page. */
async function ownTimes(task: ReadingTask): Promise<readonly number[]> {
  const worker = new Worker(new URL('./extract-worker.js', import.meta.url), {
    workerData: task,
    resourceLimits: HEAP_MIB,
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
  const figures = [median(times).toFixed(2), Math.max(...times).toFixed(1), (1000 / mean(times)).toFixed(0)];
  table.push([name, ...figures]);
}

function addPeer(table: Table.Table, peer: Peer<readonly number[]>): void {
  if (peer.kind === 'present') addRow(table, peer.name, peer.measured);
  else table.push([peer.name, { content: missingText(peer), colSpan: 3 }]);
}

const PYTHON = `
import extruct, json, sys, time
warm_up, rounds, paths = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
pages = [open(path, encoding="utf-8", errors="replace").read() for path in paths]
times = []
for round in range(-warm_up, rounds):
    for page in pages:
        start = time.process_time()
        extruct.extract(page, base_url="https://shop.example/", errors="ignore", syntaxes=["json-ld", "microdata", "opengraph"])
        if round >= 0: times.append((time.process_time() - start) * 1000)
print(json.dumps(times))
`;

/** What it reads that fashiond reads as well; RDFa, which takes it longest, is left out. */
function extructTimes(python: string, pages: readonly BenchPage[], rounds: number): readonly number[] {
  const folder = mkdtempSync(join(tmpdir(), 'fashiond-bench-'));
  try {
    const paths = pages.map(({ body }, i) => {
      const path = join(folder, `${i}.html`);
      writeFileSync(path, body);
      return path;
    });
    const args = ['-c', PYTHON, String(WARM_UP), String(rounds), ...paths];
    const { status, stdout, stderr } = spawnSync(python, args, { encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr.trim().split('\n').at(-1));
    return JSON.parse(stdout) as number[];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

type Metascraper = (page: {
  readonly url: string;
  readonly html: string;
  readonly validateUrl: boolean;
}) => Promise<unknown>;

async function metascraperTimes(
  folder: string,
  pages: readonly BenchPage[],
  rounds: number,
): Promise<readonly number[]> {
  const require = createRequire(pathToFileURL(join(resolve(folder), 'package.json')));
  const load = (name: string) => require(name) as (rules?: unknown) => unknown;
  const rules = METASCRAPER_RULES.map((name) => load(name)());
  const scrape = load('metascraper')(rules) as Metascraper;
  const times: number[] = [];
  for (let round = -WARM_UP; round < rounds; round += 1) {
    for (const { url, body } of pages) {
      const before = process.cpuUsage();
      // The names of the pages' hosts are ones that nobody can have.
      await scrape({ url, html: body.toString('utf8'), validateUrl: false });
      if (round >= 0) times.push(cpuMsSince(before));
    }
  }
  return times;
}
