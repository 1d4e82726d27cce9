/** The crawl of the daemon without its pictures: real store, page reader, fetcher and client, with a test's settings. */
import { join } from 'node:path';
import type { RevisitPolicy } from '../../src/domain/crawl.js';
import type { HttpClient } from '../../src/domain/ports.js';
import type { Shop } from '../../src/domain/shop.js';
import { feedReader } from '../../src/extract/feed/feed-reader.js';
import { createPageReader } from '../../src/extract/page-reader.js';
import { createFetcher } from '../../src/fetch/fetcher.js';
import type { FetchOptions } from '../../src/fetch/fetcher.js';
import { Crawl } from '../../src/pipeline/crawl.js';
import { Bell } from '../../src/platform/bell.js';
import { systemClock } from '../../src/platform/clock.js';
import { createLog } from '../../src/platform/log.js';
import { EVERY_RUN } from '../../src/store/settle.js';
import { openStore } from '../../src/store/store.js';

export interface CrawlBench {
  readonly crawl: Crawl;
  /** The database file. */
  readonly db: string;
  close(): Promise<void>;
}

const FETCH: FetchOptions = {
  userAgent: 'fashiond/0.1.0 (+https://example.com/bot)',
  timeoutMs: 30_000,
  maxPageBytes: 1024 * 1024,
  maxImageBytes: 1024 * 1024,
  maxFeedBytes: 1024 * 1024,
  feedTimeoutMs: 30_000,
  maxRedirects: 5,
  backoffMs: 50,
  maxBackoffMs: 500,
  maxCrawlDelayMs: 1000,
  robotsTtlMs: 3_600_000,
  pagesInFlight: 8,
  imagesInFlight: 4,
};

export function openCrawl(
  folder: string,
  shops: readonly Shop[],
  client: HttpClient,
  fetch: Partial<FetchOptions> = {},
  revisit: RevisitPolicy = EVERY_RUN,
): CrawlBench {
  const log = createLog({ level: 'silent', format: 'json' });
  const db = join(folder, 'crawl.db');
  const store = openStore(db, { log, revisit });
  store.syncShops(shops);
  const options = { ...FETCH, ...fetch };
  const fetcher = createFetcher({ client, clock: systemClock, log, robotsStore: store, options });
  const reader = createPageReader({ threads: 1, maxQueue: 64 });
  const crawl = new Crawl(
    {
      store,
      fetcher,
      reader,
      feedReader,
      clock: systemClock,
      log,
      imagesWanted: new Bell(),
      room: async () => undefined,
      textsFound: new Bell(),
    },
    {
      attempts: 2,
      baseMs: 10,
      maxMs: 50,
      confirmGoneMs: 3_600_000,
      leaseMs: 600_000,
      maxCrawlDelayMs: 1000,
      maxFeedBytes: 1024 * 1024,
      feedLeaseMs: 600_000,
      maxWantedImages: 100_000,
      maxHostFailures: 1_000_000,
      maxIdleMs: 3000,
      traps: { maxRepeats: 3, maxParameters: 12, maxPerPattern: 20_000 },
    },
  );
  return {
    crawl,
    db,
    close: async () => {
      await reader.close();
      await fetcher.close();
      store.close();
    },
  };
}
