/** A shop as its YAML file describes it, with defaults filled in. */
import type { ShopFeed } from './feed.js';
import type { ShopId } from './ids.js';
import type { ProxyRoute } from './fetch.js';
import type { SelectorField } from './product.js';

export interface ShopScope {
  /** Hosts (with port where not the default) whose pages may be fetched. */
  readonly hosts: readonly string[];
  /** Hosts pictures may come from besides `hosts`. */
  readonly imageHosts: readonly string[];
  /** Path patterns (regular expressions); empty means every path. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** Links followed from a start page at most. */
  readonly maxDepth: number;
  /** Pages fetched in one run at most. */
  readonly maxPages: number;
}

/**
 * Which parameters of a URL's query name a page; those that the project knows to name a click never do.
 * Names as in the URL, without regard to case; `*` at the end stands for any rest.
 */
export interface UrlRules {
  readonly dropParameters: readonly string[];
  /** Only these name a page, whatever else is known of them; null: all that are not dropped. */
  readonly keepParameters: readonly string[] | null;
}

export interface ShopPace {
  /** Shortest time between the starts of two requests to one host. */
  readonly delayMs: number;
  /** Requests to one host at the same time, at most. */
  readonly concurrency: number;
  /** The automatic pace, where the host's answers become slow; absent: none. */
  readonly auto?: {
    /** Requests a slow host should have in hand on average; more than 0. */
    readonly targetConcurrency: number;
    /** Bound on the time between two starts that it asks for. */
    readonly maxDelayMs: number;
  };
}

export interface Shop {
  readonly id: ShopId;
  readonly name: string;
  readonly start: readonly string[];
  /** Sitemap URLs; those named in robots.txt are added. */
  readonly sitemaps: readonly string[];
  readonly feeds: readonly ShopFeed[];
  readonly scope: ShopScope;
  readonly urls: UrlRules;
  /** Cron expression, or null for a shop crawled only by hand. */
  readonly schedule: string | null;
  /** IANA name in which the schedule is read. */
  readonly timezone: string;
  readonly pace: ShopPace;
  /** Absent: requests go straight to the shop. */
  readonly proxy?: ProxyRoute;
  readonly language: string | null;
  readonly currency: string | null;
  readonly selectors: Readonly<Partial<Record<SelectorField, string>>>;
  /** Runs before this are not what is usual for the shop; milliseconds since the epoch. */
  readonly usualFrom?: number;
  /** Loopback and private addresses are refused unless this is set. */
  readonly allowLoopback: boolean;
}
