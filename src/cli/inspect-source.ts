/** Where the page to inspect comes from: a file, or one polite request to its shop. */
import { readFile } from 'node:fs/promises';
import type { Config } from '../config/schema.js';
import { FashiondError, messageOf, unreachable } from '../domain/errors.js';
import type { FetchOutcome } from '../domain/fetch.js';
import type { ShopId } from '../domain/ids.js';
import type { Shop } from '../domain/shop.js';
import { openFetcher } from '../fetch/open-fetcher.js';
import { createLog } from '../platform/log.js';

export interface InspectedPage {
  readonly body: Uint8Array;
  /** After redirects. */
  readonly url: string;
  readonly contentType: string | null;
}

/** What came of asking for a URL. */
export interface FetchReport {
  readonly robots: 'allowed' | 'disallowed' | 'unreachable' | 'not asked';
  readonly scope: 'in scope' | 'out of scope' | 'no shop given';
  /** Why there is no page; null where there is one. */
  readonly fault: string | null;
  readonly elapsedMs: number;
}

export async function pageOfFile(path: string, url: string): Promise<InspectedPage> {
  try {
    return { body: await readFile(path), url, contentType: null };
  } catch (error) {
    throw new FashiondError('not-found', `cannot read ${path}: ${messageOf(error)}`, {
      hint: 'Name a saved page, or an address that begins with http:// or https://.',
      cause: error,
    });
  }
}

/** One visit with the shop's pace, robots.txt and guard, as a crawl would make it. */
export async function pageOfUrl(
  url: URL,
  shop: Shop | null,
  config: Config,
  signal: AbortSignal,
): Promise<{ readonly page: InspectedPage | null; readonly report: FetchReport }> {
  const visitor = shop ?? shopOf(url);
  if (config.contact === null && !visitor.allowLoopback) {
    throw new FashiondError('usage', `${url.host} must be able to reach you before it is asked for a page`, {
      hint: 'Add --config FILE with contact:, or save the page and inspect the file.',
    });
  }
  const fetcher = await openFetcher(config, createLog({ level: 'silent', format: 'json' }));
  const start = performance.now();
  try {
    const isInScope = fetcher.inScope(visitor, fetcher.canonicalUrl(visitor, url.href) ?? url.href, 'page');
    const validators = { etag: null, lastModified: null };
    const outcome = await fetcher.fetch(visitor, url.href, { kind: 'page', validators, signal });
    const report: FetchReport = {
      robots: robotsOf(outcome),
      scope: shop === null ? 'no shop given' : isInScope ? 'in scope' : 'out of scope',
      fault: faultOf(outcome),
      elapsedMs: performance.now() - start,
    };
    if (outcome.kind !== 'ok') return { page: null, report };
    return { page: { body: outcome.body, url: outcome.url, contentType: outcome.contentType }, report };
  } finally {
    await fetcher.close();
  }
}

/** Whoever types an address on loopback means it; what a name resolves to is still guarded. */
function shopOf(url: URL): Shop {
  const isLoopback = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(url.hostname);
  return {
    id: 'inspected' as ShopId,
    name: url.host,
    start: [url.href],
    sitemaps: [],
    feeds: [],
    scope: { hosts: [url.host], imageHosts: [], include: [], exclude: [], maxDepth: 0, maxPages: 1 },
    urls: { dropParameters: [], keepParameters: null },
    schedule: null,
    timezone: 'UTC',
    pace: { delayMs: 0, concurrency: 1 },
    language: null,
    currency: null,
    selectors: {},
    allowLoopback: isLoopback,
  };
}

function robotsOf(outcome: FetchOutcome): FetchReport['robots'] {
  if (outcome.kind !== 'disallowed') return 'allowed';
  if (outcome.reason === 'robots') return 'disallowed';
  return outcome.reason === 'robots-unreachable' ? 'unreachable' : 'not asked';
}

function faultOf(outcome: FetchOutcome): string | null {
  switch (outcome.kind) {
    case 'ok':
      return null;
    case 'notModified':
      return 'the shop answers 304 to a request without conditions';
    case 'gone':
      return `the page is gone (HTTP ${outcome.status})`;
    case 'disallowed':
      return `not fetched: ${outcome.reason}${outcome.detail === undefined ? '' : ` (${outcome.detail})`}`;
    case 'throttled':
      return `the shop asks for less (HTTP ${outcome.status}); try again in ${Math.ceil(outcome.retryAfterMs / 1000)} s`;
    case 'failed':
      return `${outcome.failure}: ${outcome.detail}`;
    default:
      return unreachable(outcome);
  }
}
