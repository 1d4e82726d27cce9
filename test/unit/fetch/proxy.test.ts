/** Requests through a shop's proxy, with both clients: what the proxy is asked for, what the guard still refuses. */
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HttpRequest, ProxyRoute } from '../../../src/domain/fetch.js';
import type { HttpClient } from '../../../src/domain/ports.js';
import { createGotScrapingClient } from '../../../src/fetch/got-scraping-client.js';
import type { HttpClientOptions } from '../../../src/fetch/guarded-client.js';
import type { HttpFault } from '../../../src/fetch/http-fault.js';
import { createUndiciClient } from '../../../src/fetch/undici-client.js';
import { selfSignedCertificate } from '../../support/certificate.js';
import { startProxyServer } from '../../support/proxy-server.js';
import type { ProxyBehaviour, ProxyServer } from '../../support/proxy-server.js';
import { startShopServer } from '../../support/shop-server.js';
import type { ShopServer } from '../../support/shop-server.js';

const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

const PUBLIC = '93.184.216.34';
const toPublic = async () => Promise.resolve([{ address: PUBLIC, family: 4 }]);

describe.each([
  ['got-scraping', createGotScrapingClient],
  ['undici', createUndiciClient],
])('a proxy, with %s', (_, create) => {
  let shop: ShopServer;

  beforeEach(async () => {
    shop = await startShopServer({ '/': { body: 'through the proxy' } });
    closers.push(() => shop.close());
  });

  function client(options: HttpClientOptions = {}): HttpClient {
    const made = create({ resolve: toPublic, ...options });
    closers.push(() => made.close());
    return made;
  }

  /** Every authority leads to the shop, as if it had that address. */
  async function proxyServer(behaviour: ProxyBehaviour = {}): Promise<ProxyServer> {
    const { hostname: host, port } = new URL(shop.origin);
    const target = () => ({ host, port: Number(port) });
    const proxy = await startProxyServer({ target, ...behaviour });
    closers.push(() => proxy.close());
    return proxy;
  }

  const ask = async (http: HttpClient, url: string, proxy: ProxyRoute, more: Partial<HttpRequest> = {}) =>
    http
      .request({
        url,
        headers: { 'user-agent': 'fashiond' },
        timeoutMs: 10_000,
        maxBytes: 1000,
        proxy,
        signal: new AbortController().signal,
        ...more,
      })
      .then(
        ({ body }) => Buffer.from(body).toString(),
        ({ failure, message }: HttpFault) => `${failure}: ${message}`,
      );

  it('is asked for the address that was judged here, once for each connection', async () => {
    const proxy = await proxyServer();
    const http = client();
    const route = { url: proxy.url.replace('//', '//user%40x:p%3Aw@'), resolve: 'here' } as const;
    for (let i = 0; i < 3; i += 1)
      expect(await ask(http, 'http://shop.example/', route)).toBe('through the proxy');
    expect(proxy.asked).toEqual([{ authority: `${PUBLIC}:80`, credentials: 'user@x:p:w' }]);
    expect(shop.hits.map(({ headers }) => [headers.host, headers['proxy-authorization']])).toEqual(
      Array.from({ length: 3 }, () => ['shop.example', undefined]),
    );
  });

  it('is asked for the name where the config leaves names to it', async () => {
    const proxy = await proxyServer();
    const failing = client({ resolve: async () => Promise.reject(new Error('asked here')) });
    const route = { url: proxy.url, resolve: 'proxy' } as const;
    expect(await ask(failing, 'http://shop.example:8080/', route)).toBe('through the proxy');
    expect(proxy.asked.map(({ authority }) => authority)).toEqual(['shop.example:8080']);
  });

  it.each(['here', 'proxy'] as const)(
    'leads into no private network, names resolved: %s',
    async (resolve) => {
      const proxy = await proxyServer();
      const http = client({ resolve: async () => Promise.resolve([{ address: '10.0.0.1', family: 4 }]) });
      const route = { url: proxy.url, resolve };
      const literals = [
        'http://10.0.0.1/',
        'http://0x7f.1/',
        'http://[::ffff:a00:1]/',
        'http://169.254.169.254/',
      ];
      const urls = [...literals, resolve === 'here' ? 'http://rebound.example/' : 'http://localhost/'];
      for (const url of urls) expect(await ask(http, url, route)).toMatch(/^blocked-address: /);
      expect(proxy.asked).toEqual([]);
    },
  );

  it('keeps connections of different routes apart', async () => {
    const [one, other] = [await proxyServer(), await proxyServer()];
    const http = client();
    for (const { url } of [one, other]) await ask(http, 'http://shop.example/', { url, resolve: 'here' });
    await ask(http, 'http://shop.example/', { url: one.url.replace('//', '//a:b@'), resolve: 'here' });
    expect([one.asked.length, other.asked.length]).toEqual([2, 1]);
  });

  it('that refuses, is not there or says nothing is named without its credentials', async () => {
    const refusing = await proxyServer({ status: 407 });
    const silent = await proxyServer({ silent: true });
    const gone = await startProxyServer();
    await gone.close();
    const http = client();
    const told = async ({ url }: ProxyServer, more?: Partial<HttpRequest>): Promise<string> =>
      ask(http, 'http://shop.example/', { url: url.replace('//', '//user:secret@'), resolve: 'here' }, more);
    const texts = [await told(refusing), await told(gone), await told(silent, { timeoutMs: 300 })];
    expect(texts).toEqual([
      expect.stringMatching(/^proxy: the proxy answered 407 \(127\.0\.0\.1:\d+\)$/),
      expect.stringMatching(/^proxy: the proxy failed: connect ECONNREFUSED 127\.0\.0\.1:\d+ /),
      expect.stringMatching(/^timeout: /),
    ]);
    expect(texts.join()).not.toMatch(/user|secret/);
  });

  it('carries TLS to the shop, verified against the name of the shop', async () => {
    const certificate = selfSignedCertificate({ name: 'shop.example' });
    const secure = createTlsServer(certificate, (_request, response) => response.end('secure'));
    await new Promise<void>((resolve) => {
      secure.listen(0, '127.0.0.1', resolve);
    });
    closers.push(async () => {
      secure.closeAllConnections();
      await new Promise((resolve) => {
        secure.close(resolve);
      });
    });
    const { port } = secure.address() as AddressInfo;
    const proxy = await proxyServer({ target: () => ({ host: '127.0.0.1', port }) });
    const route = { url: proxy.url, resolve: 'here' } as const;
    const trusting = client({ certificateAuthority: certificate.cert });
    expect(await ask(trusting, 'https://shop.example/', route)).toBe('secure');
    expect(await ask(trusting, 'https://other.example/', route)).toMatch(/^tls: /);
    expect(await ask(client(), 'https://shop.example/', route)).toMatch(/^tls: /);
    expect(proxy.asked.map(({ authority }) => authority)).toEqual(
      Array.from({ length: 3 }, () => `${PUBLIC}:443`),
    );
  });
});
