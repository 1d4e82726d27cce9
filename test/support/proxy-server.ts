/** An HTTP proxy on loopback that knows CONNECT alone, and says what it was asked for. */
import { createServer } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';

export interface ProxyServer {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** The authorities asked for, in order, and the credentials that came with them. */
  readonly asked: readonly { readonly authority: string; readonly credentials: string | null }[];
  readonly open: number;
  close(): Promise<void>;
}

export interface ProxyBehaviour {
  /** Where to connect for an authority; the authority itself by default. */
  readonly target?: (authority: string) => { readonly host: string; readonly port: number };
  /** Refuses with this status. */
  readonly status?: number;
  /** Answers nothing at all. */
  readonly silent?: boolean;
}

export async function startProxyServer(behaviour: ProxyBehaviour = {}): Promise<ProxyServer> {
  const asked: { authority: string; credentials: string | null }[] = [];
  const sockets = new Set<Duplex>();
  const keep = (socket: Duplex): void => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  };
  const server = createServer();
  server.on('connection', keep);
  server.on('connect', (request, client: Socket, head) => {
    const authority = request.url ?? '';
    const basic = /^Basic (.+)$/.exec(request.headers['proxy-authorization'] ?? '')?.[1];
    asked.push({
      authority,
      credentials: basic === undefined ? null : Buffer.from(basic, 'base64').toString(),
    });
    if (behaviour.silent === true) return;
    if (behaviour.status !== undefined) {
      client.end(`HTTP/1.1 ${behaviour.status} No\r\n\r\n`);
      return;
    }
    const [, host = '', port = ''] = /^\[?(.*?)\]?:(\d+)$/.exec(authority) ?? [];
    const upstream = connect(behaviour.target?.(authority) ?? { host, port: Number(port) });
    keep(upstream);
    upstream.on('connect', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.write(head);
      upstream.pipe(client).pipe(upstream);
    });
    upstream.on('close', () => client.destroy());
    client.on('close', () => upstream.destroy());
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    get open() {
      return sockets.size;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}
