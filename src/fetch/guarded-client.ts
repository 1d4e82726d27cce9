/**
 * What every HttpClient here has in common, whichever library speaks HTTP: the guard on literal addresses, one
 * deadline for the whole exchange, a bound on connections, and new connections for kept ones that have gone stale.
 *
 * Invariants: one request is one exchange with one guarded address; every promise settles within `timeoutMs`; the
 * only rejection is `HttpFault`.
 */
import { setMaxListeners } from 'node:events';
import type { HttpRequest, HttpResponse } from '../domain/fetch.js';
import type { HttpClient } from '../domain/ports.js';
import { HttpFault, faultOf } from './http-fault.js';
import { refusedLiteral } from './network-guard.js';
import type { AddressResolver } from './network-guard.js';
import { SocketBudget } from './socket-budget.js';
import type { IdleSockets } from './socket-budget.js';
import { parseHttpUrl } from './url.js';

export interface HttpClientOptions {
  /** Connections to one host at once; further requests wait for one. */
  readonly socketsPerHost?: number;
  /** Idle connections kept to one host. */
  readonly idleSocketsPerHost?: number;
  /** How long an idle connection is kept. */
  readonly idleSocketMs?: number;
  /** Connections to all hosts together, idle ones included. */
  readonly maxSockets?: number;
  /** Name resolution; the system's by default. */
  readonly resolve?: AddressResolver;
  /** PEM certificates trusted instead of the system's, for a shop behind a private authority. */
  readonly certificateAuthority?: string;
}

/** As many as a shop's `pace.concurrency` can ask for. */
export const SOCKETS_PER_HOST = 64;
export const IDLE_SOCKETS_PER_HOST = 4;
export const IDLE_SOCKET_MS = 15_000;
const MAX_SOCKETS = 512;
export const MAX_HEADER_BYTES = 64 * 1024;

/** One try on the wire. */
export interface WireTry {
  readonly url: URL;
  readonly request: HttpRequest;
  /** Aborts with an `HttpFault` as its reason: the deadline, the caller or the client's end. */
  readonly signal: AbortSignal;
  /** Whether a kept connection that turns out to be closed may be reported as `stale`. */
  readonly mayBeStale: boolean;
}

/** `stale`: a kept connection that the server had already closed; the request was not answered. */
export type TryResult =
  { readonly kind: 'response'; readonly response: HttpResponse } | { readonly kind: 'stale' };

/** What a client library brings: one request, one answer, with kept connections. */
export interface Transport {
  readonly idle: IdleSockets;
  /** Rejects with whatever went wrong. */
  attempt(wire: WireTry): Promise<TryResult>;
  close(): void;
}

/** Kept connections may all be stale at once; a fresh one is opened when this many were. */
const MAX_STALE = 2;

export function guardedClient(transport: Transport, options: HttpClientOptions): HttpClient {
  const budget = new SocketBudget(options.maxSockets ?? MAX_SOCKETS, transport.idle);
  const underWay = new Set<AbortController>();
  let closed = false;
  return {
    request: async (request) => {
      if (closed) throw closedFault();
      const url = parseHttpUrl(request.url);
      if (url === null) throw new HttpFault('bad-url', request.url);
      const refused = refusedLiteral(url, request.allowLoopback ?? false);
      if (refused !== null) throw new HttpFault('blocked-address', refused);
      return withDeadline(request, underWay, async (signal) => {
        await budget.enter(signal);
        try {
          return await exchange(transport, { url, request, signal });
        } finally {
          budget.leave();
        }
      });
    },
    close: async () => {
      closed = true;
      for (const stop of underWay) stop.abort(closedFault());
      transport.close();
      return Promise.resolve();
    },
  };
}

async function exchange(transport: Transport, wire: Omit<WireTry, 'mayBeStale'>): Promise<HttpResponse> {
  for (let stale = 0; ; stale += 1) {
    const result = await transport.attempt({ ...wire, mayBeStale: stale < MAX_STALE });
    if (result.kind === 'response') return result.response;
  }
}

function closedFault(): HttpFault {
  return new HttpFault('reset', 'the client was closed');
}

/** Runs `work` under one signal that stands for the caller's, the deadline and the client's end. */
async function withDeadline<T>(
  request: HttpRequest,
  underWay: Set<AbortController>,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  const onCancel = (): void => stop.abort(new HttpFault('reset', 'cancelled'));
  const timer = setTimeout(
    () => stop.abort(new HttpFault('timeout', `no complete answer within ${request.timeoutMs} ms`)),
    request.timeoutMs,
  );
  underWay.add(stop);
  // One signal stands for a whole run, so as many listeners as requests under way are no leak.
  setMaxListeners(0, request.signal);
  request.signal.addEventListener('abort', onCancel, { once: true });
  if (request.signal.aborted) onCancel();
  try {
    return await work(stop.signal);
  } catch (error) {
    throw faultOf(stop.signal.aborted ? stop.signal.reason : error);
  } finally {
    clearTimeout(timer);
    request.signal.removeEventListener('abort', onCancel);
    underWay.delete(stop);
  }
}
