/** The fetcher against real servers on loopback: outcomes, redirects, guard. */
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { FetchOutcome } from '../../../src/domain/fetch.js';
import { testShop } from '../../support/test-shop.js';
import { USER_AGENT, fetcherOf, get, pageRequest, shopOf } from './fixtures.js';

describe('outcomes', () => {
  it('brings a page with its validators and headers', async () => {
    const shop = await testShop({
      '/item': {
        headers: { etag: '"v1"', 'last-modified': 'Sun, 01 Mar 2026 00:00:00 GMT' },
        body: '<h1>Hat</h1>',
      },
    });
    const outcome = await get(fetcherOf().fetcher, shopOf([shop.host]), '/item?b=2&a=1');
    expect(outcome).toMatchObject({
      kind: 'ok',
      url: `${shop.origin}/item?a=1&b=2`,
      contentType: 'text/html',
      validators: { etag: '"v1"', lastModified: 'Sun, 01 Mar 2026 00:00:00 GMT' },
    });
    expect(outcome.kind === 'ok' && Buffer.from(outcome.body).toString()).toBe('<h1>Hat</h1>');
    expect(shop.paths()).toEqual(['/item?b=2&a=1']);
    expect(shop.hits.map((hit) => hit.headers['user-agent'])).toEqual([USER_AGENT, USER_AGENT]);
  });

  it.each([
    [404, { kind: 'gone', status: 404 }],
    [410, { kind: 'gone', status: 410 }],
    [401, { kind: 'failed', failure: 'client-error', retry: false }],
    [403, { kind: 'failed', failure: 'client-error', retry: false }],
    [500, { kind: 'failed', failure: 'server-error', retry: true }],
    [502, { kind: 'failed', failure: 'server-error', retry: true }],
    [204, { kind: 'failed', failure: 'protocol', retry: false }],
    [304, { kind: 'failed', failure: 'protocol', retry: false }],
    [301, { kind: 'failed', failure: 'bad-url', retry: false }],
  ])('makes of status %d what it is', async (status, expected) => {
    const shop = await testShop({ '/': { status } });
    expect(await get(fetcherOf().fetcher, shopOf([shop.host]), '/')).toMatchObject(expected);
  });

  it('asks conditionally, and keeps what the 304 does not repeat', async () => {
    const shop = await testShop({ '/': { status: 304, headers: { etag: '"v2"' } } });
    const validators = { etag: '"v1"', lastModified: 'Sun, 01 Mar 2026 00:00:00 GMT' };
    const outcome = await fetcherOf().fetcher.fetch(shopOf([shop.host]), `${shop.origin}/`, {
      ...pageRequest(),
      validators,
    });
    expect(outcome).toEqual({ kind: 'notModified', validators: { ...validators, etag: '"v2"' } });
    expect(shop.hits.at(-1)!.headers).toMatchObject({
      'if-none-match': '"v1"',
      'if-modified-since': 'Sun, 01 Mar 2026 00:00:00 GMT',
    });
  });

  it('says what failed, and whether to try again', async () => {
    const shop = await testShop({
      '/big': { body: 'x'.repeat(5000) },
      '/hang': () => null,
      '/cut': (request) => {
        request.socket.destroy();
        return null;
      },
    });
    const { fetcher } = fetcherOf({ options: { maxPageBytes: 4000 } });
    const hasty = fetcherOf({ options: { timeoutMs: 500 } }).fetcher;
    const at = async (path: string): Promise<FetchOutcome> => get(fetcher, shopOf([shop.host]), path);
    expect(await at('/big')).toMatchObject({ kind: 'failed', failure: 'too-large', retry: false });
    expect(await get(hasty, shopOf([shop.host]), '/hang')).toMatchObject({
      kind: 'failed',
      failure: 'timeout',
      retry: true,
    });
    expect(await at('/cut')).toMatchObject({ kind: 'failed', failure: 'reset', retry: true });
    expect(await at('mailto:x@shop.example')).toMatchObject({
      kind: 'failed',
      failure: 'bad-url',
      retry: false,
    });
  });

  it('ends at once when the signal aborts', async () => {
    const stop = new AbortController();
    const shop = await testShop({
      '/': () => {
        stop.abort();
        return null;
      },
    });
    const { fetcher } = fetcherOf();
    const pending = fetcher.fetch(shopOf([shop.host]), `${shop.origin}/`, pageRequest(stop.signal));
    const cancelled = { kind: 'failed', failure: 'reset', detail: 'the request was cancelled', retry: true };
    expect(await pending).toEqual(cancelled);
    const again = fetcher.fetch(shopOf([shop.host]), `${shop.origin}/`, pageRequest(stop.signal));
    expect(await again).toEqual(cancelled);
    expect(shop.paths()).toEqual(['/']);
  });
});

