/** What the tests of src/fetch share: a shop on loopback, a log that remembers, a clock that steps itself. */
import { onTestFinished } from 'vitest';
import type { FetchOutcome } from '../../../src/domain/fetch.js';
import type { ShopId } from '../../../src/domain/ids.js';
import type { Clock, Fetcher, HttpClient, Log, RobotsStore } from '../../../src/domain/ports.js';
import type { Shop, ShopScope } from '../../../src/domain/shop.js';
import { createFetcher } from '../../../src/fetch/fetcher.js';
import type { FetchOptions } from '../../../src/fetch/fetcher.js';
import { createGotScrapingClient } from '../../../src/fetch/got-scraping-client.js';
import type { HttpClientOptions } from '../../../src/fetch/guarded-client.js';
import { systemClock } from '../../../src/platform/clock.js';

export const USER_AGENT = 'fashiond/0.1.0 (+https://example.com/bot)';

export function shopOf(
  hosts: readonly string[],
  more: Partial<Omit<Shop, 'scope'>> & { readonly scope?: Partial<ShopScope> } = {},
): Shop {
  const { scope, ...rest } = more;
  return {
    id: 'test-shop' as ShopId,
    name: 'Test shop',
    start: hosts.length > 0 ? [`http://${hosts[0]}/`] : [],
    sitemaps: [],
    feeds: [],
    scope: {
      hosts,
      imageHosts: [],
      include: [],
      exclude: [],
      maxDepth: 10,
      maxPages: 1000,
      ...scope,
    },
    urls: { dropParameters: [], keepParameters: null },
    schedule: null,
    timezone: 'UTC',
    pace: { delayMs: 0, concurrency: 8 },
    language: null,
    currency: null,
    selectors: {},
    allowLoopback: true,
    ...rest,
  };
}

interface MemoryLog extends Log {
  readonly lines: { readonly level: string; readonly event: string; readonly fields: unknown }[];
}

function memoryLog(): MemoryLog {
  const lines: MemoryLog['lines'] = [];
  const at = (level: string) => (event: string, fields?: unknown) => {
    lines.push({ level, event, fields });
  };
  const log: MemoryLog = {
    lines,
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: () => log,
  };
  return log;
}

/** Time moves only when somebody sleeps, at once and by exactly the time asked for. */
export class SteppingClock implements Clock {
  /** 2026-03-01T00:00:00Z */
  time = Date.UTC(2026, 2, 1);
  readonly sleeps: number[] = [];

  now(): number {
    return this.time;
  }

  monotonic(): number {
    return this.time - Date.UTC(2026, 2, 1);
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    // Sockets get a chance to move before time does.
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    if (signal?.aborted === true) return;
    this.sleeps.push(ms);
    this.time += ms;
  }
}

export const FETCH_OPTIONS: FetchOptions = {
  userAgent: USER_AGENT,
  timeoutMs: 10_000,
  maxPageBytes: 1024 * 1024,
  maxImageBytes: 1024 * 1024,
  maxFeedBytes: 1024 * 1024,
  feedTimeoutMs: 10_000,
  maxRedirects: 5,
  backoffMs: 2000,
  maxBackoffMs: 60_000,
  maxCrawlDelayMs: 30_000,
  robotsTtlMs: 24 * 3_600_000,
  pagesInFlight: 32,
  imagesInFlight: 16,
};

export interface TestFetcher {
  readonly fetcher: Fetcher;
  readonly log: MemoryLog;
}

export function testFetcher(
  more: {
    readonly clock?: Clock;
    readonly options?: Partial<FetchOptions>;
    readonly client?: HttpClientOptions;
    readonly createClient?: (options: HttpClientOptions) => HttpClient;
    readonly robotsStore?: RobotsStore;
  } = {},
): TestFetcher {
  const log = memoryLog();
  const fetcher = createFetcher({
    client: (more.createClient ?? createGotScrapingClient)(more.client ?? {}),
    clock: more.clock ?? systemClock,
    log,
    options: { ...FETCH_OPTIONS, ...more.options },
    random: () => 0.999_999,
    ...(more.robotsStore === undefined ? {} : { robotsStore: more.robotsStore }),
  });
  return { fetcher, log };
}

export const NO_VALIDATORS = { etag: null, lastModified: null } as const;

export function pageRequest(signal: AbortSignal = new AbortController().signal) {
  return { kind: 'page', validators: NO_VALIDATORS, signal } as const;
}

/** A fetcher that is closed when the test ends. */
export function fetcherOf(...settings: Parameters<typeof testFetcher>): TestFetcher {
  const made = testFetcher(...settings);
  onTestFinished(() => made.fetcher.close());
  return made;
}

/** A path of the shop's first host, or any URL, fetched as a page. */
export async function get(fetcher: Fetcher, shop: Shop, path: string): Promise<FetchOutcome> {
  const url = path.startsWith('/') ? `http://${shop.scope.hosts[0]}${path}` : path;
  return fetcher.fetch(shop, url, pageRequest());
}
