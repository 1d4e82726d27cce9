/**
 * Drives one run of one shop: seeds the frontier, visits every page due, ends the run.
 *
 * State of a run: begun -> (visiting) -> finished | failed. It is durable from the first moment: a process that
 * dies leaves the run unfinished and its entries leased; the next start returns the leases and calls `resume`.
 * A run fails when the host refuses or fails too many times in a row; what was not visited waits for the next.
 */
import type { CrawlRun, FoundUrl, FrontierEntry, PageVisit, RunCounts, RunReach } from '../domain/crawl.js';
import { FashiondError, messageOf } from '../domain/errors.js';
import type { FeedReader, FeedStore } from '../domain/feed-ports.js';
import type { Clock, CrawlStore, Fetcher, ImageStore, Log, PageReader, RunStarter } from '../domain/ports.js';
import type { Shop } from '../domain/shop.js';
import { Bell } from '../platform/bell.js';
import { BodyRoom } from '../platform/body-room.js';
import { patiently } from '../platform/patience.js';
import { runPump } from '../platform/pump.js';
import { claimedAtLeast, claimedAtOnce, leaseFor } from './claims.js';
import type { LeaseOptions } from './claims.js';
import { readFeeds } from './feed-step.js';
import type { FeedCounts, FeedStepOptions, FeedStepParts } from './feed-step.js';
import { visitPage } from './page-step.js';
import type { PageStepOptions, PageStepParts } from './page-step.js';

export interface CrawlOptions extends PageStepOptions, FeedStepOptions, LeaseOptions {
  /** Pages of a shop wait while more of its picture URLs than this wait for download. */
  readonly maxWantedImages: number;
  /** Refusals or failures of the host in a row that end a run. */
  readonly maxHostFailures: number;
  /** A run ends when nothing falls due for this long; what waits longer is the next run's. */
  readonly maxIdleMs: number;
}

export interface CrawlParts {
  readonly store: CrawlStore & FeedStore & Pick<ImageStore, 'backlog'>;
  readonly fetcher: Fetcher;
  readonly reader: PageReader;
  readonly feedReader: FeedReader;
  readonly clock: Clock;
  readonly log: Log;
  /** Resolves when there is room on the disk, or the signal aborts. */
  readonly room: (signal: AbortSignal) => Promise<void>;
  /** Rung when a page brought pictures. */
  readonly imagesWanted: Bell;
  readonly textsFound: Bell;
}

const SEED_BATCH = 500;

/** Mutable state of a run in this process. */
interface Progress {
  /** Pages settled or in hand. */
  visited: number;
  read: number;
  hostFailures: number;
}

/**
 * Bytes of pages that wait for a thread to read them: about a hundred of 150 kB, more than a second of its work, however
 * many shops bring pages at once.
 */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;

export class Crawl implements RunStarter {
  readonly #parts: CrawlParts & PageStepParts & FeedStepParts;
  readonly #options: CrawlOptions;

