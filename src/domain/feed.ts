/** Product feeds: files in which a shop lists its items, read into the same catalogue as its pages. */
import type { DropReason } from './crawl.js';
import type { Validators } from './fetch.js';
import type { FeedId, ShopId } from './ids.js';
import type { FieldTrace, Product } from './product.js';

/** `shopify-json` and `woocommerce-json` are the public product lists of those platforms, page by page. */
export type FeedFormat = 'google-xml' | 'tsv' | 'csv' | 'json-lines' | 'shopify-json' | 'woocommerce-json';

/** A feed as the shop file names it. */
export interface ShopFeed {
  readonly url: string;
  /** Null: found from the bytes. */
  readonly format: FeedFormat | null;
  /** Label of the encoding; null: found from the bytes. */
  readonly encoding: string | null;
  /** Visit the pages that the feed links to as well. */
  readonly visitPages: boolean;
}

/** One row of a feed: a product, or one variant of a product with several. */
export interface FeedItem {
  /** The feed's own id of the row, unique within the feed. */
  readonly key: string;
  /** What rows of one product share; null where the row is a product by itself. */
  readonly group: string | null;
  /** As one page would give it. */
  readonly product: Product;
  readonly traces: readonly FieldTrace[];
}

/** A feed claimed by a worker. */
export interface FeedEntry {
  readonly id: FeedId;
  readonly shop: ShopId;
  readonly url: string;
  /** Failed attempts in this run. */
  readonly attempts: number;
  readonly validators: Validators;
  /** Of the bytes read last; null before the first reading. */
  readonly contentHash: string | null;
}

/** What reading a feed came to. */
export interface FeedReport {
  items: number;
  /** Rows without what an item needs, and rows that could not be parsed. */
  skipped: number;
  /** Why the first of them was skipped, for people. */
  firstFault: string | null;
  /** Why reading stopped before the end; null when it did not. What was read counts, what is missing does not. */
  stopped: string | null;
}

/** How a visit of a feed ended. Its items are committed before, batch by batch. */
export type FeedVisit =
  | {
      readonly kind: 'read';
      readonly validators: Validators;
      readonly contentHash: string;
      readonly report: FeedReport;
    }
  /** 304, or the same bytes as last time. */
  | { readonly kind: 'unchanged'; readonly validators: Validators }
  | { readonly kind: 'retry'; readonly at: number; readonly spendsAttempt: boolean; readonly reason: string }
  | { readonly kind: 'dropped'; readonly reason: DropReason | 'gone' | 'throttled'; readonly detail: string };
