/**
 * A shop's sitemaps: those its file names and those its robots.txt names, indexes followed three levels deep.
 *
 * They are fetched like pages, with robots, guard and pace, one after the other; a sitemap may lie on a host that
 * robots.txt or the config names, but the pages it lists count only inside the shop's scope. What cannot be read is
 * logged and passed over: a missing sitemap never ends a crawl.
 */
import { unreachable } from '../domain/errors.js';
import type { FetchOutcome } from '../domain/fetch.js';
import type { Clock, Log, SitemapUrl } from '../domain/ports.js';
import type { Shop } from '../domain/shop.js';
import type { FairPermits } from '../platform/fair-permits.js';
import { throwIfCancelled } from './host-slots.js';
import { isShopHost, urlInScope } from './scope.js';
import { MAX_SITEMAP_BYTES, sitemapEntries } from './sitemap-parser.js';
import type { SitemapReport } from './sitemap-parser.js';
import { canonicalUrl, parseHttpUrl } from './url.js';
import { shopUrl } from './url-rules.js';
import type { Visitor } from './visit.js';

export interface SitemapReaderOptions {
  readonly backoffMs: number;
  readonly maxBackoffMs: number;
}

export interface SitemapReaderParts {
  readonly visitor: Visitor;
  readonly clock: Clock;
  readonly log: Log;
  readonly permits: FairPermits;
}

interface Pending {
  readonly url: string;
  /** 1 for a sitemap that robots.txt or the config names. */
  readonly depth: number;
}

const MAX_DEPTH = 3;
/** Files read in one crawl of one shop. */
const MAX_FILES = 1000;
/** Requests for one file, the first included. */
const MAX_TRIES = 3;

export class SitemapReader {
  readonly #parts: SitemapReaderParts;
  readonly #options: SitemapReaderOptions;

  constructor(parts: SitemapReaderParts, options: SitemapReaderOptions) {
    this.#parts = parts;
    this.#options = options;
  }

  /** Canonical pages in scope, in the order of the files. One may come twice. */
  async *urls(shop: Shop, signal: AbortSignal): AsyncGenerator<SitemapUrl> {
    const pending: Pending[] = (await this.#roots(shop, signal)).map((url) => ({ url, depth: 1 }));
    const hosts = new Set(pending.map(({ url }) => new URL(url).host));
    const known = new Set(pending.map(({ url }) => url));
    for (let files = 0; files < MAX_FILES; files += 1) {
      const next = pending.shift();
      if (next === undefined) return;
      const body = await this.#load(shop, next.url, hosts, signal);
      if (body === null) continue;
      const report: SitemapReport = { entries: 0, skipped: 0, images: 0, stopped: null };
      let listed = 0;
      for await (const batch of sitemapEntries(body, report)) {
        throwIfCancelled(signal);
        for (const entry of batch) {
          const url = shopUrl(shop, entry.location, next.url);
          if (url === null) {
            report.skipped += 1;
          } else if (entry.kind === 'sitemap') {
            if (known.has(url) || next.depth >= MAX_DEPTH || known.size >= MAX_FILES) continue;
            known.add(url);
            pending.push({ url, depth: next.depth + 1 });
          } else if (urlInScope(shop, new URL(url), 'page')) {
            listed += 1;
            const { lastModified } = entry;
            yield { url, lastModified, images: entry.images.flatMap((image) => absolute(image, url)) };
          }
        }
      }
      this.#parts.log.debug('sitemap.read', { shop: shop.id, url: next.url, listed, ...report });
    }
    this.#parts.log.warn('sitemap.too_many', { shop: shop.id, files: MAX_FILES });
  }

  /** The config's, then those of the robots.txt of each origin the shop starts from. */
  async #roots(shop: Shop, signal: AbortSignal): Promise<string[]> {
    const roots = new Set(shop.sitemaps.flatMap((url) => canonicalUrl(url) ?? []));
    for (const origin of originsOf(shop)) {
      const robots = await this.#parts.visitor.robotsOf(shop, origin, signal);
      if (robots.kind === 'unreachable') continue;
      for (const sitemap of robots.rules.sitemaps) {
        const url = canonicalUrl(sitemap, origin);
        if (url !== null) roots.add(url);
      }
    }
    return [...roots];
  }

  /** Null when the file cannot be had. */
  async #load(
    shop: Shop,
    url: string,
    hosts: ReadonlySet<string>,
    signal: AbortSignal,
  ): Promise<Uint8Array | null> {
    const { visitor, clock, log, permits } = this.#parts;
    for (let tries = 1; ; tries += 1) {
      const outcome = await visitor.visit(shop, url, {
        covers: (hop) => isShopHost(shop, hop) || hosts.has(hop.host),
        accept: 'application/xml,text/xml,text/plain;q=0.9,*/*;q=0.5',
        maxBytes: MAX_SITEMAP_BYTES,
        validators: { etag: null, lastModified: null },
        permits,
        patienceMs: this.#options.maxBackoffMs,
        signal,
      });
      if (outcome.kind === 'ok') return outcome.body;
      const wait = tries < MAX_TRIES ? this.#waitBeforeRetry(outcome) : null;
      if (wait === null) {
        log.warn('sitemap.skipped', { shop: shop.id, url, reason: reasonOf(outcome) });
        return null;
      }
      await clock.sleep(wait, signal);
    }
  }

  #waitBeforeRetry(outcome: FetchOutcome): number | null {
    if (outcome.kind === 'throttled') {
      return outcome.retryAfterMs <= this.#options.maxBackoffMs ? outcome.retryAfterMs : null;
    }
    return outcome.kind === 'failed' && outcome.retry ? this.#options.backoffMs : null;
  }
}

function absolute(image: string, page: string): string[] {
  const url = parseHttpUrl(image, page);
  return url === null ? [] : [url.href];
}

/** Origins of the start pages; for a shop without any, its hosts over https. */
function originsOf(shop: Shop): string[] {
  const starts = shop.start.flatMap((url) => parseHttpUrl(url)?.origin ?? []);
  const hosts = shop.scope.hosts.flatMap((host) => parseHttpUrl(`https://${host}/`)?.origin ?? []);
  return [...new Set(starts.length > 0 ? starts : hosts)];
}

function reasonOf(outcome: FetchOutcome): string {
  switch (outcome.kind) {
    case 'disallowed':
      return outcome.reason;
    case 'failed':
      return `${outcome.failure}: ${outcome.detail}`;
    case 'gone':
    case 'throttled':
      return `HTTP ${outcome.status}`;
    case 'ok':
    case 'notModified':
      return outcome.kind;
    default:
      return unreachable(outcome);
  }
}
