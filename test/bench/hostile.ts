/**
 * How much three good shops lose to a hostile one: the same crawl with and without it by turns, in one run.
 *
 * The hostile shop hangs, drips, sends bombs and redirects in circles as fast as its pace allows; the good ones answer
 * in a tenth of a second. What is compared is pages a second of the good ones, within a round.
 */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ShopId } from '../../src/domain/ids.js';
import type { Shop } from '../../src/domain/shop.js';
import { createGotScrapingClient } from '../../src/fetch/got-scraping-client.js';
import { openCrawl } from '../support/crawl-parts.js';
import { shopOf } from '../unit/fetch/fixtures.js';
import type { HostileServers } from './hostile-servers.js';
import { barText, machineText, median } from './rounds.js';
import type { BenchBar } from './rounds.js';

const REQUIRED_RATIO = 0.9;
const PACE = { delayMs: 0, concurrency: 4 };
const GREEDY = { delayMs: 0, concurrency: 64 };

/** Each round takes about ten seconds for either crawl. */
export async function benchHostile(rounds = 5): Promise<readonly BenchBar[]> {
  const process = fork(fileURLToPath(new URL('./hostile-servers.js', import.meta.url)));
  try {
    const [servers] = (await once(process, 'message')) as [HostileServers];
    const bar = await measure(servers, rounds);
    console.log(barText(bar));
    return [bar];
  } finally {
    await ended(process);
  }
}

async function measure(servers: HostileServers, rounds: number): Promise<BenchBar> {
  console.log(
    `${rounds} rounds of ${servers.good.length} good shops of ${servers.pages} pages; ${machineText()}`,
  );
  const ratios: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const first = round % 2 === 1;
    const one = await pagesPerSecond(servers, first);
    const other = await pagesPerSecond(servers, !first);
    const [beside, alone] = first ? [one, other] : [other, one];
    ratios.push(beside / alone);
    console.log(
      `round ${round + 1}: alone ${alone.toFixed(1)} pages/s, beside the hostile shop ${beside.toFixed(1)}, ` +
        `ratio ${(beside / alone).toFixed(3)}`,
    );
  }
  return {
    what: 'throughput of the good shops beside the hostile one, as a share of that without it (median of rounds)',
    measured: median(ratios),
    required: REQUIRED_RATIO,
  };
}

/** Pages of the good shops, from the start of their runs to the end of the last. */
async function pagesPerSecond(servers: HostileServers, withHostile: boolean): Promise<number> {
  const good = servers.good.map((host, index) =>
    shopOf([host], { id: `good-${index}` as ShopId, pace: PACE }),
  );
  const hostile: Shop = shopOf(servers.hosts, {
    id: 'hostile' as ShopId,
    start: servers.start,
    pace: GREEDY,
  });
  const folder = await mkdtemp(join(tmpdir(), 'fashiond-hostile-'));
  const client = createGotScrapingClient({ certificateAuthority: servers.authorities });
  const bench = openCrawl(folder, [hostile, ...good], client, { pagesInFlight: 32, timeoutMs: 5000 });
  const stop = new AbortController();
  try {
    const bad = withHostile ? bench.crawl.run(hostile, 'bench', stop.signal) : Promise.resolve();
    const startedAt = performance.now();
    await Promise.all(good.map((shop) => bench.crawl.run(shop, 'bench', new AbortController().signal)));
    const seconds = (performance.now() - startedAt) / 1000;
    stop.abort();
    await bad;
    return (good.length * servers.pages) / seconds;
  } finally {
    await bench.close();
    await rm(folder, { recursive: true });
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  child.disconnect();
  await once(child, 'exit');
}
