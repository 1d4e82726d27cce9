/** Asks an origin for its robots.txt: at most five redirects, the first 500 KiB, statuses by RFC 9309 section 2.3.1. */
import type { HttpResponse } from '../domain/fetch.js';
import type { Shop } from '../domain/shop.js';
import { exchange } from './exchange.js';
import type { ExchangeParts, ExchangePlan } from './exchange.js';
import { refusedLiteral } from './network-guard.js';
import { MAX_ROBOTS_BYTES } from './robots.js';
import type { RobotsLoad } from './robots-cache.js';
import { mayUseLoopback } from './scope.js';
import { redirectTarget } from './redirect.js';

/** Section 2.3.1.2. */
const MAX_REDIRECTS = 5;

export interface RobotsRequest {
  readonly shop: Shop;
  readonly origin: string;
  readonly userAgent: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export async function loadRobots(
  parts: ExchangeParts,
  plan: ExchangePlan,
  request: RobotsRequest,
): Promise<RobotsLoad> {
  const { shop, signal, timeoutMs } = request;
  let url = new URL('/robots.txt', request.origin);
  for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
    const allowLoopback = mayUseLoopback(shop, url);
    const refused = refusedLiteral(url, allowLoopback);
    if (refused !== null) return unreachable('blocked-address', refused);
    const result = await exchange(parts, plan, {
      url: url.href,
      headers: { 'user-agent': request.userAgent, accept: 'text/plain, */*;q=0.5' },
      timeoutMs,
      // One more, so that the parser knows a file that goes on from one that ends there.
      maxBytes: MAX_ROBOTS_BYTES + 1,
      truncate: true,
      allowLoopback,
      ...(shop.proxy === undefined ? {} : { proxy: shop.proxy }),
      signal,
    });
    if (result.kind === 'fault') return unreachable(result.fault.failure, result.fault.message);
    if (result.kind === 'throttled') {
      return unreachable('server-error', `HTTP ${result.status}`, result.retryAfterMs);
    }
    const next = redirectTarget(result.response, url);
    if (next.kind === 'none') return loadOf(result.response);
    if (next.kind === 'bad') return { kind: 'unavailable' };
    url = next.url;
  }
  return { kind: 'unavailable' };
}

function loadOf({ status, body }: HttpResponse): RobotsLoad {
  if (status >= 200 && status < 300) return { kind: 'found', text: Buffer.from(body).toString('latin1') };
  if (status >= 400 && status < 500) return { kind: 'unavailable' };
  return unreachable('server-error', `HTTP ${status}`);
}

function unreachable(
  failure: Extract<RobotsLoad, { kind: 'unreachable' }>['failure'],
  detail: string,
  retryAfterMs: number | null = null,
): RobotsLoad {
  return { kind: 'unreachable', failure, detail, retryAfterMs };
}
