/** A small programmable HTTP server on loopback: routes by path, a record of what arrived, connections counted. */
import { createServer } from 'node:http';
import type { IncomingMessage, OutgoingHttpHeaders, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Uint8Array;
}

/** A fixed reply, a function of the request, or null where it has written the response itself. */
export type Route =
  Reply | ((request: IncomingMessage, response: ServerResponse) => Reply | null | Promise<Reply | null>);

interface Hit {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  /** Milliseconds, monotonic. */
  readonly at: number;
  /** When the answer was sent, or the connection was gone; null before. So are status and sent headers. */
  readonly endedAt: number | null;
  readonly status: number | null;
  readonly sent: OutgoingHttpHeaders | null;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

export interface ShopServer {
  /** `http://127.0.0.1:PORT`, without a final slash. */
  readonly origin: string;
  /** Host with port, as a shop's scope lists it. */
  readonly host: string;
  readonly hits: readonly Hit[];
  /** Connections ever opened, the most open at once, and those open now. */
  readonly connections: { readonly total: number; readonly peak: number; readonly now: number };
  /** Requests being answered at once, at most. */
  readonly peakRequests: number;
  /** Adds or replaces routes; a key is a path, with or without its query. */
  route(routes: Readonly<Record<string, Route>>): void;
  /** Paths asked for, in order, robots.txt left out. */
  paths(): string[];
  close(): Promise<void>;
}

/** Unknown paths get 404, and so does /robots.txt unless it is routed, which allows everything. */
export async function startShopServer(routes: Readonly<Record<string, Route>> = {}): Promise<ShopServer> {
  const table = new Map(Object.entries(routes));
  const hits: Mutable<Hit>[] = [];
  const sockets = new Set<Socket>();
  const connections = { total: 0, peak: 0, now: 0 };
  const load = { now: 0, peak: 0 };
  const server: Server = createServer((request, response) => {
    const path = request.url ?? '/';
    const hit: Mutable<Hit> = {
      path,
      headers: request.headers,
      at: performance.now(),
      endedAt: null,
      status: null,
      sent: null,
    };
    hits.push(hit);
    load.now += 1;
    load.peak = Math.max(load.peak, load.now);
    response.on('close', () => {
      load.now -= 1;
      hit.endedAt = performance.now();
      hit.status = response.statusCode;
      hit.sent = response.getHeaders();
    });
    const route = table.get(path) ?? table.get(path.split('?', 1)[0] ?? '') ?? { status: 404 };
    void answer(route, request, response);
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    connections.total += 1;
    connections.now = sockets.size;
    connections.peak = Math.max(connections.peak, sockets.size);
    socket.on('close', () => {
      sockets.delete(socket);
      connections.now = sockets.size;
    });
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    host: `127.0.0.1:${port}`,
    hits,
    connections,
    get peakRequests() {
      return load.peak;
    },
    route: (more) => {
      for (const [path, route] of Object.entries(more)) table.set(path, route);
    },
    paths: () => hits.map((hit) => hit.path).filter((path) => path !== '/robots.txt'),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

async function answer(route: Route, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const reply = typeof route === 'function' ? await route(request, response) : route;
  if (reply === null) return;
  // One by one: only such headers can be asked for afterwards.
  for (const [name, value] of Object.entries({ 'content-type': 'text/html', ...reply.headers })) {
    response.setHeader(name, value);
  }
  response.writeHead(reply.status ?? 200);
  response.end(reply.body ?? '');
}
