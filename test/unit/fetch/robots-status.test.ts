/** RFC 9309 sections 2.3.1.1 to 2.3.1.4: what each answer to the request for robots.txt comes to. */
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { Route } from '../../support/shop-server.js';
import { testShop } from '../../support/test-shop.js';
import { pageRequest, shopOf, SteppingClock, testFetcher } from './fixtures.js';

const RULES = 'User-agent: *\nDisallow: /private\n';
const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

/** What a crawler may do: nothing, all but /private, or everything. */
type Permission = 'nothing' | 'by the rules' | 'everything';

async function permission(
  host: string,
  options: Parameters<typeof testFetcher>[0] = {},
): Promise<Permission> {
  const { fetcher } = testFetcher({ clock: new SteppingClock(), ...options });
  closers.push(() => fetcher.close());
  const reason = async (path: string): Promise<string> => {
    const outcome = await fetcher.fetch(shopOf([host]), `http://${host}${path}`, pageRequest());
    return outcome.kind === 'disallowed' ? outcome.reason : outcome.kind;
  };
  const [open, closed] = [await reason('/open'), await reason('/private/x')];
  if (open === 'robots-unreachable' && closed === 'robots-unreachable') return 'nothing';
  expect(open).toBe('ok');
  return closed === 'robots' ? 'by the rules' : 'everything';
}

const PAGES = { '/open': { body: 'open' }, '/private/x': { body: 'private' } };

async function permissionWith(robots: Route): Promise<Permission> {
  const shop = await testShop({ ...PAGES, '/robots.txt': robots });
  return permission(shop.host);
}

describe('a status', () => {
  it.each<readonly [number, Permission]>([
    // 2.3.1.1: successful access.
    [200, 'by the rules'],
    [203, 'by the rules'],
    [206, 'by the rules'],
    // 2.3.1.2 knows of redirects that lead somewhere; without a target there is no robots.txt to be had.
    [301, 'everything'],
    [302, 'everything'],
    [307, 'everything'],
    [308, 'everything'],
    // 2.3.1.3: unavailable.
    [400, 'everything'],
    [401, 'everything'],
    [402, 'everything'],
    [403, 'everything'],
    [404, 'everything'],
    [405, 'everything'],
    [410, 'everything'],
    [418, 'everything'],
    [451, 'everything'],
    [499, 'everything'],
    // Also of the 400s, but it asks for fewer requests, not for more.
    [429, 'nothing'],
    // 2.3.1.4: unreachable.
    [500, 'nothing'],
    [501, 'nothing'],
    [502, 'nothing'],
    [503, 'nothing'],
    [504, 'nothing'],
    [520, 'nothing'],
    [599, 'nothing'],
    // Neither: the cautious reading.
    [300, 'nothing'],
    [304, 'nothing'],
  ])('%d allows %s', async (status, expected) => {
    expect(await permissionWith({ status, body: RULES })).toBe(expected);
  });

  it('204 is a robots.txt without rules', async () => {
    expect(await permissionWith({ status: 204 })).toBe('everything');
  });
});

describe('a redirect', () => {
  const chain = (length: number, last: Route): Record<string, Route> => ({
    '/robots.txt': { status: 301, headers: { location: '/r1' } },
    ...Object.fromEntries(
      Array.from({ length: length - 1 }, (_, index) => [
        `/r${index + 1}`,
        { status: [302, 303, 307, 308][index % 4]!, headers: { location: `r${index + 2}` } },
      ]),
    ),
    [`/r${length}`]: last,
  });

  it.each([1, 2, 3, 4, 5])('of %d hops leads to the rules', async (hops) => {
    const shop = await testShop({ ...PAGES, ...chain(hops, { body: RULES }) });
    expect(await permission(shop.host)).toBe('by the rules');
  });

  it('of six hops counts as unavailable', async () => {
    const shop = await testShop({ ...PAGES, ...chain(6, { body: RULES }) });
    expect(await permission(shop.host)).toBe('everything');
    expect(shop.hits.map((hit) => hit.path)).not.toContain('/r6');
  });

  it('to another authority brings rules for the one that was asked', async () => {
    const other = await testShop({
      '/robots.txt': { body: 'User-agent: *\nDisallow: /\n' },
      '/rules': { body: RULES },
    });
    const shop = await testShop({
      ...PAGES,
      '/robots.txt': { status: 302, headers: { location: `${other.origin}/rules` } },
    });
    const { fetcher } = testFetcher({ clock: new SteppingClock() });
    closers.push(() => fetcher.close());
    // Both hosts are this shop's, or the guard would not let a shop on loopback go there.
    const both = shopOf([shop.host, other.host]);
    const kinds: string[] = [];
    for (const url of [`${shop.origin}/open`, `${shop.origin}/private/x`, `${other.origin}/open`]) {
      const outcome = await fetcher.fetch(both, url, pageRequest());
      kinds.push(outcome.kind === 'disallowed' ? outcome.reason : outcome.kind);
    }
    expect(kinds).toEqual(['ok', 'robots', 'robots']);
    expect(other.hits.map((hit) => hit.path)).toEqual(['/rules', '/robots.txt']);
  });

  it.each([
    ['not found', { status: 404 }, 'everything'],
    ['a server error', { status: 500 }, 'nothing'],
  ] as const)('that ends at %s counts as that', async (_, last, expected) => {
    const shop = await testShop({ ...PAGES, ...chain(2, last) });
    expect(await permission(shop.host)).toBe(expected);
  });

  it.each(['mailto:x@shop.example', 'ftp://shop.example/robots.txt', 'http://', ''])(
    'to %j counts as unavailable',
    async (location) => {
      expect(await permissionWith({ status: 302, headers: { location } })).toBe('everything');
    },
  );
});

describe('a network error', () => {
  it('before the answer disallows everything', async () => {
    expect(
      await permissionWith((request) => {
        request.socket.destroy();
        return null;
      }),
    ).toBe('nothing');
  });

  it('in the middle of the rules disallows everything', async () => {
    expect(
      await permissionWith((request, response) => {
        response.writeHead(200, { 'content-length': '1000' });
        response.write(RULES, () => request.socket.destroy());
        return null;
      }),
    ).toBe('nothing');
  });

  it('of a time-out disallows everything', async () => {
    const shop = await testShop({ ...PAGES, '/robots.txt': () => null });
    expect(await permission(shop.host, { options: { timeoutMs: 300 } })).toBe('nothing');
  });

  it('of a refused connection disallows everything', async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => {
      closed.listen(0, '127.0.0.1', resolve);
    });
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => {
      closed.close(resolve);
    });
    expect(await permission(`127.0.0.1:${port}`)).toBe('nothing');
  });

  it('of a name that does not resolve disallows everything', async () => {
    const resolve = async () =>
      Promise.reject(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }));
    expect(await permission('shop.example', { client: { resolve } })).toBe('nothing');
  });
});

it('the rules of one scheme, host and port are no other one\u2019s', async () => {
  const strict = await testShop({ ...PAGES, '/robots.txt': { body: 'User-agent: *\nDisallow: /\n' } });
  const open = await testShop({ ...PAGES, '/robots.txt': { status: 404 } });
  const { fetcher } = testFetcher({ clock: new SteppingClock() });
  closers.push(() => fetcher.close());
  const both = shopOf([strict.host, open.host]);
  expect(await fetcher.fetch(both, `${strict.origin}/open`, pageRequest())).toMatchObject({
    reason: 'robots',
  });
  expect(await fetcher.fetch(both, `${open.origin}/open`, pageRequest())).toMatchObject({ kind: 'ok' });
});
