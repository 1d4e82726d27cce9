/** How fast the fetcher asks: what throttles it, and what it keeps to by itself. */
import { describe, expect, it } from 'vitest';
import type { ShopId } from '../../../src/domain/ids.js';
import type { Route } from '../../support/shop-server.js';
import { testShop } from '../../support/test-shop.js';
import { NO_VALIDATORS, SteppingClock, fetcherOf, get, pageRequest, shopOf } from './fixtures.js';

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
