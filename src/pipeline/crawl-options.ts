/** The part of the config that crawls follow, in their own words. */
import type { Config } from '../config/schema.js';
import type { CrawlOptions } from './crawl.js';
import type { ImageStepOptions } from './image-step.js';

/** Failed requests in a row after which a run gives the shop a rest until its next slot. */
const MAX_HOST_FAILURES = 20;

export function crawlOptions({ fetch, crawl }: Config): CrawlOptions {
  return {
    attempts: fetch.attempts,
    baseMs: fetch.backoff,
    maxMs: fetch.max_backoff,
    confirmGoneMs: crawl.confirm_gone,
    leaseMs: crawl.lease,
    maxCrawlDelayMs: fetch.max_crawl_delay,
    maxFeedBytes: fetch.max_feed,
    feedLeaseMs: crawl.lease + fetch.feed_timeout,
    maxWantedImages: crawl.max_wanted_images,
    maxHostFailures: MAX_HOST_FAILURES,
    maxIdleMs: 2 * fetch.max_backoff,
    traps: {
      maxRepeats: crawl.traps.max_repeats,
      maxParameters: crawl.traps.max_parameters,
      maxPerPattern: crawl.traps.max_per_pattern,
    },
  };
}

export function imageOptions({ fetch, crawl }: Config): ImageStepOptions {
  return {
    attempts: fetch.attempts,
    baseMs: fetch.backoff,
    maxMs: fetch.max_backoff,
    leaseMs: crawl.lease,
    maxCrawlDelayMs: fetch.max_crawl_delay,
    width: fetch.images_in_flight,
    maxStoredPictures: crawl.max_stored_pictures,
  };
}
