/**
 * The feeds of a shop in a run: each is claimed, fetched, staged row by row and brought into the catalogue, before
 * the shop's pages are visited. Whatever ends the process in between, the next one begins the feed again and comes to
 * the same catalogue.
 */
import type { CrawlRun } from '../domain/crawl.js';
import type { FeedEntry, FeedItem, FeedReport, FeedVisit, ShopFeed } from '../domain/feed.js';
import type { FetchOutcome, Validators } from '../domain/fetch.js';
import type { FeedReader, FeedStore } from '../domain/feed-ports.js';
import type { Clock, CrawlStore, Fetcher, Log } from '../domain/ports.js';
import type { Shop } from '../domain/shop.js';
import { backoffMs } from '../platform/backoff.js';
import type { Bell } from '../platform/bell.js';
import type { BodyRoom } from '../platform/body-room.js';
import { sha256Hex } from '../platform/fingerprint.js';
import { patiently } from '../platform/patience.js';
import { isPaged, MAX_FEED_PAGES, pageUrl } from './feed-pages.js';
import { unread } from './unread.js';
import type { RetryOptions } from './unread.js';

export interface FeedStepOptions extends RetryOptions {
  readonly confirmGoneMs: number;
  readonly maxFeedBytes: number;
  readonly feedLeaseMs: number;
  /** What waits longer is the next run's. */
  readonly maxIdleMs: number;
}

export interface FeedStepParts {
  readonly store: FeedStore & Pick<CrawlStore, 'addUrls'>;
  readonly fetcher: Fetcher;
  readonly feedReader: FeedReader;
  /** Of the feeds of all shops. */
  readonly feedRoom: BodyRoom;
  readonly clock: Clock;
  readonly log: Log;
  /** Resolves when there is room on the disk, or the signal aborts. */
  readonly room: (signal: AbortSignal) => Promise<void>;
  readonly imagesWanted: Bell;
  /** Rung when products changed whose words are to be read. */
  readonly textsFound: Bell;
}

export interface FeedCounts {
  /** Feeds that listed something in this run, or had not changed since they did. */
  readonly read: number;
  /** Why the last of those was not read, or not to its end; null without one. */
  readonly problem: string | null;
}

/** A feed that is due and not handed out is held back by the store, as while its disk has no room. */
const HELD_BACK_MS = 250;
/** Products of one transaction. */
const APPLY_BATCH = 50;

/** Returns when every feed is settled, or the signal aborts. */
export async function readFeeds(
  parts: FeedStepParts,
  options: FeedStepOptions,
  run: CrawlRun,
  shop: Shop,
  signal: AbortSignal,
): Promise<FeedCounts> {
  const { store, clock, log } = parts;
  let problem: string | null = null;
  const throttled = new Map<string, number>();
  const write = async <T>(work: () => T): Promise<T> => patiently(parts, signal, work);
  const urls = shop.feeds.map(({ url }) => url);
  await write(() => store.addFeeds(run, urls, clock.now()));
  while (!signal.aborted) {
    const entry = await write(() => store.claimFeed(run, clock.now(), options.feedLeaseMs));
    if (entry === null) {
      const wait = (store.nextFeedDue(run) ?? Number.POSITIVE_INFINITY) - clock.now();
      if (wait > options.maxIdleMs) break;
      await clock.sleep(wait > 0 ? wait : HELD_BACK_MS, signal);
      continue;
    }
    const feed = shop.feeds.find(({ url }) => url === entry.url);
    if (feed === undefined) break;
    let visit = await new FeedVisitor(parts, options, { run, shop, feed, entry, signal }).visit();
    if (visit === null) {
      store.releaseFeed(entry);
      break;
    }
    if (visit.kind === 'retry' && !visit.spendsAttempt) {
      // A refusal spends no attempt, but a run must not wait for a feed that is refused for ever.
      const times = (throttled.get(feed.url) ?? 0) + 1;
      throttled.set(feed.url, times);
      if (times >= options.attempts)
        visit = { kind: 'dropped', reason: 'throttled', detail: `${visit.reason}, ${times} times` };
    }
    const outcome = visit;
    await write(() => store.commitFeed(entry, outcome, clock.now()));
    problem = problemOf(visit) ?? problem;
    log.debug('feed.visited', { shop: shop.id, url: feed.url, outcome: visit.kind, ...detailOf(visit) });
  }
  return { read: store.feedsRead(run), problem };
}

