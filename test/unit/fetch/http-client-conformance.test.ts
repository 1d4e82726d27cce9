/** The promises of the HttpClient port, kept by both adapters: what goes over the wire, and what comes back. */
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:https';
import * as zlib from 'node:zlib';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HttpRequest, HttpResponse } from '../../../src/domain/fetch.js';
import { HttpFault } from '../../../src/fetch/http-fault.js';
import { createGotScrapingClient } from '../../../src/fetch/got-scraping-client.js';
import type { HttpClientOptions } from '../../../src/fetch/guarded-client.js';
import { createUndiciClient } from '../../../src/fetch/undici-client.js';
import { selfSignedCertificate } from '../../support/certificate.js';
import { testShop } from '../../support/test-shop.js';
import { startShopServer } from '../../support/shop-server.js';

const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

let create = createGotScrapingClient;

function client(options: HttpClientOptions = {}) {
  const made = create(options);
  closers.push(() => made.close());
  return made;
}

/** Answers each connection as `talk` says; no HTTP library in between. */
async function rawServer(talk: (socket: Socket, received: string) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const listening = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (data) => talk(socket, data.toString('latin1')));
  });
  await new Promise<void>((resolve) => {
    listening.listen(0, '127.0.0.1', resolve);
  });
  closers.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => {
      listening.close(resolve);
    });
  });
  return `http://127.0.0.1:${(listening.address() as AddressInfo).port}`;
}

function requestOf(url: string, more: Partial<HttpRequest> = {}): HttpRequest {
  return {
    url,
    headers: { 'user-agent': 'fashiond/0.1.0 (+https://example.com/bot)', accept: 'text/html' },
    timeoutMs: 10_000,
    maxBytes: 100_000,
    allowLoopback: true,
    signal: new AbortController().signal,
    ...more,
  };
}

async function failureOf(promise: Promise<HttpResponse>): Promise<string> {
  const error: unknown = await promise.then(
    () => 'no fault',
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof HttpFault)) throw new Error(`expected an HttpFault, got ${String(error)}`);
  return error.failure;
}

const text = (response: HttpResponse): string => Buffer.from(response.body).toString();

