/**
 * Crawling beside the shops that serve it, on the same machine: first visits, until the words of all pages are read as
 * well, then revisits for minutes, of which a fifth find a change and three fifths are answered 304. Rates count product
 * pages that were read or found unchanged and committed; CPU time is the daemon's alone. What was counted is then compared
 * with the shops' own log.
 *
 * Scrapy and Crawlee, where they are installed, read the same pages for the first time, and keep nothing.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { writeTinyModelTo } from '../../support/tiny-network.js';
import type { BenchBar } from '../rounds.js';
import { wrongWork } from './check.js';
import type { CrawlMeasurement, DaemonAnswer, DaemonCommand, Outcomes } from './daemon-process.js';
import type { CrawlBenchOptions } from './options.js';
import { productPath } from './page-text.js';
import { runCrawlee, runScrapy } from './peers.js';
import type { PeerRun } from './peers.js';
import { startProcess } from './process.js';
import type { Served } from './process.js';
import { report } from './report.js';
import type { ShopsAnswer, ShopsCommand } from './shops-process.js';

type Shops = Served<ShopsCommand, ShopsAnswer>;
type Daemon = Served<DaemonCommand, DaemonAnswer>;

/** Pages that others are given; ours are as many as there are. */
const PEER_PAGES = 3000;

/** Throws when the work that was counted is not the work that was done. */
export async function benchCrawl(options: CrawlBenchOptions): Promise<readonly BenchBar[]> {
  const folder = await mkdtemp(join(tmpdir(), 'fashiond-bench-'));
  const shops: Shops = startProcess('shops-process.js');
  const daemon: Daemon = startProcess('daemon-process.js');
  try {
    const opened = await shops.ask({ kind: 'open', hosts: options.hosts, items: options.items });
    if (opened.kind !== 'opened') throw new Error('the shops did not open');
    const config = await writeConfig(folder, opened.origins, options);
    await told(daemon, { kind: 'open', config, isSettled: false });
    const first = await crawl(daemon, 0);
    await shops.ask({ kind: 'mode', mode: 'others' });
    const peers = await runPeers(folder, opened.origins, options);
    await shops.ask({ kind: 'mode', mode: 'revisit' });
    const revisits = await crawl(daemon, options.seconds * 1000);
    await told(daemon, { kind: 'close' });
    const truth = await shops.ask({ kind: 'truth' });
    if (truth.kind !== 'truth') throw new Error('the shops do not tell what they served');
    const counted = sumOf(first.all, revisits.all);
    const wrong = wrongWork(join(folder, 'fashiond.db'), truth.items, counted);
    if (wrong.length > 0) {
      const shown = wrong.slice(0, 10).join('\n');
      throw new Error(`what was counted is not what was done (${wrong.length} differences):\n${shown}`);
    }
    return report(options, first, revisits, peers);
  } finally {
    await Promise.all([shops.close(), daemon.close()]);
    await rm(folder, { recursive: true, force: true });
  }
}

interface DaemonSettings {
  readonly client: CrawlBenchOptions['client'];
  readonly api?: Readonly<Record<string, unknown>>;
  readonly pace?: { readonly delay: string; readonly concurrency: number };
}

/** The config of a daemon with these shops; unless said, none asks for a pause, so that the machine limits the rate. */
export async function writeConfig(
  folder: string,
  origins: readonly string[],
  { client, api = {}, pace = { delay: '0s', concurrency: 2 } }: DaemonSettings,
): Promise<string> {
  await mkdir(join(folder, 'shops'));
  for (const [at, origin] of origins.entries()) {
    const shop = {
      id: `crawled-${at}`,
      name: `Shop ${at}`,
      start: [`${origin}/`],
      scope: { include: ['^/$', '^/products/'] },
      pace,
      allow_loopback: true,
    };
    await writeFile(join(folder, 'shops', `${shop.id}.yaml`), stringify(shop));
  }
  const config = join(folder, 'fashiond.yaml');
  const model = await writeTinyModelTo(join(folder, 'tiny'));
  const settings = {
    shops: ['shops/*.yaml'],
    model: { path: model },
    compute: { workers: 1 },
    // Every run visits every page, however short a time ago the last visit was.
    crawl: { revisit_min: '1ms', revisit_max: '1ms' },
    fetch: { client },
    api,
  };
  await writeFile(config, stringify(settings));
  return config;
}

async function crawl(daemon: Daemon, forMs: number): Promise<CrawlMeasurement> {
  const answer = await told(daemon, { kind: 'crawl', forMs });
  if (answer.kind !== 'crawled') throw new Error(`the daemon answered ${answer.kind}`);
  return answer.measured;
}

async function told(daemon: Daemon, command: DaemonCommand): Promise<DaemonAnswer> {
  const answer = await daemon.ask(command);
  if (answer.kind === 'failed') throw new Error(`the daemon failed at ${command.kind}: ${answer.reason}`);
  return answer;
}

async function runPeers(
  folder: string,
  origins: readonly string[],
  { items }: CrawlBenchOptions,
): Promise<readonly PeerRun[]> {
  // By item, so that the hosts take turns.
  const urls = Array.from({ length: items }, (_, at) =>
    origins.map((origin) => origin + productPath(at + 1)),
  );
  const addresses = join(folder, 'addresses.txt');
  await writeFile(addresses, urls.flat().slice(0, PEER_PAGES).join('\n'));
  return [await runScrapy(addresses), await runCrawlee(addresses)];
}

function sumOf(one: Outcomes, other: Outcomes): Outcomes {
  const outcomes = new Set([...Object.keys(one), ...Object.keys(other)]);
  return Object.fromEntries([...outcomes].map((key) => [key, (one[key] ?? 0) + (other[key] ?? 0)]));
}
