/**
 * The daemon at full speed for minutes: every minute all shops anew, a hostile one among them, users who read, ask for
 * lookalikes and upload pictures, and twice another model that takes the current one's place. Five promises: once it is
 * warm, neither memory nor descriptors nor threads grow; nothing goes wrong that has no name; every request is answered;
 * the crawl keeps its pace beside all that; and in the end the catalogue has the prices of the shops.
 */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { garmentSpec, renderGarment } from '../../../src/garments/render.js';
import { promoteVariant, registerVariant } from '../../support/model-variants.js';
import { startDaemon } from '../daemon.js';
import type { SoakDaemon } from '../daemon.js';
import { writeConfig } from './config.js';
import { pricesIn, tooSlow, wrongPrices } from './crawled.js';
import { isExpected } from './expected.js';
import { judge, leaksIn } from './judge.js';
import type { TimedFigures } from './judge.js';
import { startUsers } from './load.js';
import type { Users } from './load.js';
import { watchLog } from './log-watch.js';
import type { LogWatch } from './log-watch.js';
import { processFigures } from './process-figures.js';
import type { Hold, OpenShops, Prices, ShopsCount, ShopsPrices, ShopsWanted } from './shops-process.js';

export interface EnduranceOptions {
  readonly minutes: number;
  /** Of all shops together; as many as can be crawled in the time for warming up unless said. */
  readonly items?: number;
  readonly note: (line: string) => void;
}

const SHOPS = 6;
/** A hundred a second, and no more pictures than a new model sees again in less than the time between two swaps. */
const MOST_ITEMS = 6000;
/** So many are crawled for the first time, pictures and all, within the time for warming up, unless others work as well. */
const ITEMS_A_MINUTE = 1200;
/** Of the time, so much at least is for warming up; it takes as long as it takes, up to so much. */
const WARM = { least: 0.3, most: 3 };
/** When another model is promoted, in shares of the time that is watched. */
const SWAPS_AT = [1 / 3, 2 / 3];
/** In runs as long as this the first swap, renewal included, is part of the warm-up: two models were open once. */
const LONG_MINUTES = 15;
const SAMPLE_MS = 1000;
const NOTE_EVERY_MS = 60_000;
/** Two runs, and the rest of the one that is under way. */
const HOLD_MOST_MS = 5 * 60_000;
const SEED = 20_261_128;

/** Resolves to what was promised and not kept; empty is good. */
export async function endure({
  minutes,
  items: wanted = Math.min(MOST_ITEMS, ITEMS_A_MINUTE * minutes),
  note,
}: EnduranceOptions): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'fashiond-endurance-'));
  const shops = fork(fileURLToPath(new URL('./shops-process.js', import.meta.url)));
  const items = Math.ceil(wanted / SHOPS);
  try {
    shops.send({ shops: SHOPS, items } satisfies ShopsWanted);
    const [open] = (await once(shops, 'message')) as [OpenShops];
    return await new Endurance(folder, shops, open, SHOPS * items, note).run(minutes * 60_000);
  } finally {
    shops.disconnect();
    rmSync(folder, { recursive: true, force: true });
  }
}

class Endurance {
  readonly #folder: string;
  readonly #items: number;
  readonly #note: (line: string) => void;
  readonly #shops: ChildProcess;
  readonly #open: OpenShops;
  readonly #log: LogWatch;
  #url: string | null = null;
  #served: ShopsCount = { pages: 0, pictures: 0 };
  #prices: Prices | null = null;

