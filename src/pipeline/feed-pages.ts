/** Feeds that answer page by page: the product lists of shop platforms. */
import type { FeedFormat, ShopFeed } from '../domain/feed.js';

/** Of 250 and 100 products: more is no shop. */
export const MAX_FEED_PAGES = 1000;

const SIZES: Readonly<Partial<Record<FeedFormat, readonly [name: string, size: number]>>> = {
  'shopify-json': ['limit', 250],
  'woocommerce-json': ['per_page', 100],
};

export function isPaged(format: FeedFormat | null): boolean {
  return format !== null && SIZES[format] !== undefined;
}

/** The address of one page, from 1; of a feed in one piece its own. A page size in the shop file is kept. */
export function pageUrl(feed: ShopFeed, page: number): string {
  const size = feed.format === null ? undefined : SIZES[feed.format];
  if (size === undefined) return feed.url;
  const url = new URL(feed.url);
  if (!url.searchParams.has(size[0])) url.searchParams.set(size[0], String(size[1]));
  url.searchParams.set('page', String(page));
  return url.href;
}