describe('redirects', () => {
  it('are followed, relative, absolute and in bytes, to the final address', async () => {
    const shop = await testShop({
      '/a': { status: 301, headers: { location: 'b#top' } },
      '/b': { status: 302, headers: { location: '/c?cat=%A5%CB' } },
      '/c': (request) =>
        request.url!.endsWith('z')
          ? { body: 'here' }
          : { status: 307, headers: { location: '//' + shop.host + '/c?z' } },
    });
    const outcome = await get(fetcherOf().fetcher, shopOf([shop.host]), '/a');
    expect(outcome).toMatchObject({ kind: 'ok', url: `${shop.origin}/c?z` });
    expect(shop.paths()).toEqual(['/a', '/b', '/c?cat=%A5%CB', '/c?z']);
  });

  it('end in a loop or after the limit', async () => {
    const shop = await testShop({
      '/loop': { status: 302, headers: { location: '/loop2' } },
      '/loop2': { status: 302, headers: { location: '/loop' } },
      '/far': (request) => {
        const n = Number(new URL(request.url!, 'http://x').searchParams.get('n'));
        return { status: 302, headers: { location: `/far?n=${n + 1}` } };
      },
    });
    const { fetcher } = fetcherOf({ options: { maxRedirects: 3 } });
    const looped = await get(fetcher, shopOf([shop.host]), '/loop');
    expect(looped).toMatchObject({ kind: 'failed', failure: 'redirect-loop', retry: false });
    expect(shop.paths()).toEqual(['/loop', '/loop2']);
    const far = await get(fetcher, shopOf([shop.host]), '/far?n=0');
    expect(far).toMatchObject({ kind: 'failed', failure: 'redirect-loop' });
    expect(shop.paths().slice(2)).toEqual(['/far?n=0', '/far?n=1', '/far?n=2', '/far?n=3']);
  });

  it('leave neither the scope nor the rules of robots.txt', async () => {
    const shop = await testShop({
      '/robots.txt': { body: 'User-agent: *\nDisallow: /private\n' },
      '/out': { status: 302, headers: { location: 'https://elsewhere.example/' } },
      '/in': { status: 302, headers: { location: '/private/x' } },
      '/admin': { status: 302, headers: { location: '/checkout/x' } },
    });
    const { fetcher } = fetcherOf();
    const scoped = shopOf([shop.host], { scope: { exclude: ['^/checkout'] } });
    expect(await get(fetcher, scoped, '/out')).toEqual({ kind: 'disallowed', reason: 'scope' });
    expect(await get(fetcher, scoped, '/in')).toEqual({ kind: 'disallowed', reason: 'robots' });
    expect(await get(fetcher, scoped, '/admin')).toEqual({ kind: 'disallowed', reason: 'scope' });
    expect(shop.paths()).toEqual(['/out', '/in', '/admin']);
  });

  it.each([
    'http://169.254.169.254/latest/meta-data/',
    'http://10.0.0.1/',
    'http://0xA9FEA9FE/',
    'http://[::ffff:10.0.0.1]/',
    'https://[64:ff9b::a9fe:a9fe]/',
  ])('never reach %s', async (location) => {
    const shop = await testShop({ '/': { status: 302, headers: { location } } });
    // A connection attempt to an address without a route would end as a time-out.
    const outcome = await get(fetcherOf().fetcher, shopOf([shop.host]), '/');
    expect(outcome).toMatchObject({ kind: 'disallowed', reason: 'guard' });
  });

  it('reach no other service of this machine, even for a shop on loopback', async () => {
    let connections = 0;
    const internal = createServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => {
      internal.listen(0, '127.0.0.1', resolve);
    });
    onTestFinished(async () => {
      internal.close();
      return Promise.resolve();
    });
    const { port } = internal.address() as AddressInfo;
    const shop = await testShop({ '/': { status: 302, headers: { location: `http://127.0.0.1:${port}/` } } });
    const outcome = await get(fetcherOf().fetcher, shopOf([shop.host]), '/');
    expect(outcome).toMatchObject({ kind: 'disallowed', reason: 'guard' });
    expect(connections).toBe(0);
  });
});

describe('the guard', () => {
  it('refuses a shop whose name resolves to this machine, unless it asks for loopback', async () => {
    const shop = await testShop({ '/': { body: 'inside' } });
    const host = shop.host.replace('127.0.0.1', 'shop.example');
    const { fetcher } = fetcherOf({
      client: { resolve: async () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]) },
    });
    const refused = await get(fetcher, shopOf([host], { allowLoopback: false }), '/');
    expect(refused).toMatchObject({ kind: 'disallowed', reason: 'guard' });
    expect(shop.hits).toEqual([]);
    // Another shop's permission is its own, and the refusal says nothing about it.
    expect(await get(fetcher, shopOf([host]), '/')).toMatchObject({ kind: 'ok' });
    expect(await get(fetcher, shopOf([host], { allowLoopback: false }), '/')).toEqual(refused);
  });
});