describe.each([
  ['got-scraping', createGotScrapingClient],
  ['undici', createUndiciClient],
])('%s', (_, creator) => {
  beforeEach(() => {
    create = creator;
  });

  describe('on the wire', () => {
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

  describe('bodies', () => {
    const page = 'ニット '.repeat(2000);

    it.each([
      ['gzip', gzipSync(page)],
      ['x-gzip', gzipSync(page)],
      ['deflate', deflateSync(page)],
      ['deflate', deflateRawSync(page)],
      // What some servers call deflate.
      ['deflate', gzipSync(page)],
      ['br', brotliCompressSync(page)],
      ['gzip, br', brotliCompressSync(gzipSync(page))],
      ['identity', Buffer.from(page)],
      // Without the checksum at the end, which some servers forget.
      ['gzip', gzipSync(page).subarray(0, -8)],
    ])('decodes %s', async (encoding, body) => {
      const shop = await testShop({ '/': { headers: { 'content-encoding': encoding }, body } });
      expect(text(await client().request(requestOf(shop.origin)))).toBe(page);
    });

    // Node has it from 22.15 on; before, nobody is asked for it, and who sends it all the same is refused.
    const { zstdCompressSync } = zlib as { zstdCompressSync?: (data: string | Buffer) => Buffer };
    it('decodes zstd where the runtime can, and stops its bombs', async () => {
      const zstd = Buffer.from(zstdCompressSync?.(page) ?? [0x28, 0xb5, 0x2f, 0xfd]);
      const bomb = zstdCompressSync?.(Buffer.alloc(50_000_000)) ?? zstd;
      const headers = { 'content-encoding': 'zstd' };
      const shop = await testShop({ '/': { headers, body: zstd }, '/bomb': { headers, body: bomb } });
      const asked = async (path: string): Promise<string> =>
        client()
          .request(requestOf(shop.origin + path))
          .then(text, (error: HttpFault) => error.failure);
      const can = zstdCompressSync !== undefined;
      expect(await asked('/')).toBe(can ? page : 'protocol');
      expect(await asked('/bomb')).toBe(can ? 'too-large' : 'protocol');
    });

    it('reads chunked bodies and bodies that end with the connection', async () => {
      const chunked = await rawServer((socket) => {
        socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n');
      });
      const closing = await rawServer((socket) => socket.end('HTTP/1.1 200 OK\r\n\r\nabcde'));
      expect(text(await client().request(requestOf(chunked)))).toBe('abcde');
      expect(text(await client().request(requestOf(closing)))).toBe('abcde');
    });

    it.each([
      ['gzip', gzipSync(Buffer.alloc(50_000_000))],
      ['br', brotliCompressSync(Buffer.alloc(50_000_000))],
      ['deflate', deflateSync(Buffer.alloc(50_000_000))],
      ['deflate', deflateRawSync(Buffer.alloc(50_000_000))],
      ['gzip, gzip', gzipSync(gzipSync(Buffer.alloc(50_000_000)))],
    ])('stops a %s bomb at the bound on decoded bytes', async (encoding, body) => {
      expect(body.byteLength).toBeLessThan(100_000);
      const shop = await testShop({ '/': { headers: { 'content-encoding': encoding }, body } });
      const before = process.memoryUsage().rss;
      expect(await failureOf(client().request(requestOf(shop.origin)))).toBe('too-large');
      expect(process.memoryUsage().rss - before).toBeLessThan(40_000_000);
    });

    it('bounds plain bodies, announced or not, and cuts them where asked to', async () => {
      const body = 'x'.repeat(2000);
      const shop = await testShop({
        '/announced': { headers: { 'content-length': '2000' }, body },
        '/chunked': (_, response) => {
          response.write(body.slice(0, 1000));
          response.end(body.slice(1000));
          return null;
        },
      });
      for (const path of ['/announced', '/chunked']) {
        const url = shop.origin + path;
        expect(await failureOf(client().request(requestOf(url, { maxBytes: 1999 })))).toBe('too-large');
        expect(text(await client().request(requestOf(url, { maxBytes: 2000 })))).toBe(body);
        const cut = await client().request(requestOf(url, { maxBytes: 1500, truncate: true }));
        expect(text(cut)).toBe('x'.repeat(1500));
      }
    });

    it('bounds encoded bytes that decode to nothing', async () => {
      const empty = gzipSync('');
      const body = Buffer.concat(Array.from({ length: 1000 }, () => empty));
      const shop = await testShop({ '/': { headers: { 'content-encoding': 'gzip' }, body } });
      expect(await failureOf(client().request(requestOf(shop.origin, { maxBytes: 10_000 })))).toBe(
        'too-large',
      );
    });

    it.each([
      ['gzip', 'this is no gzip'],
      ['br', Buffer.from([0xff, 0xff, 0xff, 0xff])],
      ['zstd-of-the-future', 'x'],
      ['gzip, gzip, gzip', 'x'],
    ])('refuses a body that is not the %s it claims to be', async (encoding, body) => {
      const shop = await testShop({ '/': { headers: { 'content-encoding': encoding }, body } });
      expect(await failureOf(client().request(requestOf(shop.origin)))).toBe('protocol');
    });

    it('reports a body shorter than announced as a reset', async () => {
      const origin = await rawServer((socket) =>
        socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort'),
      );
      expect(await failureOf(client().request(requestOf(origin)))).toBe('reset');
    });

    it('trusts no answer that is longer than announced', async () => {
      const origin = await rawServer((socket) => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nshort and more');
      });
      expect(await failureOf(client().request(requestOf(origin)))).toBe('protocol');
    });

    it('keeps the status of an error whose page is endless', async () => {
      const shop = await testShop({
        '/': (_, response) => {
          response.writeHead(404);
          const more = (): void => {
            while (response.write('x'.repeat(65_536)) && !response.destroyed);
            if (!response.destroyed) response.once('drain', more);
          };
          more();
          return null;
        },
      });
      const response = await client().request(requestOf(shop.origin));
      expect(response.status).toBe(404);
      expect(response.body.byteLength).toBe(0);
    });

    it('gives a body memory of its own, so that it can be moved to a worker', async () => {
      const shop = await testShop({ '/': { body: 'small' } });
      const { body } = await client().request(requestOf(shop.origin));
      expect(body.buffer.byteLength).toBe(body.byteLength);
    });
  });

  describe('faults', () => {
    it('times out before headers, in a slow drip and in a stalled body', async () => {
      const silent = await rawServer(() => undefined);
      const stalled = await rawServer((socket) =>
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc'),
      );
      const dripping = await rawServer((socket) => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        const timer = setInterval(() => socket.write('x'), 20);
        socket.on('close', () => clearInterval(timer));
      });
      const http = client();
      for (const origin of [silent, stalled, dripping]) {
        expect(await failureOf(http.request(requestOf(origin, { timeoutMs: 150 })))).toBe('timeout');
      }
    });

    it('ends when the caller aborts, before and during the exchange', async () => {
      const silent = await rawServer(() => undefined);
      const during = new AbortController();
      setTimeout(() => during.abort(), 50);
      expect(await failureOf(client().request(requestOf(silent, { signal: during.signal })))).toBe('reset');
      expect(await failureOf(client().request(requestOf(silent, { signal: AbortSignal.abort() })))).toBe(
        'reset',
      );
    });

    it('ends what is under way when it is closed', async () => {
      const silent = await rawServer(() => undefined);
      const http = create();
      const pending = failureOf(http.request(requestOf(silent)));
      await http.close();
      expect(await pending).toBe('reset');
    });

    it('names a refused connection, an unknown host, a reset and nonsense', async () => {
      const shop = await startShopServer();
      await shop.close();
      const resetting = await rawServer((socket) => socket.resetAndDestroy());
      const nonsense = await rawServer((socket) => socket.end('220 smtp.example ESMTP\r\n'));
      const unknown = client({
        resolve: async () => Promise.reject(Object.assign(new Error('unknown host'), { code: 'ENOTFOUND' })),
      });
      expect(await failureOf(client().request(requestOf(shop.origin)))).toBe('connect');
      expect(await failureOf(unknown.request(requestOf('http://shop.example/')))).toBe('dns');
      expect(await failureOf(client().request(requestOf(resetting)))).toBe('reset');
      expect(await failureOf(client().request(requestOf(nonsense)))).toBe('protocol');
      expect(await failureOf(client().request(requestOf('ftp://shop.example/')))).toBe('bad-url');
    });

    it('reads no lenient HTTP', async () => {
      const smuggling = await rawServer((socket) => {
        socket.end(
          'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
        );
      });
      expect(await failureOf(client().request(requestOf(smuggling)))).toBe('protocol');
    });
  });

  describe('TLS', () => {
    async function tlsServer(maxVersion?: 'TLSv1.1') {
      const certificate = selfSignedCertificate();
      const options =
        maxVersion === undefined
          ? {}
          : { maxVersion, minVersion: 'TLSv1' as const, ciphers: 'ALL:@SECLEVEL=0' };
      const ciphers: string[] = [];
      const secure = createTlsServer({ ...certificate, ...options }, (_, response) => response.end('secure'));
      secure.on('secureConnection', (socket) => ciphers.push(socket.getProtocol() ?? ''));
      await new Promise<void>((resolve) => {
        secure.listen(0, '127.0.0.1', resolve);
      });
      closers.push(async () => {
        secure.closeAllConnections();
        await new Promise((resolve) => {
          secure.close(resolve);
        });
      });
      return {
        url: `https://127.0.0.1:${(secure.address() as AddressInfo).port}/`,
        certificate,
        protocols: ciphers,
      };
    }

    it('verifies certificates', async () => {
      const { url, certificate, protocols } = await tlsServer();
      expect(await failureOf(client().request(requestOf(url)))).toBe('tls');
      const trusting = client({ certificateAuthority: certificate.cert });
      expect(text(await trusting.request(requestOf(url)))).toBe('secure');
      expect(protocols.at(-1)).toBe('TLSv1.3');
    });

    it('verifies the name in the certificate', async () => {
      const { url, certificate } = await tlsServer();
      const loopback = async () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]);
      const trusting = client({ certificateAuthority: certificate.cert, resolve: loopback });
      expect(await failureOf(trusting.request(requestOf(url.replace('127.0.0.1', 'shop.example'))))).toBe(
        'tls',
      );
    });

    it('speaks nothing older than TLS 1.2', async () => {
      const { url, certificate } = await tlsServer('TLSv1.1');
      const trusting = client({ certificateAuthority: certificate.cert });
      expect(await failureOf(trusting.request(requestOf(url)))).toBe('tls');
    });
  });

  describe('the guard', () => {
    it('refuses loopback, as a literal and as a name, unless the request allows it', async () => {
      const shop = await testShop({ '/': { body: 'inside' } });
      const loopback = async () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]);
      const http = client({ resolve: loopback });
      const byName = shop.origin.replace('127.0.0.1', 'shop.example');
      expect(text(await http.request(requestOf(byName)))).toBe('inside');
      // The kept connection of the request above must not serve one that may not use it.
      for (const url of [byName, shop.origin, shop.origin.replace('127.0.0.1', '0x7f000001')]) {
        expect(await failureOf(http.request(requestOf(url, { allowLoopback: false })))).toBe(
          'blocked-address',
        );
      }
      expect(shop.hits.length).toBe(1);
    });

    it('judges the very address it connects to, when a name changes its answer', async () => {
      const shop = await testShop({ '/': { headers: { connection: 'close' }, body: 'inside' } });
      const answers = ['127.0.0.1', '10.0.0.1', '169.254.169.254'];
      let asked = 0;
      const http = client({
        resolve: async () => {
          const address = answers[Math.min(asked, answers.length - 1)]!;
          asked += 1;
          return Promise.resolve([{ address, family: 4 }]);
        },
      });
      const url = shop.origin.replace('127.0.0.1', 'rebinding.example');
      expect(text(await http.request(requestOf(url)))).toBe('inside');
      expect(asked).toBe(1);
      expect(await failureOf(http.request(requestOf(url)))).toBe('blocked-address');
      expect(await failureOf(http.request(requestOf(url)))).toBe('blocked-address');
      expect(shop.connections.total).toBe(1);
    });
  });
});
