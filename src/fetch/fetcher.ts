/** The Fetcher: puts robots, scope, guard, pace, redirects and back-off around an HttpClient. */
import { FashiondError } from '../domain/errors.js';
import type { FetchOutcome } from '../domain/fetch.js';
import type {
  Clock,
  FetchRequest,
  Fetcher,
  HttpClient,
  Log,
  ResourceKind,
  RobotsStore,
} from '../domain/ports.js';
import type { Shop } from '../domain/shop.js';
import { FairPermits } from '../platform/fair-permits.js';
import { HostSlots } from './host-slots.js';
import { kept } from './kept-answers.js';
import { MemoryRobotsStore, RobotsCache } from './robots-cache.js';
import { inScope, urlInScope } from './scope.js';
import { SitemapReader } from './sitemaps.js';
import { shopUrl } from './url-rules.js';
import { Visitor } from './visit.js';
import type { VisitPlan } from './visit.js';

export interface FetchOptions {
  readonly userAgent: string;
  /** For one request, body included. */
  readonly timeoutMs: number;
  /** Bounds on decoded bodies, in bytes. */
  readonly maxPageBytes: number;
  readonly maxImageBytes: number;
  readonly maxFeedBytes: number;
  /** For one feed, which may be large. */
  readonly feedTimeoutMs: number;
  readonly maxRedirects: number;
  /** First wait of a host that throttles without naming a time; doubles up to `maxBackoffMs`. */
  readonly backoffMs: number;
  readonly maxBackoffMs: number;
  readonly maxCrawlDelayMs: number;
  readonly robotsTtlMs: number;
  /** Requests at once, all hosts together. */
  readonly pagesInFlight: number;
  readonly imagesInFlight: number;
}

export interface FetcherParts {
  readonly client: HttpClient;
  readonly clock: Clock;
  readonly log: Log;
  readonly options: FetchOptions;
  /** 0 (inclusive) to 1 (exclusive); for jitter. */
  readonly random?: () => number;
  /** Where robots.txt copies are kept; in memory by default. */
  readonly robotsStore?: RobotsStore;
}

const ACCEPT: Readonly<Record<ResourceKind, string>> = {
  page: 'text/html,application/xhtml+xml,application/xml;q=0.8,*/*;q=0.5',
  image: 'image/jpeg,image/png,image/webp,image/*;q=0.5',
  feed: 'application/xml,text/xml,text/csv,text/tab-separated-values,application/json,*/*;q=0.5',
};

/** Feeds can be as large as hundreds of pages, and whoever reads one takes them one after the other. */
const FEEDS_IN_FLIGHT = 2;

/** A shop counts among those that share the permits for so long after its last request. */
const ACTIVE_MS = 60_000;

/**
 * Closing the fetcher closes the client.
 *
 * A host's back-off up to `maxBackoffMs` is waited for by pages, whose workers belong to one shop; pictures, whose
 * workers serve all shops, come back as `throttled` at once.
 */
export function createFetcher(parts: FetcherParts): Fetcher {
  const { client, clock, log, options } = parts;
  const random = parts.random ?? Math.random;
  const permitsOf = (size: number): FairPermits => new FairPermits({ size, activeMs: ACTIVE_MS, clock });
  const permits: Readonly<Record<ResourceKind, FairPermits>> = {
    page: permitsOf(options.pagesInFlight),
    image: permitsOf(options.imagesInFlight),
    feed: permitsOf(FEEDS_IN_FLIGHT),
  };
  const slots = new HostSlots({ ...options, clock, random });
  const robots = new RobotsCache({
    ...options,
    clock,
    log,
    random,
    store: parts.robotsStore ?? new MemoryRobotsStore(),
    ttlMs: options.robotsTtlMs,
  });
  const visitor = new Visitor({ client, clock, log, slots, robots, robotsPermits: permits.page }, options);
  const sitemaps = new SitemapReader({ visitor, clock, log, permits: permits.page }, options);
  const maxBytes: Readonly<Record<ResourceKind, number>> = {
    page: options.maxPageBytes,
    image: options.maxImageBytes,
    feed: options.maxFeedBytes,
  };
  const planFor = (shop: Shop, { kind, validators, room, signal }: FetchRequest): VisitPlan => ({
    covers: (url) => urlInScope(shop, url, kind),
    accept: ACCEPT[kind],
    maxBytes: maxBytes[kind],
    timeoutMs: kind === 'feed' ? options.feedTimeoutMs : options.timeoutMs,
    validators,
    permits: permits[kind],
    ...(room === undefined ? {} : { room }),
    patienceMs: kind === 'image' ? 0 : options.maxBackoffMs,
    signal,
  });
  const canonical = kept((shop, url) => shopUrl(shop, url));
  const isPage = kept((shop, url) => inScope(shop, url, 'page'));
  return {
    fetch: async (shop, url, request): Promise<FetchOutcome> => {
      try {
        return await visitor.visit(shop, url, planFor(shop, request));
      } catch (error) {
        if (!(error instanceof FashiondError && error.code === 'cancelled')) throw error;
        return { kind: 'failed', failure: 'reset', detail: error.message, retry: true };
      }
    },
    sitemapUrls: (shop, signal) => sitemaps.urls(shop, signal),
    canonicalUrl: (shop, url, base) => (base === undefined ? canonical(shop, url) : shopUrl(shop, url, base)),
    inScope: (shop, url, kind) => (kind === 'page' ? isPage(shop, url) : inScope(shop, url, kind)),
    close: async () => client.close(),
  };
}
