/** One visit of one page: fetch, read, and name what happened. Commits nothing itself. */
import { sha256Hex } from '../platform/fingerprint.js';
import type { FrontierEntry, PageVisit } from '../domain/crawl.js';
import { unreachable } from '../domain/errors.js';
import type { FetchOutcome } from '../domain/fetch.js';
import type { Clock, Fetcher, Log, PageReader } from '../domain/ports.js';
import type { Money } from '../domain/money.js';
import type { PageReading } from '../domain/product.js';
import type { Shop } from '../domain/shop.js';
import { furtherPagesOf } from '../domain/paging.js';
import { trapOf } from '../domain/traps.js';
import type { RefusedLink, TrapLimits } from '../domain/traps.js';
import type { BodyRoom } from '../platform/body-room.js';
import { patiently } from '../platform/patience.js';
import { unread } from './unread.js';
import type { RetryOptions } from './unread.js';

export interface PageStepOptions extends RetryOptions {
  readonly confirmGoneMs: number;
  readonly traps: TrapLimits;
}

export interface PageStepParts {
  readonly fetcher: Fetcher;
  readonly reader: PageReader;
  readonly clock: Clock;
  readonly log: Log;
  /** Of the pages of all shops. */
  readonly pageRoom: BodyRoom;
}

const THREADS_WAIT = { event: 'page.threads_wait', againMs: 10_000 };

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
    room: parts.pageRoom,
    signal,
  });
  switch (outcome.kind) {
    case 'ok':
      return parts.pageRoom.holding(outcome.body.byteLength, () =>
        readPage(parts, options.traps, shop, entry, outcome, signal),
      );
    case 'notModified':
      return { kind: 'unchanged', validators: outcome.validators };
    case 'gone':
      return { kind: 'gone', status: outcome.status, confirmAfterMs: options.confirmGoneMs };
    case 'disallowed':
    case 'throttled':
    case 'failed':
      return unread(outcome, entry.attempts, options, parts.clock.now());
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
  signal: AbortSignal,
): Promise<PageVisit> {
  const contentHash = sha256Hex(outcome.body);
  if (entry.contentHash === contentHash) return { kind: 'unchanged', validators: outcome.validators };
  if (!isMarkup(outcome.contentType)) {
    return { kind: 'dropped', reason: 'unreadable', detail: `content type ${outcome.contentType}` };
  }
  const facts = {
    url: outcome.url,
    contentType: outcome.contentType,
    hints: { currency: shop.currency, language: shop.language, selectors: shop.selectors },
  };
  // No page is dropped because a thread does not start.
  const read = (): Promise<PageReading> => parts.reader.read(outcome.body, facts);
  const reading = await patiently(parts, signal, read, THREADS_WAIT);
  return {
    kind: 'read',
    reading,
    listedPrices: pricesOf(parts.fetcher, shop, reading),
    ...judgeLinks(parts.fetcher, traps, shop, entry, reading.nofollow ? [] : reading.links),
    maxPerPattern: traps.maxPerPattern,
    validators: outcome.validators,
    contentHash,
  };
}

/**
 * The links in scope, each once: those to follow, and those that a guard against traps refuses. The next page of a
 * listing is no step deeper; what bounds a listing without end is the number of addresses of one pattern.
 */
function judgeLinks(
  fetcher: Fetcher,
  traps: TrapLimits,
  shop: Shop,
  entry: FrontierEntry,
  found: readonly string[],
): Pick<Extract<PageVisit, { kind: 'read' }>, 'links' | 'furtherPages' | 'refused'> {
  const urls = new Set<string>();
  for (const link of found) {
    const url = fetcher.canonicalUrl(shop, link);
    if (url !== null && fetcher.inScope(shop, url, 'page')) urls.add(url);
  }
  const links: string[] = [];
  const furtherPages: string[] = [];
  const refused: RefusedLink[] = [];
  const isFurtherPage = furtherPagesOf(entry.url);
  for (const url of urls) {
    const isFurther = isFurtherPage(url);
    const guard = !isFurther && entry.depth >= shop.scope.maxDepth ? 'depth' : trapOf(url, traps);
    if (guard !== null) refused.push({ url, guard });
    else if (isFurther) furtherPages.push(url);
    else links.push(url);
  }
  return { links, furtherPages, refused };
}

function pricesOf(fetcher: Fetcher, shop: Shop, { listed = [] }: PageReading): ReadonlyMap<string, Money> {
  return new Map(
    listed.flatMap(({ url, price }): [string, Money][] => {
      const canonical = fetcher.canonicalUrl(shop, url);
      return canonical === null ? [] : [[canonical, price]];
    }),
  );
}

function isMarkup(contentType: string | null): boolean {
  return (
    contentType === null ||
    /^(text\/html|text\/plain|application\/(xhtml\+)?xml|text\/xml)/i.test(contentType)
  );
}
