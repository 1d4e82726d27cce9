/** The store's part of feeds: each method of the port, as one transaction of the modules beside this. */
import type { CrawlRun } from '../domain/crawl.js';
import type { FeedEntry, FeedItem, FeedVisit } from '../domain/feed.js';
import type { FeedStore } from '../domain/feed-ports.js';
import type { Product } from '../domain/product.js';
import { applyItems } from './feed-items.js';
import * as feeds from './feeds.js';
import { SearchKeeping } from './search-keeping.js';

export abstract class FeedKeeping extends SearchKeeping implements FeedStore {
  /** Decides items anew whose pictures changed in the transaction. */
  protected abstract settleDecisions(now: number): void;

  addFeeds(run: CrawlRun, urls: readonly string[], now: number): void {
    feeds.addFeeds(this.db, run, urls, now);
  }

  abstract claimFeed(run: CrawlRun, now: number, leaseMs: number): FeedEntry | null;

  beginReading(feed: FeedEntry): void {
    feeds.beginReading(this.db, feed);
  }

  stageItems(feed: FeedEntry, items: readonly FeedItem[], now: number): void {
    feeds.stageItems(this.db, feed, items, now);
  }

  settleMissing(feed: FeedEntry, options: Parameters<FeedStore['settleMissing']>[1], now: number): void {
    feeds.settleMissing(this.db, feed, options, now);
  }

  applyItems(
    feed: FeedEntry,
    limit: number,
    assemble: (items: readonly FeedItem[]) => Product,
    now: number,
  ): number {
    return this.db.transaction(() => {
      const applied = applyItems(this.db, feed, limit, assemble, now);
      this.settleDecisions(now);
      return applied;
    });
  }

  commitFeed(feed: FeedEntry, visit: FeedVisit, now: number): void {
    feeds.commitFeed(this.db, feed, visit, now);
  }

  releaseFeed(feed: FeedEntry): void {
    feeds.releaseFeed(this.db, feed);
  }

  nextFeedDue(run: CrawlRun): number | null {
    return feeds.nextFeedDue(this.db, run);
  }

  feedsRead(run: CrawlRun): number {
    return feeds.feedsRead(this.db, run);
  }
}
