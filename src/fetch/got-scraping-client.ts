/**
 * got-scraping behind the HttpClient port, made honest.
 *
 * Its defaults send a browser's headers, verify no certificate, speak a lenient HTTP and shape TLS after a browser.
 * All of that is off: the headers on the wire are the caller's plus host, accept-encoding and connection. Its
 * decompression, retries, redirects and timeouts are off as well, because fashiond bounds decoded bytes, checks
 * every hop and times the whole exchange itself.
 */
import { once } from 'node:events';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { gotScraping } from 'got-scraping';
import type { OptionsInit } from 'got-scraping';
import type { HttpRequest } from '../domain/fetch.js';
import type { HttpClient } from '../domain/ports.js';
import { readAnswer } from './answer.js';
import { ACCEPT_ENCODING } from './content-decoder.js';
import { MAX_HEADER_BYTES, guardedClient } from './guarded-client.js';
import type { HttpClientOptions, TryResult, WireTry } from './guarded-client.js';
import { faultOf } from './http-fault.js';
import { KeptAgents } from './kept-agents.js';
import type { Agents } from './kept-agents.js';
import { routeOf } from './route.js';

type GotOptions = Omit<OptionsInit, 'isStream'>;

export function createGotScrapingClient(options: HttpClientOptions = {}): HttpClient {
  const agents = new KeptAgents(options);
  const transport = {
    idle: agents,
    attempt: async (wire: WireTry): Promise<TryResult> =>
      attempt(wire, gotOptions(wire.request, agents.of(routeOf(wire.request)), options)),
    close: () => agents.close(),
  };
  return guardedClient(transport, options);
}

function gotOptions(request: HttpRequest, agents: Agents, options: HttpClientOptions): GotOptions {
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
    // Its default of a minute would cut longer ones; the deadline that counts is guardedClient's.
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

async function attempt(wire: WireTry, options: GotOptions): Promise<TryResult> {
  const { url, request, signal } = wire;
  signal.throwIfAborted();
  const stream = gotScraping.stream(url, options);
  let sent: ClientRequest | undefined;
  stream.once('request', (made: ClientRequest) => {
    sent = made;
    // Written to the connection, once there is one.
    if (request.onStart !== undefined) made.once('finish', request.onStart);
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
    const head = { status: response.statusCode ?? 0, headers: joinedHeaders(response) };
    return { kind: 'response', response: await readAnswer(head, stream, request) };
  } catch (error) {
    const isStale = !answered && sent?.reusedSocket === true && faultOf(error).failure === 'reset';
    if (isStale && !signal.aborted && wire.mayBeStale) return { kind: 'stale' };
    throw error;
  } finally {
    signal.removeEventListener('abort', onStop);
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
