/**
 * Reading items of a large catalogue through the API of a daemon that crawls meanwhile: one process does both, the shops are
 * another, and this one asks, by the clock, one item after the other: while the daemon has nothing else to do, while it
 * crawls at the rate that is wanted of it, and while it crawls as fast as it can.
 */
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { Agent, get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Table from 'cli-table3';
import type { ProductId } from '../../src/domain/ids.js';
import { writeConfig } from './crawl/crawl.js';
import type { CrawlMeasurement, DaemonAnswer, DaemonCommand } from './crawl/daemon-process.js';
import { startProcess } from './crawl/process.js';
import type { ShopsAnswer, ShopsCommand } from './crawl/shops-process.js';
import { machineText, verdict } from './rounds.js';
import type { BenchBar } from './rounds.js';

const HOSTS = 40;
const ITEMS_OF_HOST = 20;
const ASK_MS = 20_000;
/** Between an answer and the next question. */
const PAUSE_MS = 10;
const MOST_P99_MS = 20;
const UNLIMITED = { rate: 100_000, burst: 100_000 };
/** Each with the pause of a host between two of its pages. Seven million visits a day are 81 a second. */
const CRAWLS = [
  { name: 'that crawls 81 pages a second', delay: `${Math.floor((1000 * HOSTS) / 81)}ms`, isRequired: true },
  { name: 'that crawls as fast as it can', delay: '0s', isRequired: false },
] as const;

interface Answered {
  readonly daemon: string;
  /** Of every question, in milliseconds, sorted. */
  readonly ms: readonly number[];
  /** What the daemon crawled meanwhile, and how late its event loop was. */
  readonly crawled: CrawlMeasurement | null;
  readonly isRequired: boolean;
}

/** `filled`: a database with items that `itemAt` numbers; it is left as it is. */
export async function readsWhileCrawling(
  filled: string,
  itemAt: (nth: number) => ProductId,
): Promise<readonly BenchBar[]> {
  const answered: Answered[] = [];
  for (const crawl of CRAWLS) answered.push(...(await measureBeside(crawl, filled, itemAt)));
  return report(answered);
}

async function measureBeside(
  { name, delay, isRequired }: (typeof CRAWLS)[number],
  filled: string,
  itemAt: (nth: number) => ProductId,
): Promise<readonly Answered[]> {
  const folder = mkdtempSync(join(dirname(filled), 'crawled-'));
  const shops = startProcess<ShopsCommand, ShopsAnswer>('shops-process.js');
  const daemon = startProcess<DaemonCommand, DaemonAnswer>('daemon-process.js');
  const tell = async (command: DaemonCommand): Promise<DaemonAnswer> => {
    const answer = await daemon.ask(command);
    if (answer.kind === 'failed') throw new Error(`the daemon failed at ${command.kind}: ${answer.reason}`);
    return answer;
  };
  try {
    const opened = await shops.ask({ kind: 'open', hosts: HOSTS, items: ITEMS_OF_HOST });
    if (opened.kind !== 'opened') throw new Error('the shops did not open');
    const pace = { delay, concurrency: 2 };
    const config = await writeConfig(folder, opened.origins, {
      client: 'got-scraping',
      api: UNLIMITED,
      pace,
    });
    copyFileSync(filled, join(folder, 'fashiond.db'));
    await tell({ kind: 'open', config });
    const served = await tell({ kind: 'serve' });
    if (served.kind !== 'served') throw new Error('the daemon does not serve');
    await tell({ kind: 'crawl', forMs: 0 });
    await shops.ask({ kind: 'mode', mode: 'revisit' });
    const read = (until: Promise<unknown>): Promise<number[]> => readItems(served.url, itemAt, until);
    await read(sleep(ASK_MS / 10));
    const alone = isRequired ? await read(sleep(ASK_MS / 2)) : null;
    const crawling = tell({ kind: 'crawl', forMs: ASK_MS });
    const ms = await read(crawling);
    const crawled = await crawling;
    await tell({ kind: 'close' });
    if (crawled.kind !== 'crawled') throw new Error('the daemon did not crawl');
    return [
      ...(alone === null
        ? []
        : [{ daemon: 'that does nothing else', ms: alone, crawled: null, isRequired: false }]),
      { daemon: name, ms, crawled: crawled.measured, isRequired },
    ];
  } finally {
    await Promise.all([shops.close(), daemon.close()]);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** One item after the other until the promise settles; how long each took. Throws where one is not answered. */
async function readItems(
  url: string,
  itemAt: (nth: number) => ProductId,
  until: Promise<unknown>,
): Promise<number[]> {
  const over = new AbortController();
  const end = (): void => over.abort();
  until.then(end, end);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ms: number[] = [];
  for (let nth = 0; !over.signal.aborted; nth += 1) {
    const askedAt = performance.now();
    await readWhole(`${url}/v1/items/${itemAt(nth)}`, agent);
    ms.push(performance.now() - askedAt);
    await sleep(PAUSE_MS);
  }
  agent.destroy();
  return ms.sort((one, other) => one - other);
}

async function readWhole(url: string, agent: Agent): Promise<void> {
  const [response] = (await once(get(url, { agent }), 'response')) as [IncomingMessage];
  for await (const _ of response);
  if (response.statusCode !== 200) throw new Error(`${url}: ${response.statusCode}`);
}

function pagesPerSecond(crawled: CrawlMeasurement | null): string {
  if (crawled === null) return '–';
  const pages = Object.values(crawled.outcomes).reduce((sum, count) => sum + count, 0);
  return (pages / crawled.seconds).toFixed(0);
}

function report(answered: readonly Answered[]): readonly BenchBar[] {
  const at = (sorted: readonly number[], share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  const table = new Table({
    head: [
      'an item from a daemon',
      'pages/s',
      'items',
      'p50 ms',
      'p99 ms',
      'max ms',
      'loop p99 ms',
      'its own',
    ],
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [], compact: true },
  });
  const text = (value: number | undefined): string => value?.toFixed(1) ?? '–';
  for (const { daemon, ms, crawled } of answered) {
    const loop = [crawled?.loop.p99, crawled?.loop.ownP99].map(text);
    const figures = [at(ms, 0.5), at(ms, 0.99), at(ms, 1)].map(text);
    table.push([daemon, pagesPerSecond(crawled), ms.length, ...figures, ...loop]);
  }
  console.log(
    `items of the same catalogue through the API, by the clock; its own is the event loop's delay without waits for a ` +
      `processor; ${machineText()}`,
  );
  console.log(table.toString());
  return answered
    .filter(({ isRequired }) => isRequired)
    .map(({ daemon, ms }) => {
      const what = `ms p99 of reading an item from a daemon ${daemon}`;
      const bar: BenchBar = { what, measured: at(ms, 0.99), required: MOST_P99_MS, atMost: true };
      console.log(
        `${verdict(bar)} ${bar.measured.toFixed(1)} ${what} (at most ${MOST_P99_MS} on two idle cores)`,
      );
      return bar;
    });
}
