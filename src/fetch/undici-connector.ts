/** Opens the one connection of an undici `Client`: guarded, TLS verified, through the route's proxy where it has one. */
import { connect as connectTcp, isIP } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { Client } from 'undici';
import type { buildConnector } from 'undici';
import { IDLE_SOCKET_MS, MAX_HEADER_BYTES } from './guarded-client.js';
import type { HttpClientOptions } from './guarded-client.js';
import { HttpFault } from './http-fault.js';
import { guardedLookup, systemResolver } from './network-guard.js';
import { routeKey } from './route.js';
import type { Route } from './route.js';
import { openTunnel } from './tunnel.js';
import type { Connection } from './undici-connections.js';

export function connectionKey(origin: string, route: Route): string {
  return `${origin} ${routeKey(route)}`;
}

/** Nothing is sent before the first request; what goes wrong while connecting fails that one. */
export function openConnection(origin: string, route: Route, options: HttpClientOptions): Connection {
  const stop = new AbortController();
  const idleMs = options.idleSocketMs ?? IDLE_SOCKET_MS;
  const client = new Client(origin, {
    // The deadline that counts is the guarded client's.
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: idleMs,
    keepAliveMaxTimeout: idleMs,
    maxHeaderSize: MAX_HEADER_BYTES,
    allowH2: false,
    connect: connector(route, options, stop.signal, (error) => {
      connection.ended ??= error;
    }),
  });
  const connection: Connection = {
    key: connectionKey(origin, route),
    client,
    served: 0,
    ended: null,
    destroy: (reason) => {
      stop.abort(reason);
      void client.destroy(reason);
    },
  };
  return connection;
}

/** undici's own connector keeps the socket to itself, so that one that never gets connected could not be ended. */
function connector(
  route: Route,
  options: HttpClientOptions,
  stop: AbortSignal,
  onError: (error: Error) => void,
): buildConnector.connector {
  const connect = async (target: buildConnector.Options, done: buildConnector.Callback): Promise<void> => {
    let socket: Socket;
    try {
      socket = await open(target, route, options, stop);
    } catch (error) {
      done(error instanceof Error ? error : new HttpFault('protocol', String(error)), null);
      return;
    }
    // undici tells of it only after the socket has closed, which may be after the answer was handed on.
    socket.once('error', onError);
    done(null, socket);
  };
  return (target, done) => {
    void connect(target, done);
  };
}

async function open(
  target: buildConnector.Options,
  route: Route,
  options: HttpClientOptions,
  stop: AbortSignal,
): Promise<Socket> {
  const { hostname, protocol } = target;
  const port = target.port === '' ? (protocol === 'https:' ? 443 : 80) : Number(target.port);
  const resolve = options.resolve ?? systemResolver;
  const { allowLoopback, proxy } = route;
  const lookup = guardedLookup(resolve, allowLoopback);
  const tunnel =
    proxy === null ? null : await openTunnel(proxy, resolve, { host: hostname, port, allowLoopback }, stop);
  stop.throwIfAborted();
  if (protocol !== 'https:') {
    return tunnel ?? established(connectTcp({ host: hostname, port, lookup }), 'connect', stop);
  }
  const secure = connectTls({
    ...(tunnel === null ? { host: hostname, port, lookup } : { host: hostname, socket: tunnel }),
    // RFC 6066 section 3: no literal address in server_name. The certificate is verified against `host` either way.
    ...(isIP(hostname) === 0 ? { servername: hostname } : {}),
    ALPNProtocols: ['http/1.1'],
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2',
    ...(options.certificateAuthority === undefined ? {} : { ca: options.certificateAuthority }),
  });
  return established(secure, 'secureConnect', stop);
}

/** The socket once it is ready; on an error or a stop it is destroyed. */
async function established<S extends Socket>(
  socket: S,
  event: 'connect' | 'secureConnect',
  stop: AbortSignal,
): Promise<S> {
  socket.setNoDelay(true);
  return new Promise((resolve, reject) => {
    const onStop = (): void => fail(stop.reason as Error);
    const onReady = (): void => {
      forget();
      resolve(socket);
    };
    const fail = (error: Error): void => {
      forget();
      // A late error of a destroyed socket has nobody left to tell.
      socket.on('error', () => undefined);
      socket.destroy();
      reject(error);
    };
    const onClose = (): void => fail(new HttpFault('reset', 'closed while it was being opened'));
    const forget = (): void => {
      stop.removeEventListener('abort', onStop);
      socket.off(event, onReady).off('error', fail).off('close', onClose);
    };
    stop.addEventListener('abort', onStop, { once: true });
    socket.once(event, onReady).once('error', fail).once('close', onClose);
  });
}
