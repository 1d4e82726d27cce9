/** Every fault of the misbehaving shop ends in an outcome with a name, with both clients, and gives back what it took. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { FetchOutcome } from '../../../src/domain/fetch.js';
import { createGotScrapingClient } from '../../../src/fetch/got-scraping-client.js';
import { createUndiciClient } from '../../../src/fetch/undici-client.js';
import { startMisbehavingShop } from '../../support/misbehaving-shop.js';
import type { MisbehavingShop } from '../../support/misbehaving-shop.js';
import { pageRequest, shopOf, testFetcher } from '../../unit/fetch/fixtures.js';
import type { TestFetcher } from '../../unit/fetch/fixtures.js';

/** Long enough for an answer on a busy machine; what hangs takes all of it. */
const TIMEOUT_MS = 8000;
const MAX_PAGE_BYTES = 256 * 1024;
/** What a server may have handed over before it saw that nobody reads: buffers of both sides and of the kernel. */
const MAX_SENT_BYTES = 16 * 1024 * 1024;

const zstd = 'createZstdDecompress' in (await import('node:zlib')) ? 'too-large' : 'protocol';

const EXPECTED: readonly (readonly [string, string])[] = [
  ['drops the connection', 'reset'],
  ['resets the connection', 'reset'],
  ['hangs before the headers', 'timeout'],
  ['hangs after the headers', 'timeout'],
  ['hangs in the body', 'timeout'],
  ['closes its half without an answer', 'reset'],
  ['closes its half in the body', 'reset'],
  ['drips its headers', 'timeout'],
  ['drips its body', 'timeout'],
  ['sends interim answers for ever', 'timeout'],
  ['breaks a chunk', 'protocol'],
  ['ends inside a chunk', 'reset'],
  ['announces more than it sends', 'reset'],
  ['announces less than it sends', 'protocol'],
  ['announces two lengths', 'protocol'],
  ['announces a length beside chunks', 'protocol'],
  ['sends a gzip bomb', 'too-large'],
  ['sends a deflate bomb', 'too-large'],
  ['sends a raw deflate bomb', 'too-large'],
  ['sends a br bomb', 'too-large'],
  ['sends a bomb in a bomb', 'too-large'],
  ['sends a zstd bomb', zstd],
  ['sends an endless body', 'too-large'],
  ['lies about its encoding', 'protocol'],
  ['sends huge headers', 'protocol'],
  ['sends headers for ever', 'protocol'],
  ['speaks another protocol', 'protocol'],
  ['redirects in a loop', 'redirect-loop'],
  ['redirects for ever', 'redirect-loop'],
  ['redirects nowhere', 'bad-url'],
  ['redirects to another scheme', 'bad-url'],
  ['redirects to a private address', 'guard'],
  ['redirects to a hidden private address', 'guard'],
  ['redirects to another shop', 'scope'],
  ['insists on a cookie', 'redirect-loop'],
  ['asks for patience in seconds', 'throttled, about 120 s'],
  ['asks for patience until a date', 'throttled, about 120 s'],
  ['is unavailable', 'throttled, about 0 s'],
  ['fails inside', 'server-error'],
  ['says 304 without being asked', 'protocol'],
  ['speaks HTTP/1.0', 'ok'],
  ['lies about its charset', 'ok'],
  ['links without end', 'ok'],
  ['has no robots.txt', 'ok'],
  ['forbids its robots.txt', 'ok'],
  ['has a broken robots.txt', 'robots-unreachable: HTTP 500'],
  ['has an unavailable robots.txt', 'robots-unreachable: HTTP 503'],
  ['throttles its robots.txt', 'robots-unreachable: HTTP 429'],
  ['hangs in its robots.txt', 'robots-unreachable: no complete answer'],
  ['drops its robots.txt', 'robots-unreachable: '],
  ['has an endless robots.txt', 'ok'],
  ['has a bomb of a robots.txt', 'ok'],
  ['has a robots.txt in a loop', 'ok'],
  ['has a robots.txt on a private address', 'guard'],
  // robots.txt comes first, so it is where a host that cannot be talked to is met.
  ['has a self-signed certificate', 'robots-unreachable: self-signed certificate'],
  ['has an expired certificate', 'robots-unreachable: certificate has expired'],
  [
    'has the certificate of another name',
    "robots-unreachable: Hostname/IP does not match certificate's altnames",
  ],
  ['speaks an old TLS only', 'robots-unreachable: '],
  ['speaks plain HTTP where TLS is expected', 'robots-unreachable: '],
  ['never shakes hands', 'robots-unreachable: no complete answer'],
];

