/**
 * Reading items of a large catalogue through the API of a daemon that crawls meanwhile: one process does both, the shops are
 * another, and this one asks, by the clock, one item after the other: while the daemon has nothing else to do, while it
 * crawls at the rate that is wanted of it, and while it crawls as fast as it can. What was read beside a slower crawl than
 * was wanted counts for nothing.
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
import { barText, machineText, quantile } from './rounds.js';
import type { BenchBar } from './rounds.js';

const HOSTS = 40;
const ITEMS_OF_HOST = 20;
const ASK_MS = 20_000;
/** Between an answer and the next question. */
const PAUSE_MS = 10;
const MOST_P99_MS = 20;
const UNLIMITED = { rate: 100_000, burst: 100_000 };
/** Product pages a second: seven million visits a day are 81. */
const WANTED = 81;
/** Beside a crawl that falls short of what is wanted by more than this share nothing is measured. */
const LEAST_SHARE = 0.93;
/** Start pages, and the pauses between two runs of a shop, come on top of the pages that are wanted. */
const ASKED = WANTED * 1.2;
/** Each with the pause of a host between two of its pages. */
const CRAWLS = [
  { delay: `${Math.floor((1000 * HOSTS) / ASKED)}ms`, isRequired: true },
  { delay: '0s', isRequired: false },
] as const;

export interface Answered {
  /** Of every question, in milliseconds. */
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
  { delay, isRequired }: (typeof CRAWLS)[number],
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
    await tell({ kind: 'open', config, isSettled: true });
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
      ...(alone === null ? [] : [{ ms: alone, crawled: null, isRequired: false }]),
      { ms, crawled: crawled.measured, isRequired },
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
  return ms;
}

async function readWhole(url: string, agent: Agent): Promise<void> {
  const [response] = (await once(get(url, { agent }), 'response')) as [IncomingMessage];
  for await (const _ of response);
  if (response.statusCode !== 200) throw new Error(`${url}: ${response.statusCode}`);
}

const pagesPerSecond = ({ outcomes, seconds }: CrawlMeasurement): number =>
  Object.values(outcomes).reduce((sum, count) => sum + count, 0) / seconds;

function nameOf({ crawled, isRequired }: Answered): string {
  if (crawled === null) return 'that does nothing else';
  const rate = `${pagesPerSecond(crawled).toFixed(0)} pages a second`;
  return isRequired ? `that crawls ${rate}` : `that crawls as fast as it can, ${rate}`;
}

function report(answered: readonly Answered[]): readonly BenchBar[] {
  const table = new Table({
    head: ['an item from a daemon', 'items', 'p50 ms', 'p99 ms', 'max ms', 'loop p99 ms', 'its own'],
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [], compact: true },
  });
  const text = (value: number | undefined): string => value?.toFixed(1) ?? '–';
  for (const one of answered) {
    const { ms, crawled } = one;
    const loop = [crawled?.loop.p99, crawled?.loop.ownP99].map(text);
    const figures = [0.5, 0.99, 1].map((share) => text(quantile(ms, share)));
    table.push([nameOf(one), ms.length, ...figures, ...loop]);
  }
  console.log(
    `items of the same catalogue through the API, by the clock; its own is the event loop's delay without waits for a ` +
      `processor; ${machineText()}`,
  );
  console.log(table.toString());
  const bars = answered.filter(({ isRequired }) => isRequired).map(readsBar);
  for (const bar of bars) console.log(barText(bar));
  return bars;
}

/** On two idle cores. */
export function readsBar(answered: Answered): BenchBar {
  const { crawled, ms } = answered;
  const isTooSlow = crawled === null || pagesPerSecond(crawled) < WANTED * LEAST_SHARE;
  return {
    what: `ms p99 of reading an item from a daemon ${nameOf(answered)}`,
    measured: quantile(ms, 0.99),
    required: MOST_P99_MS,
    atMost: true,
    ...(isTooSlow ? { invalid: `${WANTED} pages a second were wanted` } : {}),
  };
}