  constructor(
    folder: string,
    shops: ChildProcess,
    open: OpenShops,
    items: number,
    note: (line: string) => void,
  ) {
    this.#folder = folder;
    this.#shops = shops;
    this.#open = open;
    this.#items = items;
    this.#note = note;
    this.#log = watchLog(
      (event, fields) => isExpected(open.hostile, event, fields),
      (event, fields) => {
        if (event === 'api.listening') this.#url = String(fields['url']);
      },
    );
    shops.on('message', (told: ShopsCount | ShopsPrices) => {
      if ('prices' in told) this.#prices = told.prices;
      else this.#served = told;
    });
  }

  async run(forMs: number): Promise<readonly string[]> {
    const daemon = startDaemon(writeConfig(this.#folder, this.#open), (text) => this.#log.take(text));
    try {
      return await this.#judge(daemon, forMs);
    } catch (error) {
      await daemon.kill().catch(() => undefined);
      throw error;
    }
  }

  async #judge(daemon: SoakDaemon, forMs: number): Promise<readonly string[]> {
    const warmMs = await this.#warmUp(daemon, forMs);
    await this.#swap(daemon, 1, forMs >= LONG_MINUTES * 60_000);
    const warmServed = this.#served;
    const users = startUsers(this.#url!, this.#items, await uploaded(), SEED);
    const watchMs = forMs * (1 - WARM.least);
    const [{ samples, seconds, served }] = await Promise.all([
      this.#watch(daemon, watchMs),
      ...SWAPS_AT.map(async (share, at) => {
        await sleep(watchMs * share, null, { ref: false });
        await this.#swap(daemon, at + 2, false);
      }),
    ]);
    await users.stop();
    const prices = await this.#heldPrices(daemon);
    await daemon.stop();
    const pages = (served.pages - warmServed.pages) / seconds;
    const pictures = (served.pictures - warmServed.pictures) / seconds;
    this.#note(
      `warm after ${(warmMs / 1000).toFixed(0)} s; then ${pages.toFixed(0)} pages and ${pictures.toFixed(1)} pictures a second for ${(seconds / 60).toFixed(1)} min`,
    );
    for (const { what, text, verdict } of judge(samples)) this.#note(`${what}: ${text}: ${verdict}`);
    for (const line of usesText(users)) this.#note(line);
    const warned = [...this.#log.warned].map(([event, times]) => `${event} ${times}`);
    this.#note(`warnings with a name: ${warned.join(', ') || 'none'}`);
    return [
      ...leaksIn(samples),
      ...this.#log.unexpected.map((line) => `the log says: ${line}`),
      ...faultsOf(users),
      ...tooSlow(pages, this.#items),
      ...wrongPrices(prices, pricesIn(this.#database)),
      ...this.#damage(),
    ];
  }

  /** Until every item is in the catalogue and as good as no picture waits. */
  async #warmUp(daemon: SoakDaemon, forMs: number): Promise<number> {
    const startedAt = performance.now();
    for (;;) {
      await sleep(SAMPLE_MS);
      daemon.mustRun();
      if (this.#url === null) continue;
      const tookMs = performance.now() - startedAt;
      const { items, waiting } = this.#progress();
      // A few photos are always on their way.
      if (tookMs > forMs * WARM.least && items >= this.#items && waiting < this.#items / 50) return tookMs;
      if (tookMs > forMs * WARM.most) {
        throw new Error(
          `${items} of ${this.#items} items after ${(tookMs / 60_000).toFixed(1)} min, and ${waiting} pictures wait: ` +
            'this machine has too little time for it',
        );
      }
    }
  }

  /** Has variant `number` serve, and with `renewed` every item seen again by it. */
  async #swap(daemon: SoakDaemon, number: number, renewed: boolean): Promise<void> {
    const startedAt = performance.now();
    const place = { folder: this.#folder, database: this.#database, url: this.#url! };
    const model = registerVariant(place, number);
    await promoteVariant({ ...place, mustRun: () => daemon.mustRun() }, model, { renewed });
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    this.#note(`model ${number} serves ${renewed ? 'and has seen every item ' : ''}after ${seconds} s`);
  }

  async #watch(
    daemon: SoakDaemon,
    forMs: number,
  ): Promise<{
    readonly samples: readonly TimedFigures[];
    readonly seconds: number;
    readonly served: ShopsCount;
  }> {
    const startedAt = performance.now();
    const samples: TimedFigures[] = [];
    let toldAt = startedAt;
    for (let next = startedAt; performance.now() < startedAt + forMs; next += SAMPLE_MS) {
      await sleep(Math.max(0, next - performance.now()));
      daemon.mustRun();
      samples.push({ atMs: performance.now(), ...processFigures(daemon.pid) });
      if (performance.now() - toldAt < NOTE_EVERY_MS) continue;
      toldAt = performance.now();
      const { memory, descriptors, threads } = samples.at(-1)!;
      this.#note(
        `${((toldAt - startedAt) / 60_000).toFixed(0)} min: ${memory.toFixed(0)} MB, ${descriptors} descriptors, ${threads} threads, ` +
          `${this.#served.pages} pages, ${this.#served.pictures} pictures`,
      );
    }
    return { samples, seconds: (performance.now() - startedAt) / 1000, served: this.#served };
  }

  /** Has the shops change nothing any more. Resolves to their prices when the daemon has stored what it found since. */
  async #heldPrices(daemon: SoakDaemon): Promise<Prices> {
    this.#shops.send('hold' satisfies Hold);
    const startedAt = performance.now();
    while (this.#prices === null) {
      daemon.mustRun();
      if (performance.now() - startedAt > HOLD_MOST_MS)
        throw new Error(`not every page was visited twice in ${HOLD_MOST_MS / 60_000} min`);
      await sleep(SAMPLE_MS);
    }
    return this.#prices;
  }

  #progress(): { readonly items: number; readonly waiting: number } {
    const db = new Database(this.#database, { readonly: true });
    try {
      return db
        .prepare<[], { items: number; waiting: number }>(
          `SELECT (SELECT count(*) FROM products) AS items,
             (SELECT count(*) FROM images WHERE state IN ('wanted', 'leased'))
             + (SELECT count(*) FROM blobs WHERE state IN ('stored', 'leased')) AS waiting`,
        )
        .get()!;
    } finally {
      db.close();
    }
  }

  #damage(): readonly string[] {
    const db = new Database(this.#database);
    try {
      const check = db.pragma('integrity_check', { simple: true });
      const leased = db
        .prepare(
          `SELECT (SELECT count(*) FROM frontier WHERE state = 'leased') + (SELECT count(*) FROM images WHERE state = 'leased')`,
        )
        .pluck()
        .get();
      return [
        ...(check === 'ok' ? [] : [`integrity_check says: ${String(check)}`]),
        ...(leased === 0 ? [] : [`${String(leased)} leases were not given back`]),
      ];
    } finally {
      db.close();
    }
  }

  get #database(): string {
    return join(this.#folder, 'fashiond.db');
  }
}

const uploaded = (): Promise<Buffer> =>
  renderGarment(garmentSpec('dress', SEED, 'held-out'), { width: 480, height: 600 });

function usesText({ uses }: Users): string[] {
  return [...uses].map(([name, { answered, times }]) => {
    const sorted = times.toSorted((a, b) => a - b);
    const at = (share: number): string =>
      (sorted[Math.floor(sorted.length * share)] ?? Number.NaN).toFixed(0);
    return `${name}: ${answered} answers in ${at(0.5)} ms (p50), ${at(0.99)} ms (p99)`;
  });
}

function faultsOf({ uses }: Users): string[] {
  return [...uses].flatMap(([name, { answered, faults }]) => [
    ...(answered === 0 ? [`nobody got ${name} answered`] : []),
    ...[...faults].map(([fault, times]) => `${fault}, ${times} times of ${answered}`),
  ]);
}
