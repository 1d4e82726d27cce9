/**
 * One request to one host in its turn: pace, permits and back-off around the HttpClient. No redirect, no robots.
 */
import type { HttpRequest, HttpResponse } from '../domain/fetch.js';
import type { BodyEntrance, Clock, HttpClient } from '../domain/ports.js';
import type { ShopPace } from '../domain/shop.js';
import type { FairPermits } from '../platform/fair-permits.js';
import { throwIfCancelled } from './host-slots.js';
import type { HostSlots, PermitHolder } from './host-slots.js';
import { HttpFault } from './http-fault.js';
import { retryAfterMs } from './retry-after.js';

export interface ExchangeParts {
  readonly client: HttpClient;
  readonly slots: HostSlots;
  readonly clock: Clock;
}

export interface ExchangePlan {
  readonly pace: ShopPace;
  readonly permits: FairPermits;
  readonly holder: PermitHolder;
  /** Where the body will be held until it has been read. */
  readonly room?: BodyEntrance;
  /** A back-off of the host longer than this ends the exchange as throttled, without a request. */
  readonly patienceMs: number;
}

export type Exchange =
  | { readonly kind: 'answered'; readonly response: HttpResponse; readonly elapsedMs: number }
  /** 429 or 503, now or by an earlier answer of the host. */
  | { readonly kind: 'throttled'; readonly status: number; readonly retryAfterMs: number }
  | { readonly kind: 'fault'; readonly fault: HttpFault };

/** Rejects with `cancelled` when the request's signal aborts; everything else is an outcome. */
export async function exchange(
  parts: ExchangeParts,
  plan: ExchangePlan,
  request: HttpRequest,
): Promise<Exchange> {
  const { client, slots, clock } = parts;
  const { host } = new URL(request.url);
  const turn = await slots.turn({ ...plan, host, signal: request.signal });
  if (turn.kind === 'backing-off') {
    return { kind: 'throttled', status: turn.status, retryAfterMs: turn.remainingMs };
  }
  const startedAt = clock.monotonic();
  const timed = (good: boolean): number => {
    const elapsedMs = clock.monotonic() - startedAt;
    slots.timed(host, plan.pace, { elapsedMs, good });
    return elapsedMs;
  };
  try {
    const response = await client.request({ ...request, onStart: turn.started });
    const elapsedMs = timed(response.status < 400);
    if (response.status === 429 || response.status === 503) {
      const asked = retryAfterMs(response.headers['retry-after'], clock.now());
      const wait = slots.throttled(host, response.status, asked);
      return { kind: 'throttled', status: response.status, retryAfterMs: wait };
    }
    slots.answered(host);
    return { kind: 'answered', response, elapsedMs };
  } catch (error) {
    throwIfCancelled(request.signal);
    if (!(error instanceof HttpFault)) throw error;
    timed(false);
    return { kind: 'fault', fault: error };
  } finally {
    turn.release();
  }
}
