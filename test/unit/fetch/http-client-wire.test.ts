/** What both adapters of the HttpClient port send, how they keep connections, and the headers they hand over. */
import type { Socket } from 'node:net';
import * as zlib from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { testShop } from '../../support/test-shop.js';
import { CLIENTS, clientsOf, rawServer, requestOf, text } from '../../support/http-clients.js';

describe.each(CLIENTS)('on the wire, with %s', (_, create) => {
  const client = clientsOf(create);

  it('sends our headers and nothing else', async () => {
    const received: string[] = [];
    const origin = await rawServer((socket, data) => {
      received.push(data);
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi');
    });
    const headers = { ...requestOf('').headers, 'if-none-match': '"v1"' };
    await client().request(requestOf(`${origin}/list?cat=%A5%CB&x=[1]`, { headers }));
    const [request = '', ...lines] = received.join('').split('\r\n');
    expect(request).toBe('GET /list?cat=%A5%CB&x=[1] HTTP/1.1');
    const zstd = 'createZstdDecompress' in zlib ? ', zstd' : '';
    expect(lines.map((line) => line.replace(/^[^:]+/, (name) => name.toLowerCase())).toSorted()).toEqual([
      '',
      '',
      `accept-encoding: gzip, deflate, br${zstd}`,
      'accept: text/html',
      'connection: keep-alive',
      `host: ${new URL(origin).host}`,
      'if-none-match: "v1"',
      'user-agent: fashiond/0.1.0 (+https://example.com/bot)',
    ]);
  });

  it('never sends user names or passwords found in a URL', async () => {
    const shop = await testShop({ '/': { body: 'ok' } });
    await client().request(requestOf(`http://user:p%C3@${shop.host}/`));
    expect(shop.hits[0]!.headers.authorization).toBeUndefined();
  });

  it('keeps connections, and never more than asked for', async () => {
    const shop = await testShop({
      '/slow': async () => {
        await new Promise((resolve) => {
          setTimeout(resolve, 10);
        });
        return { body: 'x'.repeat(5000) };
      },
      '/gone': { status: 404, body: 'y'.repeat(3000) },
    });
    const http = client({ socketsPerHost: 3 });
    const paths = Array.from({ length: 15 }, (_, i) => (i % 3 === 0 ? '/gone' : '/slow'));
    await Promise.all(paths.map((path) => http.request(requestOf(shop.origin + path))));
    for (const path of paths) await http.request(requestOf(shop.origin + path));
    expect(shop.hits.length).toBe(30);
    expect(shop.connections.peak).toBeLessThanOrEqual(3);
    expect(shop.connections.total).toBe(3);
  });

  it('opens a new connection when the server has closed the kept one', async () => {
    let connections = 0;
    const served = new WeakMap<Socket, number>();
    const origin = await rawServer((socket) => {
      const count = (served.get(socket) ?? 0) + 1;
      served.set(socket, count);
      if (count === 1) connections += 1;
      // The second request on a connection meets a closed door, as when an idle timeout is just over.
      if (count === 1) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi');
      else socket.resetAndDestroy();
    });
    const http = client();
    for (let i = 0; i < 3; i += 1) expect(text(await http.request(requestOf(origin)))).toBe('hi');
    expect(connections).toBe(3);
  });

  it('bounds connections to all hosts together, idle ones included', async () => {
    const route = async () => {
      await new Promise((resolve) => {
        setTimeout(resolve, 10);
      });
      return { body: 'page' };
    };
    const shops = await Promise.all(Array.from({ length: 5 }, () => testShop({ '/': route })));
    const http = client({ maxSockets: 3 });
    let open = 0;
    const peak = setInterval(() => {
      open = Math.max(
        open,
        shops.reduce((sum, shop) => sum + shop.connections.now, 0),
      );
    }, 1);
    for (let round = 0; round < 3; round += 1) {
      await Promise.all(shops.map((shop) => http.request(requestOf(shop.origin))));
    }
    clearInterval(peak);
    expect(shops.map((shop) => shop.hits.length)).toEqual([3, 3, 3, 3, 3]);
    // The server sees the end of a connection a moment after the client has closed it.
    expect(open).toBeGreaterThan(0);
    expect(open).toBeLessThanOrEqual(3 + 2);
  });

  it('does not follow redirects', async () => {
    const shop = await testShop({
      '/a': { status: 302, headers: { location: '/b' } },
      '/b': { body: 'b' },
    });
    const response = await client().request(requestOf(`${shop.origin}/a`));
    expect(response).toMatchObject({ status: 302, headers: { location: '/b' } });
    expect(shop.paths()).toEqual(['/a']);
  });

  it('hands header bytes over as they are, one character a byte', async () => {
    const location = Buffer.from([0x2f, 0xa5, 0xcb, 0xa5, 0xc3, 0xa5, 0xc8]).toString('latin1');
    const origin = await rawServer((socket) =>
      socket.end(`HTTP/1.1 302 Found\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`, 'latin1'),
    );
    expect((await client().request(requestOf(origin))).headers['location']).toBe(location);
  });

  it('takes the first of a header that may occur once', async () => {
    const twice = 'ETag: "1"\r\nETag: "2"\r\nLocation: /a\r\nLocation: /b\r\n';
    const origin = await rawServer((socket) =>
      socket.end(`HTTP/1.1 302 Found\r\n${twice}Content-Length: 0\r\n\r\n`),
    );
    const { headers } = await client().request(requestOf(origin));
    expect(headers).toMatchObject({ etag: '"1"', location: '/a' });
  });

  it('joins repeated headers', async () => {
    const shop = await testShop({
      '/': { headers: { 'set-cookie': ['a=1', 'b=2'], 'x-note': ['c', 'd'] } },
    });
    const { headers } = await client().request(requestOf(shop.origin));
    expect(headers).toMatchObject({ 'set-cookie': 'a=1, b=2', 'x-note': 'c, d' });
  });
});
