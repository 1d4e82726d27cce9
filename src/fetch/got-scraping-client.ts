/**
 * got-scraping behind the HttpClient port, made honest.
 *
 * Its defaults send a browser's headers, verify no certificate, speak a lenient HTTP and shape TLS after a browser.
 * All of that is off: the headers on the wire are the caller's plus host, accept-encoding and connection. Its
 * decompression, retries, redirects and timeouts are off as well, because fashiond bounds decoded bytes, checks
 * every hop and times the whole exchange itself.
 *
 * Invariants: one request is one exchange with one guarded address; connections that may reach loopback live in an
 * agent of their own, so that a keep-alive socket never serves a shop that may not; every promise settles within
 * `timeoutMs`; the only rejection is `HttpFault`.
 */
import { once, setMaxListeners } from 'node:events';
import { Agent as HttpAgent } from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { gotScraping } from 'got-scraping';
import type { OptionsInit } from 'got-scraping';
import type { HttpRequest, HttpResponse } from '../domain/fetch.js';
import type { HttpClient } from '../domain/ports.js';
import { HttpFault, faultOf } from './http-fault.js';
import { guardedLookup, refusedLiteral, systemResolver } from './network-guard.js';
import type { AddressResolver } from './network-guard.js';
import { ACCEPT_ENCODING, readBody } from './response-body.js';
import { parseHttpUrl } from './url.js';

export interface GotScrapingClientOptions {
  /** Connections to one host at once; further requests wait for one. */
  readonly socketsPerHost?: number;
  /** Idle connections kept to one host. */
  readonly idleSocketsPerHost?: number;
  /** How long an idle connection is kept. */
  readonly idleSocketMs?: number;
  /** Name resolution; the system's by default. */
  readonly resolve?: AddressResolver;
  /** PEM certificates trusted instead of the system's, for a shop behind a private authority. */
  readonly certificateAuthority?: string;
}

interface Agents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
}

/** What one try on the wire came to; `stale` is a kept connection that the server had already closed. */
type Try = { readonly kind: 'response'; readonly response: HttpResponse } | { readonly kind: 'stale' };

type GotOptions = Omit<OptionsInit, 'isStream'>;

/** Of an answer that is not 2xx only so much is read, to keep its connection. */
const MAX_DRAINED_BYTES = 64 * 1024;
const MAX_HEADER_BYTES = 64 * 1024;
/** Kept connections may all be stale at once; a fresh one is opened when this many were. */
const MAX_STALE = 2;

export function createGotScrapingClient(options: GotScrapingClientOptions = {}): HttpClient {
  const guarded = createAgents(options, false);
  const loopback = createAgents(options, true);
  const underWay = new Set<AbortController>();
  let closed = false;
  return {
    request: async (request) => {
      if (closed) throw closedFault();
      const url = parseHttpUrl(request.url);
      if (url === null) throw new HttpFault('bad-url', request.url);
      const refused = refusedLiteral(url, request.allowLoopback ?? false);
      if (refused !== null) throw new HttpFault('blocked-address', refused);
      const agents = request.allowLoopback === true ? loopback : guarded;
      return withDeadline(request, underWay, async (signal) => {
        for (let stale = 0; ; stale += 1) {
          const result = await tryOnce(url, request, gotOptions(request, agents, options), signal, stale);
          if (result.kind === 'response') return result.response;
        }
      });
    },
    close: async () => {
      closed = true;
      for (const stop of underWay) stop.abort(closedFault());
      for (const agents of [guarded, loopback]) {
        agents.http.destroy();
        agents.https.destroy();
      }
      return Promise.resolve();
    },
  };
}

function closedFault(): HttpFault {
  return new HttpFault('reset', 'the client was closed');
}

