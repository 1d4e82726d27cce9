/** Items of a feed, and readings of it. */
import type { CrawlRun } from '../../../src/domain/crawl.js';
import type { FeedEntry, FeedItem, FeedReport } from '../../../src/domain/feed.js';
import type { Product } from '../../../src/domain/product.js';
import { assembleProduct } from '../../../src/extract/feed/assemble.js';
import type { Store } from '../../../src/store/store.js';
import { begin, HOUR, product, T0 } from './builders.js';

export const FEED = 'https://moda.example/feed.xml';
export const validators = { etag: '"1"', lastModified: null };

export function item(key: string, fields: Partial<Product> = {}, group: string | null = null): FeedItem {
  const listed = product({
    url: `https://moda.example/p/${key}`,
    title: `Item ${key}`,
    sku: group ?? key,
    ...fields,
  });
  return { key, group, product: listed, traces: [{ field: 'title', source: 'feed', confidence: 0.95 }] };
}

export const report = (items: number, stopped: string | null = null): FeedReport => ({
  items,
  skipped: 0,
  firstFault: null,
  stopped,
});

export function claim(store: Store, run: CrawlRun, now = T0): FeedEntry {
  store.addFeeds(run, [FEED], now);
  const entry = store.claimFeed(run, now, HOUR);
  if (entry === null) throw new Error('the feed was not due');
  return entry;
}

/** Reads the feed from its beginning to its end, or to where it `stopped`. */
export function readFeed(
  store: Store,
  run: CrawlRun,
  items: readonly FeedItem[],
  now = T0,
  stopped: string | null = null,
): void {
  const entry = claim(store, run, now);
  store.beginReading(entry);
  store.stageItems(entry, items, now);
  if (stopped === null) store.settleMissing(entry, { completes: true, confirmAfterMs: HOUR }, now);
  while (store.applyItems(entry, 2, assembleProduct, now) > 0);
  store.commitFeed(
    entry,
    { kind: 'read', validators, contentHash: 'h', report: report(items.length, stopped) },
    now,
  );
}

export function shown(store: Store): unknown[] {
  return store.query(
    `SELECT title, sku, price_minor AS price, availability AS stock, vanished_at IS NOT NULL AS vanished
     FROM v_items ORDER BY title`,
  );
}

export const count = (store: Store, table: string): unknown =>
  (store.query(`SELECT count(*) AS n FROM ${table}`)[0] as { n: number }).n;

/** The n-th run, a day after the one before. */
export function nextRun(store: Store, n: number): { readonly run: CrawlRun; readonly now: number } {
  const now = T0 + n * 24 * HOUR;
  return { run: begin(store, new Date(now).toISOString(), now), now };
}
