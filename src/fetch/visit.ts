/**
 * One visit of one URL: every hop is checked against guard, scope and robots before it is requested, then taken in
 * its host's turn. The guard comes first, so that a redirect into a private network is named as what it is.
 */
import { setMaxListeners } from 'node:events';
import type { FetchFailure, FetchOutcome, HttpResponse, Validators } from '../domain/fetch.js';
import type { BodyEntrance, Log } from '../domain/ports.js';
import type { Shop } from '../domain/shop.js';
import type { FairPermits } from '../platform/fair-permits.js';
import { exchange } from './exchange.js';
import type { PermitHolder } from './host-slots.js';
import type { ExchangeParts } from './exchange.js';
import { refusedLiteral } from './network-guard.js';
import { redirectTarget } from './redirect.js';
import { isAllowed } from './robots.js';
import type { RobotsAnswer, RobotsCache, RobotsLoad } from './robots-cache.js';
import { loadRobots } from './robots-load.js';
import { mayUseLoopback } from './scope.js';
import { parseHttpUrl } from './url.js';
import { shopUrl } from './url-rules.js';

export interface VisitorOptions {
  readonly userAgent: string;
  readonly timeoutMs: number;
  readonly maxRedirects: number;
  /** Bound on a Crawl-delay. */
  readonly maxCrawlDelayMs: number;
  /** A robots.txt waits for a host's back-off up to this long. */
  readonly maxBackoffMs: number;
}

export interface VisitorParts extends ExchangeParts {
  readonly robots: RobotsCache;
  /** Permits for robots.txt, whatever the visit is for. */
  readonly robotsPermits: FairPermits;
  readonly log: Log;
}

export interface VisitPlan {
  /** Scope, asked for every hop. */
  readonly covers: (url: URL) => boolean;
  readonly accept: string;
  readonly maxBytes: number;
  /** For one request, body included; as for every page without it. */
  readonly timeoutMs?: number;
  readonly validators: Validators;
  readonly permits: FairPermits;
  readonly room?: BodyEntrance;
  readonly patienceMs: number;
  readonly signal: AbortSignal;
}

type Refusal = Extract<FetchOutcome, { kind: 'disallowed' }>;

/** Failures that the same request may not meet again. Of the others a second try would bring the same. */
const TRANSIENT: ReadonlySet<FetchFailure> = new Set([
  'dns',
  'connect',
  'proxy',
  'timeout',
  'reset',
  'protocol',
]);

/** A validator longer than this is not worth sending back. */
const MAX_VALIDATOR_LENGTH = 1024;

export class Visitor {
  readonly #parts: VisitorParts;
  readonly #options: VisitorOptions;

  constructor(parts: VisitorParts, options: VisitorOptions) {
    this.#parts = parts;
    this.#options = options;
  }

  /** Rejects with `cancelled` when the plan's signal aborts; everything else is an outcome. */
  async visit(shop: Shop, start: string, plan: VisitPlan): Promise<FetchOutcome> {
    // One signal stands for a whole run, so as many listeners as visits under way are no leak.
    setMaxListeners(0, plan.signal);
    const seen = new Set<string>();
    let url = parseHttpUrl(start);
    if (url === null) return failed('bad-url', start);
    for (;;) {
      if (seen.has(url.href)) return failed('redirect-loop', `back at ${url.href}`);
      if (seen.size > this.#options.maxRedirects) {
        return failed('redirect-loop', `more than ${this.#options.maxRedirects} redirects`);
      }
      seen.add(url.href);
      const step = await this.#hop(shop, url, plan);
      if (!(step instanceof URL)) return step;
      url = step;
    }
  }