function nameOf(outcome: FetchOutcome): string {
  switch (outcome.kind) {
    case 'failed':
      return outcome.failure;
    case 'disallowed': {
      const detail = outcome.detail?.replace(/^\S+\/robots\.txt: /, '');
      return outcome.reason === 'robots-unreachable' ? `${outcome.reason}: ${detail}` : outcome.reason;
    }
    case 'throttled':
      // A date has whole seconds, and some of the time has passed when it is read.
      return `throttled, about ${Math.round(outcome.retryAfterMs / 10_000) * 10} s`;
    default:
      return outcome.kind;
  }
}

describe.each([
  ['got-scraping', createGotScrapingClient],
  ['undici', createUndiciClient],
])('the misbehaving shop, with %s', (_, createClient) => {
  const names = new Map<string, string>();
  let shop: MisbehavingShop;
  let fetcher: TestFetcher['fetcher'];
  let grownBytes = 0;

  beforeAll(async () => {
    shop = await startMisbehavingShop();
    ({ fetcher } = testFetcher({
      createClient,
      client: { certificateAuthority: shop.authorities },
      options: { timeoutMs: TIMEOUT_MS, maxPageBytes: MAX_PAGE_BYTES, pagesInFlight: 128, maxRedirects: 3 },
    }));
    const before = process.memoryUsage().rss;
    const owner = shopOf(shop.hosts);
    await Promise.all(
      shop.faults.map(async ({ name, url }) => {
        names.set(name, nameOf(await fetcher.fetch(owner, url, pageRequest())));
        grownBytes = Math.max(grownBytes, process.memoryUsage().rss - before);
      }),
    );
  }, 120_000);
  afterAll(async () => {
    await fetcher.close();
    await shop.close();
  });

  it('has no fault that is not in the table', () => {
    expect([...names.keys()].toSorted()).toEqual(EXPECTED.map(([name]) => name).toSorted());
  });

  it.each(EXPECTED)('that %s: %s', (name, expected) => {
    const got = names.get(name) ?? '';
    // What follows the colon is the beginning of a message that the runtime or OpenSSL words further.
    expect(expected.includes(': ') ? got.slice(0, expected.length) : got).toBe(expected);
  });

  it('is read no further than it must be', () => {
    const read = shop.faults.map(({ name, server }) => [name, server.sent > MAX_SENT_BYTES]);
    expect(read.filter(([, tooMuch]) => tooMuch)).toEqual([]);
    // Decoded whole, its bombs alone would be six times 64 MiB.
    expect(grownBytes).toBeLessThan(160 * 1024 * 1024);
  });

  it('gets its connections back', async () => {
    const given = shop.faults.filter(({ name }) => !['ok', 'server-error'].includes(names.get(name) ?? ''));
    const broken = given.filter(({ name }) =>
      /^(timeout|too-large|reset|protocol)$/.test(names.get(name) ?? ''),
    );
    // A host sees the end of a connection a moment after the client has closed it. 304 is a whole answer.
    await vi.waitFor(() => {
      const open = broken.filter(({ server }) => server.open > 0).map(({ name }) => name);
      expect(open.filter((name) => name !== 'says 304 without being asked')).toEqual([]);
    }, 20_000);
    await fetcher.close();
    await vi.waitFor(() => expect(shop.open()).toBe(0), 20_000);
  });
});
