/** The frontier: which URLs are known, which are leased, and how a visit ended. */
import type { FrontierId, ImageId, RunId, Sha256, ShopId } from './ids.js';
import type { PageReading } from './product.js';
import type { RefusedLink } from './traps.js';
import type { FetchFailure, Validators } from './fetch.js';
import type { Money } from './money.js';

/** New `product` entries are visited before new `page` entries: price and stock come first. */
export type EntryKind = 'page' | 'product';

export interface FrontierEntry {
  readonly id: FrontierId;
  readonly shop: ShopId;
  /** Canonical URL: the entry's identity within its shop. */
  readonly url: string;
  readonly kind: EntryKind;
  readonly depth: number;
  /** Failed attempts in this run. */
  readonly attempts: number;
  readonly validators: Validators;
  /** Of the last page read there: the same bytes need no second reading. Null before the first. */
  readonly contentHash: string | null;
}

/** A URL to add to the frontier, with what the place that named it says of its page. */
export interface FoundUrl {
  /** Canonical. */
  readonly url: string;
  readonly kind: EntryKind;
  /** Links from a start page; 1 for what a sitemap or a feed lists. */
  readonly depth: number;
  /**
   * When the page changed last, as a sitemap says, in milliseconds since the epoch; for a date without a time the
   * end of that day. A known page that changed after its last visit is visited before those that only wait.
   */
  readonly lastModified?: number | null;
  /** As a listing or a feed shows it; another price than the catalogue's tells of a change as well. */
  readonly price?: Money | null;
}

export interface CrawlRun {
  readonly id: RunId;
  readonly shop: ShopId;
  /** The scheduled time the run stands for, ISO 8601 UTC; unique together with the shop. */
  readonly slot: string;
  readonly startedAt: number;
  /** Known pages that are due at this time, or before, are visited. */
  readonly dueBefore: number;
}

/** Which of the known pages a run visits; new ones, start pages and listings it always does. */
export interface RunReach {
  /** Those due at this time or before, milliseconds since the epoch; those due at its start if not said. */
  readonly dueBefore?: number;
  /** All. */
  readonly all?: boolean;
}

/** What a page's visits found, the later ones counting more; durations between visits, in milliseconds. */
export interface RevisitHistory {
  readonly changes: number;
  /** Time before the visits that found a change. */
  readonly changedMs: number;
  /** Time before the visits that found none. */
  readonly unchangedMs: number;
}

/** When a page is visited again. */
export interface RevisitPolicy {
  /** `elapsedMs`: since the visit before; null for the first, which can find no change. */
  afterVisit(
    before: RevisitHistory,
    visit: { readonly changed: boolean; readonly elapsedMs: number | null },
  ): { readonly history: RevisitHistory; readonly intervalMs: number };
  /**
   * How long a page that is gone is left alone, after so many answers that confirmed it. After any number no page waits
   * for longer than after Infinity.
   */
  whileGone(confirmations: number): number;
  /** How long after a visit a sign of change is believed, after so many of such signs in a row that were wrong. */
  hintDelay(misses: number): number;
}

/** Why an entry will not be visited again in this run. */
export type DropReason = 'robots' | 'robots-unreachable' | 'scope' | 'guard' | 'unreadable' | FetchFailure;

/** What is counted of a visit that brought nothing. */
export type VisitFailure = DropReason | 'throttled';

/** How a visit ended; committed in one transaction with everything it brought. */
export type PageVisit =
  | {
      readonly kind: 'read';
      readonly reading: PageReading;
      /** Canonical URLs to add to the frontier at `depth + 1`. */
      readonly links: readonly string[];
      /** Further pages of the listing that the page is one of, to add at its own depth. */
      readonly furtherPages?: readonly string[];
      /** What the page says that items cost which it links to, by canonical URL. */
      readonly listedPrices?: ReadonlyMap<string, Money>;
      /** Links that a guard against traps kept out; counted. */
      readonly refused?: readonly RefusedLink[];
      /** Bound on the addresses of one pattern; none if not said. */
      readonly maxPerPattern?: number;
      readonly validators: Validators;
      readonly contentHash: string;
    }
  /** 304, or the same bytes as last time. */
  | { readonly kind: 'unchanged'; readonly validators: Validators }
  /** 404 or 410; the second in a row, at least `confirmAfterMs` apart, makes its product vanished. */
  | { readonly kind: 'gone'; readonly status: number; readonly confirmAfterMs: number }
  | {
      readonly kind: 'retry';
      readonly at: number;
      readonly spendsAttempt: boolean;
      readonly failure: FetchFailure | 'throttled';
      /** For people. */
      readonly reason: string;
    }
  | { readonly kind: 'dropped'; readonly reason: DropReason; readonly detail: string };

/** A picture whose URL is known and whose bytes are wanted. */
export interface WantedImage {
  readonly id: ImageId;
  readonly shop: ShopId;
  readonly url: string;
  readonly attempts: number;
  readonly validators: Validators;
}

export type ImageVisit =
  | {
      readonly kind: 'stored';
      readonly sha256: Sha256;
      readonly byteLength: number;
      readonly validators: Validators;
    }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'retry'; readonly at: number; readonly spendsAttempt: boolean; readonly reason: string }
  | { readonly kind: 'dropped'; readonly reason: string };

/** A picture whose bytes are stored and that waits for the inference pool. */
export interface QueuedPicture {
  readonly sha256: Sha256;
  /** A process died, or failed, with it in hand: it may be what kills decoders. */
  readonly isSuspect: boolean;
}

export interface RunCounts {
  readonly pending: number;
  readonly leased: number;
  readonly done: number;
  readonly dropped: number;
}