  /** What the origin's robots.txt says, asked for where it is not known. */
  async robotsOf(shop: Shop, origin: string, signal: AbortSignal): Promise<RobotsAnswer> {
    const { userAgent, timeoutMs, maxBackoffMs } = this.#options;
    const plan = {
      pace: shop.pace,
      permits: this.#parts.robotsPermits,
      holder: holderOf(shop),
      patienceMs: maxBackoffMs,
    };
    const load = async (): Promise<RobotsLoad> =>
      loadRobots(this.#parts, plan, { shop, origin, userAgent, timeoutMs, signal });
    return this.#parts.robots.answerFor(origin, load, signal);
  }

  /** One request: its outcome, or the URL it redirects to. */
  async #hop(shop: Shop, url: URL, plan: VisitPlan): Promise<FetchOutcome | URL> {
    const allowLoopback = mayUseLoopback(shop, url);
    const blocked = refusedLiteral(url, allowLoopback);
    if (blocked !== null) return this.#refuse(shop, url, 'guard', blocked);
    if (!plan.covers(url)) return this.#refuse(shop, url, 'scope');
    const robots = await this.robotsOf(shop, url.origin, plan.signal);
    const refused = this.#robotsRefusal(shop, url, robots);
    if (refused !== null) return refused;
    const delayMs = robots.kind === 'rules' ? (robots.rules.crawlDelayMs ?? 0) : 0;
    const pace = {
      ...shop.pace,
      delayMs: Math.max(shop.pace.delayMs, Math.min(delayMs, this.#options.maxCrawlDelayMs)),
    };
    const result = await exchange(
      this.#parts,
      {
        pace,
        permits: plan.permits,
        holder: holderOf(shop),
        ...(plan.room === undefined ? {} : { room: plan.room }),
        patienceMs: plan.patienceMs,
      },
      {
        url: url.href,
        headers: this.#headers(plan),
        timeoutMs: plan.timeoutMs ?? this.#options.timeoutMs,
        maxBytes: plan.maxBytes,
        allowLoopback,
        ...(shop.proxy === undefined ? {} : { proxy: shop.proxy }),
        signal: plan.signal,
      },
    );
    if (result.kind === 'throttled') return result;
    if (result.kind === 'fault') {
      const { failure, message } = result.fault;
      return failure === 'blocked-address'
        ? this.#refuse(shop, url, 'guard', message)
        : failed(failure, message);
    }
    const redirect = redirectTarget(result.response, url);
    if (redirect.kind === 'to') return redirect.url;
    if (redirect.kind === 'bad') return failed('bad-url', `redirect to ${JSON.stringify(redirect.location)}`);
    return outcomeOf(shop, url, result.response, plan.validators, result.elapsedMs);
  }

  #robotsRefusal(shop: Shop, url: URL, robots: RobotsAnswer): Refusal | null {
    if (robots.kind === 'rules') {
      return isAllowed(robots.rules, url) ? null : this.#refuse(shop, url, 'robots');
    }
    if (robots.failure === 'blocked-address') return this.#refuse(shop, url, 'guard', robots.detail);
    return this.#refuse(shop, url, 'robots-unreachable', `${url.origin}/robots.txt: ${robots.detail}`);
  }

  #refuse(shop: Shop, url: URL, reason: Refusal['reason'], detail?: string): Refusal {
    this.#parts.log.debug('fetch.disallowed', { shop: shop.id, url: url.href, reason, detail });
    return { kind: 'disallowed', reason, ...(detail === undefined ? {} : { detail }) };
  }

  #headers(plan: VisitPlan): Record<string, string> {
    const headers: Record<string, string> = { 'user-agent': this.#options.userAgent, accept: plan.accept };
    const { etag, lastModified } = plan.validators;
    if (etag !== null) headers['if-none-match'] = etag;
    if (lastModified !== null) headers['if-modified-since'] = lastModified;
    return headers;
  }
}

function outcomeOf(
  shop: Shop,
  url: URL,
  response: HttpResponse,
  sent: Validators,
  elapsedMs: number,
): FetchOutcome {
  const { status, headers, body } = response;
  const validators = {
    etag: validator(headers['etag']),
    lastModified: validator(headers['last-modified']),
  };
  if (status === 200 || status === 203) {
    return {
      kind: 'ok',
      url: shopUrl(shop, url.href) ?? url.href,
      contentType: headers['content-type'] ?? null,
      headers,
      body,
      validators,
      elapsedMs,
    };
  }
  if (status === 304 && (sent.etag !== null || sent.lastModified !== null)) {
    return {
      kind: 'notModified',
      validators: {
        etag: validators.etag ?? sent.etag,
        lastModified: validators.lastModified ?? sent.lastModified,
      },
    };
  }
  if (status === 404 || status === 410) return { kind: 'gone', status };
  if (status >= 500) return { ...failed('server-error', `HTTP ${status}`), retry: true };
  if (status >= 400) return failed('client-error', `HTTP ${status}`);
  // A 2xx without a page, a 304 nobody asked for, or no final answer at all: the same again next time.
  return { ...failed('protocol', `unexpected HTTP ${status}`), retry: false };
}

/** A shop can have as many requests under way as its pace allows on each of its hosts. */
function holderOf({ id, pace, scope }: Shop): PermitHolder {
  return { id, wants: pace.concurrency * (scope.hosts.length + scope.imageHosts.length) };
}

function validator(header: string | undefined): string | null {
  return header === undefined || header === '' || header.length > MAX_VALIDATOR_LENGTH ? null : header;
}

function failed(failure: FetchFailure, detail: string): Extract<FetchOutcome, { kind: 'failed' }> {
  return { kind: 'failed', failure, detail, retry: TRANSIENT.has(failure) };
}
