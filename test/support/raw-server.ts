/** A server on loopback that speaks in bytes, without an HTTP library that would keep it from misbehaving. */
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { TlsOptions } from 'node:tls';

interface RawRequest {
  /** With its query. */
  readonly path: string;
  /** Host and port of the server, as in a URL. */
  readonly host: string;
  /** The whole head as it was sent, in lower case. */
  readonly head: string;
  /** How many requests came on this connection before. */
  readonly before: number;
}

/** Answers one request, or does not. */
export type Behaviour = (socket: Socket, request: RawRequest) => void;

export interface RawServer {
  readonly host: string;
  readonly origin: string;
  /** Paths asked for, in order. */
  readonly asked: readonly string[];
  /** Bytes of body and head handed to the sockets so far. */
  readonly sent: number;
  /** Connections that the client has not closed. */
  readonly open: number;
  close(): Promise<void>;
}

export interface RawServerOptions {
  readonly tls?: TlsOptions;
  /** What is asked for /robots.txt; allows everything by default. */
  readonly robots?: Behaviour;
  /** Answers without waiting for a request, as a TLS peer that never shakes hands. */
  readonly onConnection?: (socket: Socket) => void;
}

const ALLOW_ALL: Behaviour = (socket) => socket.write('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n');

export async function startRawServer(behave: Behaviour, options: RawServerOptions = {}): Promise<RawServer> {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const held = new Set<Socket>();
  let sentBefore = 0;
  let host = '';
  const onSocket = (socket: Socket): void => {
    sockets.add(socket);
    held.add(socket);
    socket.on('error', () => undefined);
    // A server that never closes its half sees no `close` after the client's.
    socket.on('end', () => held.delete(socket));
    socket.on('close', () => {
      sockets.delete(socket);
      held.delete(socket);
      sentBefore += socket.bytesWritten;
    });
    options.onConnection?.(socket);
    let received = '';
    let before = 0;
    socket.on('data', (data: Buffer) => {
      received += data.toString('latin1');
      const end = received.indexOf('\r\n\r\n');
      if (end === -1) return;
      const head = received.slice(0, end);
      received = received.slice(end + 4);
      const path = head.split(' ', 2)[1] ?? '/';
      asked.push(path);
      const act = path === '/robots.txt' ? (options.robots ?? ALLOW_ALL) : behave;
      act(socket, { path, host, head: head.toLowerCase(), before });
      before += 1;
    });
  };
  const server: Server =
    options.tls === undefined
      ? createServer({ allowHalfOpen: true }, onSocket)
      : createTlsServer(options.tls, onSocket).on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    host,
    origin: `${options.tls === undefined ? 'http' : 'https'}://${host}`,
    asked,
    get sent() {
      return [...sockets].reduce((sum, socket) => sum + socket.bytesWritten, sentBefore);
    },
    get open() {
      return held.size;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}