function problemOf(visit: FeedVisit): string | null {
  if (visit.kind === 'read') return visit.report.stopped;
  if (visit.kind === 'unchanged') return null;
  return visit.kind === 'retry' ? visit.reason : `${visit.reason}: ${visit.detail}`;
}

type OkOutcome = Extract<FetchOutcome, { kind: 'ok' }>;

interface FeedWork {
  readonly run: CrawlRun;
  readonly shop: Shop;
  readonly feed: ShopFeed;
  readonly entry: FeedEntry;
  readonly signal: AbortSignal;
}

class FeedVisitor {
  readonly #parts: FeedStepParts;
  readonly #options: FeedStepOptions;
  readonly #work: FeedWork;
  readonly #report: FeedReport = { items: 0, skipped: 0, firstFault: null, stopped: null };

  constructor(parts: FeedStepParts, options: FeedStepOptions, work: FeedWork) {
    this.#parts = parts;
    this.#options = options;
    this.#work = work;
  }

  /** Null when the signal aborts first. */
  async visit(): Promise<FeedVisit | null> {
    const { entry, feed, signal } = this.#work;
    const { store, feedRoom } = this.#parts;
    const paged = isPaged(feed.format);
    const hashes: string[] = [];
    let validators: Validators = { etag: null, lastModified: null };
    for (let page = 1; page <= MAX_FEED_PAGES; page += 1) {
      const outcome = await this.#fetch(
        pageUrl(feed, page),
        page === 1 && !paged ? entry.validators : validators,
      );
      if (signal.aborted) return null;
      if (outcome.kind === 'notModified') return this.#unchanged(outcome.validators);
      if (outcome.kind !== 'ok') return this.#failed(outcome);
      const hash = sha256Hex(outcome.body);
      if (!paged && hash === entry.contentHash) return this.#unchanged(outcome.validators);
      // Where the shop takes no page number, every page is the first.
      if (hash === hashes.at(-1)) break;
      hashes.push(hash);
      if (page === 1) await this.#write(() => store.beginReading(entry));
      const before = this.#report.items + this.#report.skipped;
      await feedRoom.holding(outcome.body.byteLength, () => this.#stage(outcome));
      if (signal.aborted) return null;
      if (!paged) validators = outcome.validators;
      const isLast = this.#report.items + this.#report.skipped === before;
      if (!paged || isLast || this.#report.stopped !== null) break;
      if (page === MAX_FEED_PAGES) this.#report.stopped = `more than ${MAX_FEED_PAGES} pages`;
    }
    // A feed without a single item says nothing of those it had.
    if (this.#report.items === 0) this.#report.stopped ??= 'no item in it';
    // What broke off says nothing of what it lacks, not even of a row that was missed before.
    if (this.#report.stopped === null) await this.#settleMissing(true);
    await this.#apply();
    if (signal.aborted) return null;
    const [only = ''] = hashes;
    return {
      kind: 'read',
      validators,
      contentHash: paged ? sha256Hex(Buffer.from(hashes.join())) : only,
      report: this.#report,
    };
  }

  /** Of a feed in pages, a page that fails is asked for again: beginning at the first would cost the shop more. */
  async #fetch(url: string, validators: Validators): Promise<FetchOutcome> {
    const { shop, feed, signal } = this.#work;
    const { fetcher, clock, feedRoom } = this.#parts;
    for (let tries = 1; ; tries += 1) {
      const outcome = await fetcher.fetch(shop, url, {
        kind: 'feed',
        validators,
        room: feedRoom,
        signal,
      });
      const mayRetry = isPaged(feed.format) && tries < this.#options.attempts && !signal.aborted;
      if (mayRetry && outcome.kind === 'throttled' && outcome.retryAfterMs <= this.#options.maxMs) {
        await clock.sleep(outcome.retryAfterMs, signal);
      } else if (mayRetry && outcome.kind === 'failed' && outcome.retry) {
        await clock.sleep(backoffMs(this.#options, tries - 1), signal);
      } else {
        return outcome;
      }
    }
  }

  async #stage(outcome: OkOutcome): Promise<void> {
    const { run, shop, feed, entry, signal } = this.#work;
    const { store, feedReader, clock } = this.#parts;
    const document = {
      body: outcome.body,
      url: outcome.url,
      contentType: outcome.contentType,
      format: feed.format,
      encoding: feed.encoding,
      maxBytes: this.#options.maxFeedBytes,
      hints: { currency: shop.currency, language: shop.language, selectors: {} },
      now: clock.now(),
    };
    for await (const batch of feedReader.items(document, this.#report)) {
      if (signal.aborted) return;
      const items = batch.map((item) => this.#canonical(item));
      await this.#write(() => store.stageItems(entry, items, clock.now()));
      if (!feed.visitPages) continue;
      const found = items.filter(({ product }) => this.#parts.fetcher.inScope(shop, product.url, 'page'));
      const urls = found.map(({ product }) => ({
        url: product.url,
        kind: 'product' as const,
        depth: 1,
        price: product.offer?.price ?? null,
      }));
      await this.#write(() => store.addUrls(run, urls, clock.now()));
    }
  }

  #canonical(item: FeedItem): FeedItem {
    const url = this.#parts.fetcher.canonicalUrl(this.#work.shop, item.product.url);
    return url === null ? item : { ...item, product: { ...item.product, url } };
  }

  async #unchanged(validators: Validators): Promise<FeedVisit | null> {
    await this.#settleMissing(false);
    await this.#apply();
    return this.#work.signal.aborted ? null : { kind: 'unchanged', validators };
  }

  /**
   * A reading that was broken off by a full disk would only write all of it again. Below the floor it waits, and so does
   * the next page.
   */
  async #write<T>(work: () => T): Promise<T> {
    await this.#parts.room(this.#work.signal);
    return patiently(this.#parts, this.#work.signal, work);
  }

  async #settleMissing(completes: boolean): Promise<void> {
    const { store, clock } = this.#parts;
    const confirmAfterMs = this.#options.confirmGoneMs;
    await this.#write(() =>
      store.settleMissing(this.#work.entry, { completes, confirmAfterMs }, clock.now()),
    );
  }

  /** Each batch is a transaction of its own. */
  async #apply(): Promise<void> {
    const { entry, signal } = this.#work;
    const { store, feedReader, clock, imagesWanted, textsFound } = this.#parts;
    while (!signal.aborted) {
      const applied = await this.#write(() =>
        store.applyItems(entry, APPLY_BATCH, (items) => feedReader.assemble(items), clock.now()),
      );
      if (applied === 0) return;
      imagesWanted.ring();
      textsFound.ring();
      // Whatever else waits for this thread has its turn.
      await clock.sleep(0, signal);
    }
  }

  #failed(outcome: Exclude<FetchOutcome, { kind: 'ok' | 'notModified' }>): FeedVisit {
    return outcome.kind === 'gone'
      ? { kind: 'dropped', reason: 'gone', detail: `HTTP ${outcome.status}` }
      : unread(outcome, this.#work.entry.attempts, this.#options, this.#parts.clock.now());
  }
}

function detailOf(visit: FeedVisit): Readonly<Record<string, unknown>> {
  if (visit.kind === 'read') return { ...visit.report };
  if (visit.kind === 'retry') return { reason: visit.reason };
  return visit.kind === 'dropped' ? { reason: visit.reason, detail: visit.detail } : {};
}
