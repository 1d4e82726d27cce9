/** What the fetcher makes of robots.txt: obeyed, kept, believed while a host is down. */
import { describe, expect, it } from 'vitest';
import { FashiondError } from '../../../src/domain/errors.js';
import { testShop } from '../../support/test-shop.js';
import { NO_VALIDATORS, SteppingClock, fetcherOf, get, shopOf } from './fixtures.js';

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

  it.each([
    ['refused', 'no room left to write the database'],
    ['busy', 'the database is locked by another program'],
  ] as const)('is obeyed where it cannot be kept: %s, %s', async (code, message) => {
    const shop = await testShop({
      '/robots.txt': { body: 'User-agent: *\nDisallow: /a\n' },
      '/a': { body: 'a' },
      '/b': { body: 'b' },
    });
    const keepRobots = (): never => {
      throw new FashiondError(code, message, { retry: true });
    };
    const { fetcher, log } = fetcherOf({ robotsStore: { robotsCopy: () => null, keepRobots } });
    const disallowed = { kind: 'disallowed', reason: 'robots' };
    expect(await get(fetcher, shopOf([shop.host]), '/a')).toEqual(disallowed);
    expect(await get(fetcher, shopOf([shop.host]), '/b')).toMatchObject({ kind: 'ok' });
    expect(shop.hits.filter(({ path }) => path === '/robots.txt')).toHaveLength(1);
    expect(log.lines.filter(({ event }) => event === 'robots.not_kept')).toMatchObject([
      { level: 'warn', fields: { origin: shop.origin, error: message } },
    ]);
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
