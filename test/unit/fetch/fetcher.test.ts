/** The fetcher against real servers on loopback: outcomes, redirects, guard, robots, pace. */
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { FetchOutcome } from '../../../src/domain/fetch.js';
import type { ShopId } from '../../../src/domain/ids.js';
import type { Fetcher } from '../../../src/domain/ports.js';
import type { Shop } from '../../../src/domain/shop.js';
import type { Route } from '../../support/shop-server.js';
import { testShop } from '../../support/test-shop.js';
import { NO_VALIDATORS, SteppingClock, USER_AGENT, pageRequest, shopOf, testFetcher } from './fixtures.js';

const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

function fetcherOf(...settings: Parameters<typeof testFetcher>) {
  const made = testFetcher(...settings);
  closers.push(() => made.fetcher.close());
  return made;
}

async function get(fetcher: Fetcher, shop: Shop, path: string): Promise<FetchOutcome> {
  const url = path.startsWith('/') ? `http://${shop.scope.hosts[0]}${path}` : path;
  return fetcher.fetch(shop, url, pageRequest());
}

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
    closers.push(async () => {
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

describe('robots.txt', () => {
  it('is asked for once and obeyed for pages and pictures', async () => {
    const shop = await testShop({
      '/robots.txt': { body: 'User-agent: fashiond\nDisallow: /private\n' },
      '/a': { body: 'a' },
    });
    const { fetcher } = fetcherOf();
    const [a, b] = await Promise.all(
      ['/a', '/private/b'].map((path) => get(fetcher, shopOf([shop.host]), path)),
    );
    expect(a).toMatchObject({ kind: 'ok' });
    expect(b).toEqual({ kind: 'disallowed', reason: 'robots' });
    const picture = {
      kind: 'image',
      validators: NO_VALIDATORS,
      signal: new AbortController().signal,
    } as const;
    expect(await fetcher.fetch(shopOf([shop.host]), `${shop.origin}/private/c.jpg`, picture)).toEqual({
      kind: 'disallowed',
      reason: 'robots',
    });
    expect(shop.hits.map((hit) => hit.path)).toEqual(['/robots.txt', '/a']);
  });

  it.each([
    ['missing', { status: 404 }, 'ok'],
    ['forbidden', { status: 403 }, 'ok'],
    ['broken', { status: 500 }, 'robots-unreachable'],
    ['throttled', { status: 429 }, 'robots-unreachable'],
    ['unavailable', { status: 503, headers: { 'retry-after': '5' } }, 'robots-unreachable'],
    ['longer than 500 KiB', { body: `User-agent: *\nDisallow: /no\n${'# '.repeat(300_000)}` }, 'ok'],
    ['redirected for ever', { status: 302, headers: { location: '/robots.txt' } }, 'ok'],
    [
      'redirected into a private network',
      { status: 302, headers: { location: 'http://10.0.0.1/' } },
      'guard',
    ],
  ])('%s', async (_, reply, expected) => {
    const shop = await testShop({ '/robots.txt': reply, '/': { body: 'page' } });
    const outcome = await get(fetcherOf().fetcher, shopOf([shop.host]), '/');
    expect(outcome.kind === 'disallowed' ? outcome.reason : outcome.kind).toBe(expected);
  });

  it('follows redirects, five deep', async () => {
    const hops = Object.fromEntries(
      [1, 2, 3, 4].map((n) => [`/r${n}`, { status: 302, headers: { location: `/r${n + 1}` } }]),
    );
    const shop = await testShop({
      '/robots.txt': { status: 301, headers: { location: '/r1' } },
      ...hops,
      '/r5': { body: 'User-agent: *\nDisallow: /\n' },
    });
    const outcome = await get(fetcherOf().fetcher, shopOf([shop.host]), '/');
    expect(outcome).toEqual({ kind: 'disallowed', reason: 'robots' });
  });

  it('denies while the host cannot be reached, and asks again later', async () => {
    const shop = await testShop({ '/robots.txt': { status: 500 }, '/': { body: 'page' } });
    const clock = new SteppingClock();
    const { fetcher } = fetcherOf({ clock });
    const detail = `${shop.origin}/robots.txt: HTTP 500`;
    const denied = { kind: 'disallowed', reason: 'robots-unreachable', detail };
    expect(await get(fetcher, shopOf([shop.host]), '/')).toEqual(denied);
    shop.route({ '/robots.txt': { body: '' } });
    clock.time += 1000;
    expect(await get(fetcher, shopOf([shop.host]), '/')).toEqual(denied);
    clock.time += 1000;
    expect(await get(fetcher, shopOf([shop.host]), '/')).toMatchObject({ kind: 'ok' });
  });

  it('uses a stale copy while the host is down, and a fresh one when it is back', async () => {
    const shop = await testShop({
      '/robots.txt': { body: 'User-agent: *\nDisallow: /a\n' },
      '/a': { body: 'a' },
      '/b': { body: 'b' },
    });
    const clock = new SteppingClock();
    const { fetcher, log } = fetcherOf({ clock });
    const reasons = async (): Promise<string[]> => {
      const outcomes = [
        await get(fetcher, shopOf([shop.host]), '/a'),
        await get(fetcher, shopOf([shop.host]), '/b'),
      ];
      return outcomes.map((outcome) => (outcome.kind === 'disallowed' ? outcome.reason : outcome.kind));
    };
    expect(await reasons()).toEqual(['robots', 'ok']);
    clock.time += 25 * 3_600_000;
    shop.route({ '/robots.txt': { status: 502 } });
    expect(await reasons()).toEqual(['robots', 'ok']);
    expect(log.lines.find((line) => line.event === 'robots.unreachable')?.fields).toMatchObject({
      stale: true,
    });
    shop.route({ '/robots.txt': { body: 'User-agent: *\nDisallow: /b\n' } });
    clock.time += 60_000;
    expect(await reasons()).toEqual(['ok', 'robots']);
  });

  it('applies Crawl-delay up to the bound and reports a longer one', async () => {
    const shop = await testShop({
      '/robots.txt': { body: 'User-agent: *\nCrawl-delay: 3600\n' },
      '/': { body: 'page' },
    });
    const clock = new SteppingClock();
    const { fetcher, log } = fetcherOf({ clock });
    const patient = shopOf([shop.host], { pace: { delayMs: 500, concurrency: 1 } });
    const starts: number[] = [];
    for (let i = 0; i < 3; i += 1) {
      await get(fetcher, patient, '/');
      starts.push(clock.monotonic());
    }
    // robots.txt at 0, the first page after the shop's own delay, the others after the bounded one.
    expect(starts).toEqual([500, 30_500, 60_500]);
    expect(log.lines.find((line) => line.event === 'robots.delay_capped')?.fields).toMatchObject({
      crawlDelayMs: 3_600_000,
      appliedMs: 30_000,
    });
  });
});

describe('throttling', () => {
  it.each([
    [429, '7', 7000],
    [503, 'Sun, 01 Mar 2026 00:01:00 GMT', 60_000],
    [429, undefined, 2000],
    [503, 'nonsense', 2000],
  ])('%d with Retry-After %s', async (status, header, expected) => {
    const headers = header === undefined ? {} : { 'retry-after': header };
    const shop = await testShop({ '/': { status, headers }, '/ok': { body: 'ok' } });
    const clock = new SteppingClock();
    const { fetcher } = fetcherOf({ clock });
    const outcome = await get(fetcher, shopOf([shop.host]), '/');
    expect(outcome).toMatchObject({ kind: 'throttled', status });
    expect(outcome.kind === 'throttled' && outcome.retryAfterMs).toBeCloseTo(expected, -1);
    // A page waits the back-off out; a picture is told to come back.
    const picture = {
      kind: 'image',
      validators: NO_VALIDATORS,
      signal: new AbortController().signal,
    } as const;
    const told = await fetcher.fetch(shopOf([shop.host]), `${shop.origin}/ok`, picture);
    expect(told).toMatchObject({ kind: 'throttled', status });
    expect(await get(fetcher, shopOf([shop.host]), '/ok')).toMatchObject({ kind: 'ok' });
    expect(clock.monotonic()).toBeCloseTo(expected, -1);
    expect(shop.paths()).toEqual(['/', '/ok']);
  });

  it('hands back a wait that is too long to sit out', async () => {
    const shop = await testShop({ '/': { status: 429, headers: { 'retry-after': '600' } } });
    const { fetcher } = fetcherOf({ clock: new SteppingClock() });
    for (let i = 0; i < 2; i += 1) {
      expect(await get(fetcher, shopOf([shop.host]), '/')).toMatchObject({
        kind: 'throttled',
        status: 429,
        retryAfterMs: 600_000,
      });
    }
    expect(shop.paths()).toEqual(['/']);
  });

  it('of one host does not hold up another', async () => {
    const slow = await testShop({
      '/': { status: 429, headers: { 'retry-after': '50' } },
      '/x': { body: 'x' },
    });
    const fast = await testShop({ '/': { body: 'fast' } });
    const { fetcher } = fetcherOf({ options: { pagesInFlight: 1 } });
    await get(fetcher, shopOf([slow.host]), '/');
    const stop = new AbortController();
    const waiting = fetcher.fetch(shopOf([slow.host]), `${slow.origin}/x`, pageRequest(stop.signal));
    for (let i = 0; i < 5; i += 1)
      expect(await get(fetcher, shopOf([fast.host]), '/')).toMatchObject({ kind: 'ok' });
    stop.abort();
    expect(await waiting).toMatchObject({ kind: 'failed', retry: true });
    expect(slow.paths()).toEqual(['/']);
  });
});

describe('pace', () => {
  it('keeps to concurrency and delay on a real host', async () => {
    const shop = await testShop({
      '/': async () => {
        await new Promise((resolve) => {
          setTimeout(resolve, 60);
        });
        return { body: 'page' };
      },
    });
    const { fetcher } = fetcherOf();
    const paced = shopOf([shop.host], { pace: { delayMs: 25, concurrency: 2 } });
    const startedAt = performance.now();
    await Promise.all(Array.from({ length: 8 }, (_, i) => get(fetcher, paced, `/?n=${i}`)));
    // Eight pages after one robots.txt.
    expect(shop.hits.at(-1)!.at - startedAt).toBeGreaterThanOrEqual(8 * 25);
    expect(shop.hits.length).toBe(9);
    expect(shop.peakRequests).toBe(2);
  });

  it('is not used up by a shop whose pages never come', async () => {
    const hanging = await testShop({ '/': () => null });
    const good = await testShop({ '/': { body: 'page' } });
    const { fetcher } = fetcherOf({ options: { pagesInFlight: 4 } });
    const pace = { delayMs: 0, concurrency: 64 };
    const bad = shopOf([hanging.host], { id: 'bad' as ShopId, pace });
    const stop = new AbortController();
    const pages = Array.from({ length: 20 }, (_, i) =>
      fetcher.fetch(bad, `${hanging.origin}/?n=${i}`, pageRequest(stop.signal)),
    );
    while (hanging.paths().length < 3) await new Promise((resolve) => setTimeout(resolve, 5));
    const owner = shopOf([good.host], { id: 'good' as ShopId });
    for (let i = 0; i < 10; i += 1)
      expect(await get(fetcher, owner, `/?n=${i}`)).toMatchObject({ kind: 'ok' });
    expect(hanging.paths().length).toBe(3);
    stop.abort();
    await Promise.all(pages);
  });

  it('bounds requests over all hosts', async () => {
    let now = 0;
    let peak = 0;
    const route: Route = async () => {
      now += 1;
      peak = Math.max(peak, now);
      await new Promise((resolve) => {
        setTimeout(resolve, 20);
      });
      now -= 1;
      return { body: 'page' };
    };
    const shops = await Promise.all([0, 1, 2].map(() => testShop({ '/': route })));
    const { fetcher } = fetcherOf({ options: { pagesInFlight: 3 } });
    const outcomes = await Promise.all(
      shops.flatMap((shop, index) => {
        const owner = shopOf([shop.host], { id: `shop-${index}` as ShopId });
        return Array.from({ length: 4 }, () => get(fetcher, owner, '/'));
      }),
    );
    expect(outcomes.every((outcome) => outcome.kind === 'ok')).toBe(true);
    expect(peak).toBe(3);
  });
});
