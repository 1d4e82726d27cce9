/** One visit of one page: fetch, read, and name what happened. Commits nothing itself. */
import { sha256Hex } from '../platform/fingerprint.js';
import type { DropReason, FrontierEntry, PageVisit } from '../domain/crawl.js';
import { unreachable } from '../domain/errors.js';
import type { FetchOutcome } from '../domain/fetch.js';
import type { Clock, Fetcher, PageReader } from '../domain/ports.js';
import type { Shop } from '../domain/shop.js';
import { trapOf } from '../domain/traps.js';
import type { RefusedLink, TrapLimits } from '../domain/traps.js';
import { backoffMs } from '../platform/backoff.js';
import type { BackoffOptions } from '../platform/backoff.js';

export interface PageStepOptions extends BackoffOptions {
  /** Tries for one URL in one run. */
  readonly attempts: number;
  readonly confirmGoneMs: number;
  readonly traps: TrapLimits;
}

export interface PageStepParts {
  readonly fetcher: Fetcher;
  readonly reader: PageReader;
  readonly clock: Clock;
}

type OkOutcome = Extract<FetchOutcome, { kind: 'ok' }>;

export async function visitPage(
  parts: PageStepParts,
  options: PageStepOptions,
  shop: Shop,
  entry: FrontierEntry,
  signal: AbortSignal,
): Promise<PageVisit> {
  const outcome = await parts.fetcher.fetch(shop, entry.url, {
    kind: 'page',
    validators: entry.validators,
    signal,
  });
  switch (outcome.kind) {
    case 'ok':
      return readPage(parts, options.traps, shop, entry, outcome);
    case 'notModified':
      return { kind: 'unchanged', validators: outcome.validators };
    case 'gone':
      return { kind: 'gone', status: outcome.status, confirmAfterMs: options.confirmGoneMs };
    case 'disallowed':
      return dropped(outcome.reason, outcome.detail ?? 'refused before the request');
    case 'throttled':
      return {
        kind: 'retry',
        at: parts.clock.now() + outcome.retryAfterMs,
        spendsAttempt: false,
        failure: 'throttled',
        reason: `throttled (${outcome.status})`,
      };
    case 'failed':
      return outcome.retry && entry.attempts + 1 < options.attempts
        ? {
            kind: 'retry',
            at: parts.clock.now() + backoffMs(options, entry.attempts),
            spendsAttempt: true,
            failure: outcome.failure,
            reason: `${outcome.failure}: ${outcome.detail}`,
          }
        : dropped(outcome.failure, outcome.detail);
    default:
      return unreachable(outcome);
  }
}

async function readPage(
  parts: PageStepParts,
  traps: TrapLimits,
  shop: Shop,
  entry: FrontierEntry,
  outcome: OkOutcome,
): Promise<PageVisit> {
  const contentHash = sha256Hex(outcome.body);
  if (entry.contentHash === contentHash) return { kind: 'unchanged', validators: outcome.validators };
  if (!isMarkup(outcome.contentType)) return dropped('unreadable', `content type ${outcome.contentType}`);
  const reading = await parts.reader.read(outcome.body, {
    url: outcome.url,
    contentType: outcome.contentType,
    hints: { currency: shop.currency, language: shop.language, selectors: shop.selectors },
  });
  return {
    kind: 'read',
    reading,
    ...judgeLinks(parts.fetcher, traps, shop, entry, reading.nofollow ? [] : reading.links),
    maxPerPattern: traps.maxPerPattern,
    validators: outcome.validators,
    contentHash,
  };
}

/** The links in scope, each once: those to follow, and those that a guard against traps refuses. */
function judgeLinks(
  fetcher: Fetcher,
  traps: TrapLimits,
  shop: Shop,
  entry: FrontierEntry,
  found: readonly string[],
): { readonly links: readonly string[]; readonly refused: readonly RefusedLink[] } {
  const urls = new Set<string>();
  for (const link of found) {
    const url = fetcher.canonicalUrl(shop, link);
    if (url !== null && fetcher.inScope(shop, url, 'page')) urls.add(url);
  }
  const links: string[] = [];
  const refused: RefusedLink[] = [];
  for (const url of urls) {
    const guard = entry.depth >= shop.scope.maxDepth ? 'depth' : trapOf(url, traps);
    if (guard === null) links.push(url);
    else refused.push({ url, guard });
  }
  return { links, refused };
}

function isMarkup(contentType: string | null): boolean {
  return (
    contentType === null ||
    /^(text\/html|text\/plain|application\/(xhtml\+)?xml|text\/xml)/i.test(contentType)
  );
}

function dropped(reason: DropReason, detail: string): PageVisit {
  return { kind: 'dropped', reason, detail };
}
