/** Where the stages meet that read feeds, beside ports.ts. */
import type { CrawlRun } from './crawl.js';
import type { FeedEntry, FeedFormat, FeedItem, FeedReport, FeedVisit } from './feed.js';
import type { Product, ReadingHints } from './product.js';

/** The bytes of a feed, and what is known of them besides. */
export interface FeedDocument {
  readonly body: Uint8Array;
  /** After redirects; what relative addresses are relative to. */
  readonly url: string;
  readonly contentType: string | null;
  /** Null: found from the bytes. */
  readonly format: FeedFormat | null;
  readonly encoding: string | null;
  /** Bound on what packed bytes unpack to. */
  readonly maxBytes: number;
  readonly hints: ReadingHints;
  /** Milliseconds since the epoch; sale prices have dates. */
  readonly now: number;
}

export interface FeedReader {
  /** Items in the order of the feed, in batches. `report` is filled in as reading goes on. Never rejects. */
  items(feed: FeedDocument, report: FeedReport): AsyncIterable<readonly FeedItem[]>;
  /** The rows of one product, one or more, as the product. */
  assemble(items: readonly FeedItem[]): Product;
}

/** Feeds and what they list. Every method is one transaction. */
export interface FeedStore {
  /** Makes exactly these feeds of the shop due in the run; those it no longer has stop counting. */
  addFeeds(run: CrawlRun, urls: readonly string[], now: number): void;
  claimFeed(run: CrawlRun, now: number, leaseMs: number): FeedEntry | null;
  /** Begins to read the feed anew: what is staged from now on belongs to this reading. */
  beginReading(feed: FeedEntry): void;
  /** Keeps rows as read, each once however often it comes. The catalogue does not change. */
  stageItems(feed: FeedEntry, items: readonly FeedItem[], now: number): void;
  /**
   * Rows that the latest whole reading lacks: missed once, and gone when they are still missing `confirmAfterMs`
   * later. `completes`: the reading that was begun last is a whole one.
   */
  settleMissing(
    feed: FeedEntry,
    options: { readonly completes: boolean; readonly confirmAfterMs: number },
    now: number,
  ): void;
  /** Brings up to `limit` products whose rows changed into the catalogue. Returns how many there were. */
  applyItems(
    feed: FeedEntry,
    limit: number,
    assemble: (items: readonly FeedItem[]) => Product,
    now: number,
  ): number;
  commitFeed(feed: FeedEntry, visit: FeedVisit, now: number): void;
  releaseFeed(feed: FeedEntry): void;
  /** Earliest time at which a feed of the run may be claimed, or null when none waits. */
  nextFeedDue(run: CrawlRun): number | null;
  /** Feeds of the run that listed something, in this run or, unchanged since, before. */
  feedsRead(run: CrawlRun): number;
}
