/** The fetcher as the config describes it, on the client library that it names. */
import type { Config } from '../config/schema.js';
import { userAgent } from '../config/user-agent.js';
import type { Fetcher, HttpClient, Log, RobotsStore } from '../domain/ports.js';
import { systemClock } from '../platform/clock.js';
import { createFetcher } from './fetcher.js';
import type { HttpClientOptions } from './guarded-client.js';

/** Also for commands that need no crawl: without a store, robots.txt is remembered while they run. */
export async function openFetcher(config: Config, log: Log, robotsStore?: RobotsStore): Promise<Fetcher> {
  const { fetch } = config;
  return createFetcher({
    client: await openClient(fetch.client, { maxSockets: fetch.sockets }),
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

/** Loaded only here: either library takes longer to load than most commands take to run. */
async function openClient(name: Config['fetch']['client'], options: HttpClientOptions): Promise<HttpClient> {
  if (name === 'undici') return (await import('./undici-client.js')).createUndiciClient(options);
  return (await import('./got-scraping-client.js')).createGotScrapingClient(options);
}