  constructor(parts: CrawlParts, options: CrawlOptions) {
    this.#parts = {
      ...parts,
      pageRoom: new BodyRoom(MAX_WAITING_BYTES),
      // No other feed is asked for while one is in memory.
      feedRoom: new BodyRoom(1),
    };
    this.#options = options;
  }

  async run(shop: Shop, slot: string, signal: AbortSignal, reach: RunReach = {}): Promise<void> {
    const { store, clock, log, room } = this.#parts;
    // No run begins on a full disk: its feeds alone would fill it further.
    await room(signal);
    if (signal.aborted) return;
    // The slot comes once: a run that did not wait for its beginning to be written would be lost.
    const run = await patiently(this.#parts, signal, () =>
      store.beginRun(shop.id, slot, clock.now(), reach.dueBefore),
    );
    if (run === null) log.debug('run.already_started', { shop: shop.id, slot });
    else await this.resume(run, shop, signal, reach);
  }

  /** Goes on with a run that was begun, here or by an earlier process; of the reach only `all` counts. */
  async resume(run: CrawlRun, shop: Shop, signal: AbortSignal, reach: RunReach = {}): Promise<void> {
    const { store, clock, log } = this.#parts;
    if (reach.all === true) await patiently(this.#parts, signal, () => store.makeAllDue(run));
    log.debug('run.started', { shop: shop.id, run: run.id, slot: run.slot });
    const startedAt = clock.monotonic();
    const before = store.runCounts(run);
    const progress: Progress = { visited: before.done + before.dropped, read: 0, hostFailures: 0 };
    const stop = new AbortController();
    const both = AbortSignal.any([signal, stop.signal]);
    let failure: string | null = null;
    let feeds: FeedCounts = { read: 0, problem: null };
    try {
      await this.#seed(run, shop, both);
      if (shop.feeds.length > 0) feeds = await readFeeds(this.#parts, this.#options, run, shop, both);
      await this.#visitAll(run, shop, progress, stop, both);
    } catch (error) {
      if (!signal.aborted) failure = messageOf(error);
    }
    if (signal.aborted) {
      log.info('run.interrupted', { shop: shop.id, run: run.id });
      return;
    }
    if (stop.signal.aborted) failure = messageOf(stop.signal.reason);
    const counts = store.runCounts(run);
    if (failure === null && counts.done === 0 && feeds.read === 0 && !this.#nothingWasDue(shop, counts)) {
      failure =
        feeds.problem === null ? 'no page could be visited' : `no feed could be read: ${feeds.problem}`;
    }
    await patiently(this.#parts, signal, () => {
      if (failure === null) store.finishRun(run.id, 'finished', clock.now());
      else store.finishRun(run.id, 'failed', clock.now(), failure);
    });
    const fields = { shop: shop.id, run: run.id, slot: run.slot, ...counts, read: progress.read };
    const tookMs = Math.round(clock.monotonic() - startedAt);
    if (failure === null) log.info('run.finished', { ...fields, tookMs });
    else log.error('run.failed', { ...fields, tookMs, reason: failure });
    const health = store.runHealth(run.id);
    if (health === null || health.level === 'green') return;
    const problems = health.findings.map(({ what }) => what);
    log.warn('run.unhealthy', { shop: shop.id, run: run.id, health: health.level, problems });
  }

  /** All pages are known, and it is the turn of none. */
  #nothingWasDue(shop: Shop, { dropped, pending, leased }: RunCounts): boolean {
    return dropped + pending + leased === 0 && this.#parts.store.knowsPages(shop.id);
  }

  async #seed(run: CrawlRun, shop: Shop, signal: AbortSignal): Promise<void> {
    const { store, fetcher, clock, room } = this.#parts;
    const starts = shop.start.flatMap((url) => fetcher.canonicalUrl(shop, url) ?? []);
    const add = async (urls: readonly FoundUrl[]): Promise<void> => {
      // No further sitemap is asked for meanwhile, and no more is read of the one at hand.
      await room(signal);
      await patiently(this.#parts, signal, () => store.addUrls(run, urls, clock.now()));
    };
    await add(starts.map((url) => ({ url, kind: 'page', depth: 0 })));
    let batch: FoundUrl[] = [];
    const flush = async (): Promise<void> => {
      await add(batch);
      batch = [];
    };
    for await (const { url, lastModified, images } of fetcher.sitemapUrls(shop, signal)) {
      // Sitemaps show pictures of what is for sale; of the pages they list, those come first.
      batch.push({ url, kind: images.length > 0 ? 'product' : 'page', depth: 1, lastModified });
      if (batch.length >= SEED_BATCH) await flush();
    }
    await flush();
  }

  async #visitAll(
    run: CrawlRun,
    shop: Shop,
    progress: Progress,
    stop: AbortController,
    signal: AbortSignal,
  ): Promise<void> {
    const { store, clock, log } = this.#parts;
    const bell = new Bell();
    // What is beyond the limit waits for the next run, where what was never visited comes first.
    const room = (): number => shop.scope.maxPages - progress.visited;
    await runPump<FrontierEntry>(
      {
        width: claimedAtOnce(shop),
        claimAtLeast: claimedAtLeast(shop),
        claim: (limit) => {
          if (store.backlog(shop.id).wanted > this.#options.maxWantedImages) return [];
          const most = Math.min(limit, room());
          return most > 0 ? store.claimPages(run, most, clock.now(), leaseFor(shop, this.#options)) : [];
        },
        work: (entry) => this.#visit(run, shop, entry, progress, stop, signal),
        nextDue: () => (room() > 0 ? store.nextPageDue(run) : null),
        endAfterIdleMs: this.#options.maxIdleMs,
        bell,
        clock,
      },
      signal,
    );
    if (room() <= 0 && store.nextPageDue(run) !== null) {
      log.warn('run.page_limit', { shop: shop.id, run: run.id, maxPages: shop.scope.maxPages });
    }
  }

  async #visit(
    run: CrawlRun,
    shop: Shop,
    entry: FrontierEntry,
    progress: Progress,
    stop: AbortController,
    signal: AbortSignal,
  ): Promise<void> {
    const { store, clock, log, imagesWanted, textsFound } = this.#parts;
    const visit = await this.#visitOnce(shop, entry, progress, signal);
    if (visit === null || signal.aborted) {
      store.releasePages([entry.id]);
      return;
    }
    await patiently(this.#parts, signal, () =>
      store.together(() => store.commitVisit(run, entry, visit, clock.now())),
    );
    // It is visited again: a host that asks for patience must not use the run's pages up.
    if (visit.kind === 'retry') progress.visited -= 1;
    log.debug('page.visited', { shop: shop.id, url: entry.url, outcome: visit.kind, ...detailOf(visit) });
    if (visit.kind === 'read') {
      progress.read += 1;
      imagesWanted.ring();
      textsFound.ring();
    }
    progress.hostFailures = isHostFailure(visit) ? progress.hostFailures + 1 : 0;
    if (progress.hostFailures >= this.#options.maxHostFailures) {
      const what = `${progress.hostFailures} failed requests in a row, the last: ${String(detailOf(visit).reason)}`;
      stop.abort(new FashiondError('network', what, { retry: true }));
    }
  }

  /** Null when the run was stopped before the visit ended. */
  async #visitOnce(
    shop: Shop,
    entry: FrontierEntry,
    progress: Progress,
    signal: AbortSignal,
  ): Promise<PageVisit | null> {
    progress.visited += 1;
    try {
      return await visitPage(this.#parts, this.#options, shop, entry, signal);
    } catch (error) {
      if (signal.aborted) return null;
      // A full disk is refused too, and says nothing of the page.
      if (error instanceof FashiondError && error.code === 'refused' && !error.retry) {
        return { kind: 'dropped', reason: 'unreadable', detail: error.message };
      }
      throw error;
    }
  }
}

function detailOf(visit: PageVisit): { readonly reason?: string; readonly detail?: string } {
  if (visit.kind === 'retry') return { reason: visit.reason };
  if (visit.kind === 'dropped') return { reason: visit.reason, detail: visit.detail };
  return {};
}

/** Outcomes in which the host, not the page, is at fault. */
function isHostFailure(visit: PageVisit): boolean {
  if (visit.kind === 'retry') return true;
  if (visit.kind !== 'dropped') return false;
  return [
    'dns',
    'connect',
    'proxy',
    'tls',
    'timeout',
    'reset',
    'server-error',
    'robots-unreachable',
  ].includes(visit.reason);
}