function createAgents(options: GotScrapingClientOptions, allowLoopback: boolean): Agents {
  // No maxTotalSockets: in Node an idle socket to one host then blocks a request to another. The number of hosts
  // is bounded by the shops, the number of requests by the fetcher.
  const shared = {
    keepAlive: true,
    maxSockets: options.socketsPerHost ?? 16,
    maxFreeSockets: options.idleSocketsPerHost ?? 4,
    timeout: options.idleSocketMs ?? 15_000,
    scheduling: 'lifo' as const,
    lookup: guardedLookup(options.resolve ?? systemResolver, allowLoopback),
  };
  return { http: new HttpAgent(shared), https: new HttpsAgent(shared) };
}

function gotOptions(request: HttpRequest, agents: Agents, options: GotScrapingClientOptions): GotOptions {
  const authority = options.certificateAuthority;
  return {
    headers: { ...request.headers, 'accept-encoding': ACCEPT_ENCODING },
    useHeaderGenerator: false,
    insecureHTTPParser: false,
    http2: false,
    retry: { limit: 0 },
    followRedirect: false,
    throwHttpErrors: false,
    decompress: false,
    maxHeaderSize: MAX_HEADER_BYTES,
    // Its default of a minute would cut longer ones; the deadline that counts is withDeadline's.
    timeout: { request: request.timeoutMs + 1000 },
    agent: agents,
    https: {
      rejectUnauthorized: true,
      // Also keeps got-scraping from setting a browser's ciphers and curves: it does so unless a version is set.
      minVersion: 'TLSv1.2',
      ...(authority === undefined ? {} : { certificateAuthority: authority }),
    },
  };
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

async function tryOnce(
  url: URL,
  request: HttpRequest,
  options: GotOptions,
  signal: AbortSignal,
  stale: number,
): Promise<Try> {
  signal.throwIfAborted();
  const stream = gotScraping.stream(url, options);
  let wire: ClientRequest | undefined;
  stream.once('request', (sent: ClientRequest) => {
    wire = sent;
  });
  // An error after the answer was read has nobody left to tell, and must not end the process.
  stream.on('error', () => undefined);
  const onStop = (): void => {
    stream.destroy();
  };
  signal.addEventListener('abort', onStop, { once: true });
  let answered = false;
  try {
    const [response] = (await once(stream, 'response', { signal })) as [IncomingMessage];
    answered = true;
    return { kind: 'response', response: await readResponse(stream, response, request) };
  } catch (error) {
    const isStale = !answered && wire?.reusedSocket === true && faultOf(error).failure === 'reset';
    if (isStale && !signal.aborted && stale < MAX_STALE) return { kind: 'stale' };
    throw error;
  } finally {
    signal.removeEventListener('abort', onStop);
    stream.destroy();
  }
}

async function readResponse(
  stream: ReturnType<typeof gotScraping.stream>,
  response: IncomingMessage,
  request: HttpRequest,
): Promise<HttpResponse> {
  const status = response.statusCode ?? 0;
  const headers = joinedHeaders(response);
  if (status < 200 || status > 299) {
    await drain(stream);
    return { status, headers, body: new Uint8Array(0) };
  }
  const truncate = request.truncate ?? false;
  const announced = Number(headers['content-length'] ?? 0);
  if (!truncate && announced > request.maxBytes) {
    throw new HttpFault('too-large', `${announced} bytes announced, at most ${request.maxBytes} wanted`);
  }
  const limit = { maxBytes: request.maxBytes, truncate };
  return { status, headers, body: await readBody(stream, headers['content-encoding'], limit) };
}

/** Reads an answer nobody wants, so that its connection can be used again. What goes wrong here changes nothing. */
async function drain(stream: ReturnType<typeof gotScraping.stream>): Promise<void> {
  try {
    await readBody(stream, undefined, { maxBytes: MAX_DRAINED_BYTES, truncate: true });
  } catch {
    stream.destroy();
  }
}

/** Node keeps the first of a header that may occur once, and joins the rest, but for set-cookie. */
function joinedHeaders(response: IncomingMessage): Readonly<Record<string, string>> {
  const joined: Record<string, string> = {};
  for (const [name, value] of Object.entries(response.headers)) {
    if (value !== undefined) joined[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return joined;
}
