/** The checker of access logs, on logs with one breach each: a checker that finds nothing would prove nothing. */
import { describe, expect, it } from 'vitest';
import { breachesOf, mostAtOnce } from '../../support/politeness.js';
import type { HostRules, LoggedRequest } from '../../support/politeness.js';

const T0 = Date.UTC(2026, 0, 1);
const rules: HostRules = {
  delayMs: 1000,
  crawlDelayMs: 2000,
  concurrency: 2,
  isDisallowed: (path) => path.startsWith('/cart'),
  agent: 'fashiond/',
  robotsFirst: true,
  toleranceMs: 10,
};

function request(path: string, atMs: number, differs: Partial<LoggedRequest> = {}): LoggedRequest {
  return {
    path,
    startedAt: T0 + atMs,
    endedAt: T0 + atMs + 100,
    status: 200,
    userAgent: 'fashiond/1 (+https://a.example)',
    ifNoneMatch: null,
    ifModifiedSince: null,
    etag: null,
    lastModified: null,
    retryAfter: null,
    ...differs,
  };
}

const robots = request('/robots.txt', 0);
const polite = [robots, request('/', 1000), request('/a', 3000), request('/b', 5000)];

describe('a log', () => {
  it('of a polite crawl holds no breach, whatever its order', () => {
    expect(breachesOf(polite, rules)).toEqual([]);
    expect(breachesOf(polite.toReversed(), rules)).toEqual([]);
    expect(breachesOf([], rules)).toEqual([]);
  });

  it.each<readonly [string, readonly LoggedRequest[], readonly string[]]>([
    ['no robots.txt', polite.slice(1), ['/ was asked for before robots.txt was answered']],
    [
      'a page before robots.txt was answered',
      [{ ...robots, endedAt: T0 + 1500 }, request('/', 1000)],
      ['/ was asked for before robots.txt was answered'],
    ],
    ['a disallowed page', [...polite, request('/cart?add=1', 8000)], ['/cart?add=1 is disallowed']],
    [
      'a page too soon after robots.txt',
      [robots, request('/', 980)],
      ['/ came 980 ms after /robots.txt, not 1000 ms'],
    ],
    [
      'a page sooner than Crawl-delay',
      [...polite, request('/c', 6500)],
      ['/c came 1500 ms after /b, not 2000 ms'],
    ],
    [
      'a pace that gains a little with each page',
      [robots, ...Array.from({ length: 4 }, (_, n) => request(`/${n}`, 1000 + 1995 * n))],
      ['/3 came 5985 ms after /0, not 6000 ms'],
    ],
    [
      'too many at once',
      [
        robots,
        request('/1', 2000, { endedAt: T0 + 9000 }),
        request('/2', 4000, { endedAt: T0 + 9000 }),
        request('/3', 6000),
      ],
      ['3 requests were open at once when /3 came, not 2'],
    ],
    [
      'a request during Retry-After in seconds',
      [...polite, request('/c', 7000, { status: 429, retryAfter: '5' }), request('/d', 12_000)],
      ['/d was asked for 100 ms before the end of Retry-After: 5'],
    ],
    [
      'a request before the date of Retry-After',
      [
        ...polite,
        request('/c', 7000, { status: 503, retryAfter: 'Thu, 01 Jan 2026 00:00:20 GMT' }),
        request('/d', 19_500),
      ],
      ['/d was asked for 500 ms before the end of Retry-After: Thu, 01 Jan 2026 00:00:20 GMT'],
    ],
    [
      'a page asked for again without its entity tag',
      [robots, request('/', 2000, { etag: '"1"' }), request('/', 9000, { ifNoneMatch: '"0"' })],
      ['/ was asked for again without "1"'],
    ],
    [
      'a page asked for again without its date',
      [
        robots,
        request('/', 2000, { etag: '"1"', lastModified: 'then' }),
        request('/', 9000, { ifNoneMatch: '"1"' }),
      ],
      ['/ was asked for again without "1" and then'],
    ],
    [
      'a stranger',
      [robots, request('/', 2000, { userAgent: 'Mozilla/5.0' })],
      ['/ was asked for by Mozilla/5.0, not by fashiond/'],
    ],
  ])('with %s', (_, log, breaches) => {
    expect(breachesOf(log, rules)).toEqual(breaches);
  });

  it.each<readonly [string, readonly LoggedRequest[]]>([
    ['the tolerance', [robots, request('/', 995), request('/a', 2990)]],
    [
      'what was on its way when the host asked to be left alone',
      [
        ...polite,
        request('/c', 7000, { status: 429, retryAfter: '5', endedAt: T0 + 9500 }),
        request('/d', 9000),
      ],
    ],
    [
      'a page that is asked for again as it came',
      [
        robots,
        request('/', 2000, { etag: '"1"' }),
        request('/', 9000, { etag: '"1"', ifNoneMatch: '"1"', status: 304 }),
      ],
    ],
    [
      'a Retry-After that has passed',
      [...polite, request('/c', 7000, { status: 429, retryAfter: '5' }), request('/d', 12_100)],
    ],
  ])('with %s holds none', (_, log) => {
    expect(breachesOf(log, rules)).toEqual([]);
  });

  it('tells how many were open at once', () => {
    expect(mostAtOnce([])).toBe(0);
    expect(mostAtOnce(polite)).toBe(1);
    expect(mostAtOnce([request('/1', 0), request('/2', 50), request('/3', 100), request('/4', 99)])).toBe(3);
  });
});
