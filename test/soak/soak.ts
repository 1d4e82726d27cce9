/**
 * A crawl killed again and again at random moments, beside the same crawl left alone.
 *
 * Three promises: the catalogue is the same at the end; the database is sound after every kill; and no address was
 * fetched more often than once and once more for each kill that found it leased.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'yaml';
import { Random } from '../../src/platform/random.js';
import { catalogueOf, differences } from '../support/catalogue.js';
import type { Catalogue } from '../support/catalogue.js';
import { writeTinyModelTo } from '../support/tiny-network.js';
import { isDone, leasedIn } from './database.js';
import { startDaemon } from './daemon.js';
import { startSoakShops } from './shops.js';
import type { SoakShops } from './shops.js';

export interface SoakOptions {
  readonly kills: number;
  /** Of each of the two shops. */
  readonly items: number;
  readonly seed: number;
  readonly note: (line: string) => void;
  /** Whether a kill is due, from what the daemon has committed so far; at random moments otherwise. */
  readonly killWhen?: (database: string) => boolean;
  /** Called after each kill, for tests that do harm. */
  readonly afterKill?: (database: string) => void;
}

export interface SoakReport {
  /** Addresses that the undisturbed crawl fetched. */
  readonly fetched: number;
  /** Crawls that the kills were spread over: one, unless it ended before they were spent. */
  readonly crawls: number;
  /** Fetches beyond one of each address, and how many more the leases would have explained. */
  readonly again: number;
  readonly unused: number;
  /** What was promised and not kept; empty is good. */
  readonly problems: readonly string[];
}

/** Of the kills, so many hit the start of the daemon rather than its work. */
const AT_START = 0.2;
/** After the request that a kill waits for: in the middle of a read, a commit, a decode. */
const MOST_LATER_MS = 40;
const LOOK_MS = 3;
const QUIET_MS = 250;

