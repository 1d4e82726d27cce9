/** Node's keep-alive agents, a pair for each route, with guarded lookup and, where the route has a proxy, its tunnel. */
import { Agent as HttpAgent } from 'node:http';
import type { AgentOptions, ClientRequestArgs } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { RequestOptions } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { IDLE_SOCKETS_PER_HOST, IDLE_SOCKET_MS, SOCKETS_PER_HOST } from './guarded-client.js';
import type { HttpClientOptions } from './guarded-client.js';
import { guardedLookup, systemResolver } from './network-guard.js';
import type { AddressResolver } from './network-guard.js';
import { routeKey } from './route.js';
import type { Route } from './route.js';
import type { IdleSockets } from './socket-budget.js';
import { openTunnel } from './tunnel.js';

export interface Agents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
}

type OnConnection = (error: Error | null, socket: Duplex) => void;

/** A proxy that says nothing for so long is given up; the request that waits for it has a deadline of its own. */
const TUNNEL_MS = 30_000;

/** Their number is bounded by the config: two for each proxy in it, and two without any. */
export class KeptAgents implements IdleSockets {
  readonly #options: HttpClientOptions;
  readonly #byRoute = new Map<string, Agents>();
  /** Destroyed and still in their agent's lists, which it clears when they are closed. */
  readonly #closing = new Set<Socket>();

  constructor(options: HttpClientOptions) {
    this.#options = options;
  }

  of(route: Route): Agents {
    const key = routeKey(route);
    let agents = this.#byRoute.get(key);
    if (agents === undefined) {
      agents = createAgents(this.#options, route);
      this.#byRoute.set(key, agents);
    }
    return agents;
  }

  count(): number {
    // Asked for with every request: lists are counted, not the sockets in them.
    let count = -this.#closing.size;
    for (const { http, https } of this.#byRoute.values()) {
      for (const agent of [http, https]) {
        for (const sockets of Object.values(agent.freeSockets)) count += sockets?.length ?? 0;
      }
    }
    return count;
  }

  closeOne(): void {
    for (const socket of this.#idle()) {
      if (socket.destroyed) continue;
      this.#closing.add(socket);
      socket.once('close', () => this.#closing.delete(socket));
      socket.destroy();
      return;
    }
  }

  close(): void {
    for (const { http, https } of this.#byRoute.values()) {
      http.destroy();
      https.destroy();
    }
  }

  /** Of each host the one idle longest first, since the agents take the newest. */
  *#idle(): Generator<Socket> {
    for (const { http, https } of this.#byRoute.values()) {
      for (const agent of [http, https]) {
        for (const sockets of Object.values(agent.freeSockets)) yield* sockets ?? [];
      }
    }
  }
}

function createAgents(options: HttpClientOptions, route: Route): Agents {
  const resolve = options.resolve ?? systemResolver;
  // No maxTotalSockets: in Node an idle socket to one host then blocks a request to another. The bound over all
  // hosts is the socket budget's.
  const shared = {
    keepAlive: true,
    maxSockets: options.socketsPerHost ?? SOCKETS_PER_HOST,
    maxFreeSockets: options.idleSocketsPerHost ?? IDLE_SOCKETS_PER_HOST,
    timeout: options.idleSocketMs ?? IDLE_SOCKET_MS,
    scheduling: 'lifo' as const,
    lookup: guardedLookup(resolve, route.allowLoopback),
  };
  if (route.proxy === null) return { http: new HttpAgent(shared), https: new HttpsAgent(shared) };
  return {
    http: new TunnelHttpAgent(shared, tunnelOf(route, resolve)),
    https: new TunnelHttpsAgent(shared, tunnelOf(route, resolve)),
  };
}

type Tunnel = (options: ClientRequestArgs) => Promise<Socket>;

function tunnelOf({ proxy, allowLoopback }: Route, resolve: AddressResolver): Tunnel {
  return async ({ host, port }) => {
    if (proxy === null) throw new Error('a route without a proxy has no tunnel');
    const target = { host: host ?? '', port: Number(port), allowLoopback };
    return openTunnel(proxy, resolve, target, AbortSignal.timeout(TUNNEL_MS));
  };
}

class TunnelHttpAgent extends HttpAgent {
  readonly #tunnel: Tunnel;

  constructor(options: AgentOptions, tunnel: Tunnel) {
    super(options);
    this.#tunnel = tunnel;
  }

  override createConnection(options: ClientRequestArgs, callback?: OnConnection): undefined {
    void hand(this.#tunnel(options), callback);
  }
}

class TunnelHttpsAgent extends HttpsAgent {
  readonly #tunnel: Tunnel;

  constructor(options: AgentOptions, tunnel: Tunnel) {
    super(options);
    this.#tunnel = tunnel;
  }

  override createConnection(options: RequestOptions, callback?: OnConnection): undefined {
    const secured = this.#tunnel(options).then((socket) => {
      const secure = super.createConnection({ ...options, socket } as RequestOptions);
      if (secure === null || secure === undefined) throw new Error('Node made no TLS socket');
      return secure;
    });
    void hand(secured, callback);
  }
}

async function hand(made: Promise<Duplex>, callback: OnConnection | undefined): Promise<void> {
  let socket: Duplex;
  try {
    socket = await made;
  } catch (error) {
    // Node reads no stream where there is an error; its types ask for one.
    (callback as ((error: unknown) => void) | undefined)?.(error);
    return;
  }
  callback?.(null, socket);
}
