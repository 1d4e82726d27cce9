/**
 * undici behind the HttpClient port.
 *
 * It speaks HTTP and nothing else: connections are kept by `UndiciConnections`, opened and guarded by
 * `undici-connector.ts`, bodies are decoded and bounded by `response-body.ts`. HTTP/1.1 only, no pipelining.
 */
import type { HttpClient } from '../domain/ports.js';
import { readAnswer } from './answer.js';
import { ACCEPT_ENCODING } from './content-decoder.js';
import { IDLE_SOCKETS_PER_HOST, SOCKETS_PER_HOST, guardedClient } from './guarded-client.js';
import type { HttpClientOptions, TryResult, WireTry } from './guarded-client.js';
import { faultOf } from './http-fault.js';
import { routeOf } from './route.js';
import { askUndici } from './undici-answer.js';
import { UndiciConnections } from './undici-connections.js';
import type { Connection } from './undici-connections.js';
import { connectionKey, openConnection } from './undici-connector.js';

export function createUndiciClient(options: HttpClientOptions = {}): HttpClient {
  const connections = new UndiciConnections({
    perHost: options.socketsPerHost ?? SOCKETS_PER_HOST,
    idlePerHost: options.idleSocketsPerHost ?? IDLE_SOCKETS_PER_HOST,
  });
  const transport = {
    idle: connections,
    attempt: async (wire: WireTry): Promise<TryResult> => {
      const { origin } = wire.url;
      const route = routeOf(wire.request);
      const open = (): Connection => openConnection(origin, route, options);
      const connection = await connections.take(connectionKey(origin, route), open, wire.signal);
      return attempt(wire, connection, connections);
    },
    close: () => connections.close(),
  };
  return guardedClient(transport, options);
}

async function attempt(
  wire: WireTry,
  connection: Connection,
  connections: UndiciConnections,
): Promise<TryResult> {
  const { url, request, signal } = wire;
  const onStop = (): void => connection.destroy(signal.reason as Error);
  let answered = false;
  let reusable = false;
  try {
    signal.throwIfAborted();
    signal.addEventListener('abort', onStop, { once: true });
    const answer = await askUndici(connection, {
      path: url.pathname + url.search,
      headers: { ...request.headers, 'accept-encoding': ACCEPT_ENCODING },
      onStart: request.onStart,
    });
    answered = true;
    const response = await readAnswer(answer, answer.body, request);
    reusable = answer.body.readableEnded;
    return { kind: 'response', response };
  } catch (error) {
    const isStale = !answered && connection.served > 0 && faultOf(error).failure === 'reset';
    if (isStale && !signal.aborted && wire.mayBeStale) return { kind: 'stale' };
    throw error;
  } finally {
    signal.removeEventListener('abort', onStop);
    connections.giveBack(connection, reusable);
  }
}