export async function soak(options: SoakOptions): Promise<SoakReport> {
  const folder = mkdtempSync(join(tmpdir(), 'fashiond-soak-'));
  const shops = await startSoakShops(options.items);
  try {
    return await new Soak(options, shops, folder, await writeTinyModelTo(join(folder, 'tiny'))).run();
  } finally {
    await shops.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Place {
  readonly config: string;
  readonly database: string;
}

class Soak {
  readonly #options: SoakOptions;
  readonly #shops: SoakShops;
  readonly #folder: string;
  readonly #model: string;
  readonly #random: Random;
  /** From the daemon's start to its first request. */
  #startMs = 0;

  constructor(options: SoakOptions, shops: SoakShops, folder: string, model: string) {
    this.#options = options;
    this.#shops = shops;
    this.#folder = folder;
    this.#model = model;
    this.#random = new Random(options.seed);
  }

  async run(): Promise<SoakReport> {
    const { kills, note } = this.#options;
    const alone = this.#place('alone');
    const startedAt = performance.now();
    const daemon = startDaemon(alone.config);
    await this.#until(() => this.#shops.requests > 0, daemon);
    this.#startMs = performance.now() - startedAt;
    await this.#untilDone(alone, daemon);
    await daemon.stop();
    const expected = catalogueOf(alone.database);
    const fetched = this.#shops.fetches().size;
    const problems = overFetched(this.#shops.fetches(), new Map(), 1);
    note(`undisturbed: ${fetched} addresses in ${((performance.now() - startedAt) / 1000).toFixed(0)} s`);
    const sums = { crawls: 0, again: 0, unused: 0 };
    for (let left = kills; left > 0;) {
      const crawl = await this.#disturbed(`disturbed-${sums.crawls}`, left, expected, fetched);
      left -= crawl.kills;
      sums.crawls += 1;
      sums.again += crawl.again;
      sums.unused += crawl.unused;
      problems.push(...crawl.problems);
    }
    return { fetched, ...sums, problems };
  }

  /** One crawl from nothing to its end, killed at most `kills` times. */
  async #disturbed(
    name: string,
    kills: number,
    expected: Catalogue,
    fetched: number,
  ): Promise<Pick<SoakReport, 'again' | 'unused' | 'problems'> & { readonly kills: number }> {
    const { note, afterKill } = this.#options;
    const place = this.#place(name);
    this.#shops.forget();
    const leases = new Map<string, number>();
    let killed = 0;
    for (;;) {
      const daemon = startDaemon(place.config);
      const isKilled =
        killed < kills && (await this.#untilMoment(place, daemon, fetched / this.#options.kills));
      if (!isKilled) {
        await this.#untilDone(place, daemon);
        await daemon.stop();
        break;
      }
      await daemon.kill();
      killed += 1;
      for (const url of leasedIn(place.database)) leases.set(url, (leases.get(url) ?? 0) + 1);
      afterKill?.(place.database);
      if (killed % 10 === 0) note(`${killed} kills, ${this.#shops.requests} requests`);
    }
    const fetches = this.#shops.fetches();
    const again = sum(fetches) - fetches.size;
    const problems = [
      ...differences(expected, catalogueOf(place.database)),
      ...overFetched(fetches, leases, killed + 1),
    ];
    return { kills: killed, again, unused: sum(leases) - again, problems };
  }

  /** Waits for a random moment in the daemon's life; false when the crawl ended before. */
  async #untilMoment(
    place: Place,
    daemon: ReturnType<typeof startDaemon>,
    perKill: number,
  ): Promise<boolean> {
    const { killWhen } = this.#options;
    if (killWhen !== undefined) return this.#untilDone(place, daemon, () => killWhen(place.database));
    if (this.#random.next() < AT_START) {
      await sleep(this.#random.range(0, 1.5 * this.#startMs));
      return true;
    }
    const until = this.#shops.requests + this.#random.int(1, Math.max(2, Math.round(2 * perKill)));
    const laterMs = this.#random.range(0, MOST_LATER_MS);
    const isReached = await this.#untilDone(place, daemon, () => this.#shops.requests >= until);
    if (isReached) await sleep(laterMs);
    return isReached;
  }

  /** Waits until everything is crawled and classified, then false; true as soon as `isEnough`. */
  async #untilDone(
    place: Place,
    daemon: ReturnType<typeof startDaemon>,
    isEnough: () => boolean = () => false,
  ): Promise<boolean> {
    let [seen, quietSince] = [-1, 0];
    await this.#until(() => {
      if (isEnough()) return true;
      const now = performance.now();
      if (this.#shops.requests !== seen) [seen, quietSince] = [this.#shops.requests, now];
      if (now - quietSince < QUIET_MS) return false;
      quietSince = now;
      // Nothing was asked for since the daemon started, perhaps because it is not up yet.
      return seen > 0 && isDone(place.database);
    }, daemon);
    return isEnough();
  }

  async #until(isSo: () => boolean, daemon: ReturnType<typeof startDaemon>): Promise<void> {
    while (!isSo()) {
      daemon.mustRun();
      await sleep(LOOK_MS);
    }
  }

  #place(name: string): Place {
    const folder = join(this.#folder, name);
    mkdirSync(join(folder, 'shops'), { recursive: true });
    for (const shop of this.#shops.shops) {
      writeFileSync(join(folder, 'shops', `${String(shop['id'])}.yaml`), stringify(shop));
    }
    const config = join(folder, 'fashiond.yaml');
    const settings = {
      shops: ['shops/*.yaml'],
      // The last digits of a prediction depend on the batch it is computed in.
      compute: { workers: 1, batch: 1 },
      model: { path: this.#model },
      log: { level: 'warn' },
    };
    writeFileSync(config, stringify(settings));
    return { config, database: join(folder, 'fashiond.db') };
  }
}

const sum = (counts: ReadonlyMap<string, number>): number =>
  [...counts.values()].reduce((total, count) => total + count, 0);

/** Addresses asked for more often than `leases` explain; those of no page and no picture count once a start. */
function overFetched(
  fetches: ReadonlyMap<string, number>,
  leases: ReadonlyMap<string, number>,
  starts: number,
): string[] {
  return [...fetches].flatMap(([url, count]) => {
    const explained = url.endsWith('/robots.txt') ? starts : 1 + (leases.get(url) ?? 0);
    return count > explained ? [`${url} was fetched ${count} times, its leases explain ${explained}`] : [];
  });
}
