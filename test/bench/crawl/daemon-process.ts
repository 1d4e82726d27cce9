/**
 * The measured side of the crawl benchmark: the app as `fashiond` composes and starts it, in a process of its own, crawling
 * its shops again and again, with the modules that ship: words are read, the heart beats, models are watched. Left out are
 * the schedules with the daily upkeep, because this process says when a shop is crawled, and pictures, whose host is none
 * of the shops': each address is kept, tried and given up, none is fetched.
 */
import '../../../src/platform/no-telemetry.js';
import { createWriteStream } from 'node:fs';
import { devNull } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';
import Database from 'better-sqlite3';
import type { App } from '../../../src/app.js';
import type { LoadedConfig } from '../../../src/config/load.js';
import { unreachable } from '../../../src/domain/errors.js';
import type { Log } from '../../../src/domain/ports.js';
import type { Shop } from '../../../src/domain/shop.js';
import { cpuMsSince } from '../timed.js';
import { isProduct } from './page-text.js';
import { threadTimes, threadTimesSince, watchOwnDelay } from './thread-times.js';
import type { ThreadTimes } from './thread-times.js';

export type DaemonCommand =
  /** `isSettled`: what the database holds counts as read and seen by the models of this daemon. */
  | { readonly kind: 'open'; readonly config: string; readonly isSettled: boolean }
  /** Serves the API at a free port of this machine. */
  | { readonly kind: 'serve' }
  /** Crawls every shop once, and again and again until the time is over; `forMs` 0 is once. */
  | { readonly kind: 'crawl'; readonly forMs: number }
  | { readonly kind: 'close' };

export type Outcomes = Readonly<Record<string, number>>;

/** What went on while every shop was being crawled. */
export interface CrawlMeasurement {
  /** Until the time was over; of a single crawl, until all words that its pages brought had been read. */
  readonly seconds: number;
  /** Items whose words still waited then. */
  readonly wordsWaiting: number;
  /** Visits of product pages by how they ended. */
  readonly outcomes: Outcomes;
  /** The same with those that were still in hand when the time was over. */
  readonly all: Outcomes;
  /** Of this process, all threads. */
  readonly cpuMs: number;
  readonly threads: ThreadTimes | null;
  /** Delay of the event loop beyond its timer's interval, in milliseconds. */
  readonly loop: {
    readonly p50: number;
    readonly p99: number;
    readonly max: number;
    /** The p99 without the time in which the thread waited for a processor. */
    readonly ownP99: number;
  };
  /** Bytes, one a second. */
  readonly memory: readonly number[];
}

export type DaemonAnswer =
  | { readonly kind: 'opened' }
  | { readonly kind: 'served'; readonly url: string }
  | { readonly kind: 'crawled'; readonly measured: CrawlMeasurement }
  | { readonly kind: 'closed' }
  | { readonly kind: 'failed'; readonly reason: string };

const LOOP_RESOLUTION_MS = 10;

/** npm runs scripts in the project's folder, whose dist/ `npm run build` has made. */
const shipped = async <Module>(path: string): Promise<Module> =>
  (await import(pathToFileURL(join('dist', path)).href)) as Module;
const modules = {
  app: await shipped<typeof import('../../../src/app.js')>('app.js'),
  load: await shipped<typeof import('../../../src/config/load.js')>('config/load.js'),
  log: await shipped<typeof import('../../../src/platform/log.js')>('platform/log.js'),
  textModel: await shipped<typeof import('../../../src/text-model.js')>('text-model.js'),
};

let app: App | null = null;
let shops: readonly Shop[] = [];
let outcomes: Record<string, number> = {};
let slot = 0;

process.on('message', (command: DaemonCommand) => {
  void obey(command)
    .catch((error: unknown): DaemonAnswer => ({ kind: 'failed', reason: String(error) }))
    .then((answer) => process.send?.(answer));
});
process.on('disconnect', () => process.exit());

async function obey(command: DaemonCommand): Promise<DaemonAnswer> {
  switch (command.kind) {
    case 'open': {
      const loaded = await modules.load.loadConfig(command.config, {});
      app = await modules.app.App.open(loaded, countingLog());
      if (command.isSettled) await settle(app, loaded);
      // Whoever asks next hears that this process ended, and the reason stands above that.
      app.start().catch((error: unknown) => {
        console.error(error);
        process.exit(1);
      });
      shops = loaded.shops;
      return { kind: 'opened' };
    }
    case 'serve':
      return { kind: 'served', url: (await app?.serve('127.0.0.1:0')) ?? '' };
    case 'crawl':
      return { kind: 'crawled', measured: await crawl(command.forMs) };
    case 'close':
      await app?.close();
      return { kind: 'closed' };
    default:
      return unreachable(command);
  }
}

/** Else the daemon would read the words and see the pictures of a catalogue anew that was filled without it. */
async function settle({ store, models }: App, { config }: LoadedConfig): Promise<void> {
  models.begin();
  store.renewals.end(Date.now());
  const text = await modules.textModel.loadTextModel(config);
  const db = new Database(config.store.path);
  db.prepare(
    `INSERT OR IGNORE INTO text_predictions (product_id, model, candidates, words, at) SELECT id, ?, '[]', '[]', 0 FROM products`,
  ).run(text?.data.fingerprint);
  db.close();
}

/** The daemon's log as it would be written, with every visit counted that was committed. */
function countingLog(): Log {
  const log = modules.log.createLog({
    level: 'info',
    format: 'json',
    destination: createWriteStream(devNull) as unknown as NodeJS.WriteStream,
  });
  return {
    ...log,
    debug: (event, fields) => {
      log.debug(event, fields);
      if (event !== 'page.visited' || !isProduct(String(fields?.['url']))) return;
      const outcome = String(fields?.['outcome']);
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    },
  };
}

async function crawl(forMs: number): Promise<CrawlMeasurement> {
  outcomes = {};
  const loop = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS });
  const memory: number[] = [];
  const sampler = setInterval(() => memory.push(process.memoryUsage.rss()), 1000);
  const cpu = process.cpuUsage();
  const threads = threadTimes();
  const ownDelay = watchOwnDelay(LOOP_RESOLUTION_MS);
  const startedAt = performance.now();
  // What is counted ends with the time; what is in hand then is brought to its end, so that nothing is half done.
  let measured: Omit<CrawlMeasurement, 'memory' | 'all'> | null = null;
  const measure = (): Omit<CrawlMeasurement, 'memory' | 'all'> => {
    const delay = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - LOOP_RESOLUTION_MS);
    return {
      seconds: (performance.now() - startedAt) / 1000,
      wordsWaiting: app?.store.textsWaiting() ?? 0,
      outcomes: { ...outcomes },
      cpuMs: cpuMsSince(cpu),
      threads: threadTimesSince(threads),
      loop: {
        p50: delay(loop.percentile(50)),
        p99: delay(loop.percentile(99)),
        max: delay(loop.max),
        ownP99: ownDelay(),
      },
    };
  };
  const timer = setTimeout(() => (measured = measure()), forMs > 0 ? forMs : 2 ** 31 - 1);
  loop.enable();
  await Promise.all(shops.map((shop) => again(shop, startedAt + forMs)));
  await app?.imagesDone();
  loop.disable();
  clearTimeout(timer);
  clearInterval(sampler);
  return { ...(measured ?? measure()), all: outcomes, memory };
}

async function again(shop: Shop, until: number): Promise<void> {
  do {
    slot += 1;
    await app?.crawl(shop, new Date(slot * 1000).toISOString());
  } while (performance.now() < until);
}
