/** The fetcher as the config describes it, on the client library that it names. */
import type { Config } from '../config/schema.js';
import { userAgent } from '../config/user-agent.js';
import type { Fetcher, Log, RobotsStore } from '../domain/ports.js';
import { systemClock } from '../platform/clock.js';
import { createFetcher } from './fetcher.js';
import { createGotScrapingClient } from './got-scraping-client.js';
import { createUndiciClient } from './undici-client.js';

/** Also for commands that need no crawl: without a store, robots.txt is remembered while they run. */
export function openFetcher(config: Config, log: Log, robotsStore?: RobotsStore): Fetcher {
  const { fetch } = config;
  const createClient = fetch.client === 'undici' ? createUndiciClient : createGotScrapingClient;
  return createFetcher({
    client: createClient({ maxSockets: fetch.sockets }),
    clock: systemClock,
    log,
    ...(robotsStore === undefined ? {} : { robotsStore }),
    options: {
      userAgent: userAgent(config.contact),
      timeoutMs: fetch.timeout,
      maxPageBytes: fetch.max_page,
      maxImageBytes: fetch.max_image,
      maxFeedBytes: fetch.max_feed,
      feedTimeoutMs: fetch.feed_timeout,
      maxRedirects: fetch.max_redirects,
      backoffMs: fetch.backoff,
      maxBackoffMs: fetch.max_backoff,
      maxCrawlDelayMs: fetch.max_crawl_delay,
      robotsTtlMs: fetch.robots_ttl,
      pagesInFlight: fetch.pages_in_flight,
      imagesInFlight: fetch.images_in_flight,
    },
  });
}
