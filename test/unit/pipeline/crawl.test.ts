import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FashiondError } from '../../../src/domain/errors.js';
import type { FetchOutcome } from '../../../src/domain/fetch.js';
import type { ShopId } from '../../../src/domain/ids.js';
import type { Fetcher } from '../../../src/domain/ports.js';
import type { Shop } from '../../../src/domain/shop.js';
import { feedReader } from '../../../src/extract/feed/feed-reader.js';
import { Crawl } from '../../../src/pipeline/crawl.js';
import { Bell } from '../../../src/platform/bell.js';
import { systemClock } from '../../../src/platform/clock.js';
import { createLog } from '../../../src/platform/log.js';
import { createRevisitPolicy } from '../../../src/scheduler/revisit.js';
import { EVERY_RUN } from '../../../src/store/settle.js';
import { SqliteStore } from '../../../src/store/sqlite-store.js';
import { openStore } from '../../../src/store/store.js';
import type { Store } from '../../../src/store/store.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { readerOf } from './linking-reader.js';

const log = createLog({ level: 'silent', format: 'json' });
const validators = { etag: '"1"', lastModified: null };
const [home, second] = ['http://a.test/', 'http://a.test/2'];
const shop: Shop = {
  id: 'a' as ShopId,
  name: 'A',
  start: [home],
  sitemaps: [],
  feeds: [],
  scope: { hosts: ['a.test'], imageHosts: [], include: [], exclude: [], maxDepth: 2, maxPages: 2 },
  urls: { dropParameters: [], keepParameters: null },
  schedule: null,
  timezone: 'UTC',
  pace: { delayMs: 0, concurrency: 1 },
  language: null,
  currency: null,
  selectors: {},
  allowLoopback: true,
};
const options = {
  attempts: 3,
  baseMs: 1,
  maxMs: 1,
  confirmGoneMs: 3_600_000,
  leaseMs: 60_000,
  maxCrawlDelayMs: 0,
  maxFeedBytes: 1_000_000,
  feedLeaseMs: 60_000,
  maxWantedImages: 10,
  maxHostFailures: 5,
  maxIdleMs: 1000,
  traps: { maxRepeats: 3, maxParameters: 12, maxPerPattern: 5 },
};
const page = (url: string): FetchOutcome => ({
  kind: 'ok',
  url,
  contentType: 'text/html',
  headers: {},
  body: new TextEncoder().encode(url),
  validators,
  elapsedMs: 1,
});
const throttled: FetchOutcome = { kind: 'throttled', status: 429, retryAfterMs: 1 };
const oneMore = (url: string): string[] => (url === home ? [second] : []);
/** Crawls a slot with answers of the test's choice; gives the run as the store keeps it. */
function bench(
  linksOf = oneMore,
  listed: readonly string[] = [],
  revisit = EVERY_RUN,
  faulty = (store: Store): Store => store,
  room = async (): Promise<void> => undefined,
) {
  const store = faulty(openStore(join(temporaryFolder(), 'crawl.db'), { log, revisit }));
  store.syncShops([shop]);
  return async (
    slot: string,
    answer: (url: string) => FetchOutcome,
    of = shop,
    query = `SELECT status, pages_done, pages_dropped FROM runs WHERE slot = '${slot}'`,
  ): Promise<unknown> => {
    const fetcher: Fetcher = {
      fetch: (_, url) => Promise.resolve(answer(url)),
      sitemapUrls: async function* sitemap() {
        for (const url of listed) yield { url, lastModified: null, images: [] };
      },
      canonicalUrl: (_shop, url) => url,
      inScope: () => true,
      close: () => Promise.resolve(),
    };
    const parts = {
      store,
      fetcher,
      reader: readerOf(linksOf),
      feedReader,
      clock: systemClock,
      log,
      room,
      imagesWanted: new Bell(),
      textsFound: new Bell(),
    };
    await new Crawl(parts, options).run(of, slot, new AbortController().signal);
    return store.query(query)[0];
  };
}

describe('a run', () => {
  it('is not used up by answers that ask for patience', async () => {
    let asked = 0;
    const crawl = bench();
    const run = await crawl('a', (url) => ((asked += 1) <= 3 ? throttled : page(url)));
    expect(run).toEqual({ status: 'finished', pages_done: 2, pages_dropped: 0 });
  });

  it('in which every page is unchanged has finished', async () => {
    const crawl = bench();
    await crawl('a', page);
    const run = await crawl('b', () => ({ kind: 'notModified', validators }));
    expect(run).toEqual({ status: 'finished', pages_done: 2, pages_dropped: 0 });
  });

  it('in which nothing is due has finished; one that knows no page has failed', async () => {
    const listing = { ...shop, start: [] };
    const slowly = createRevisitPolicy({ minMs: 3_600_000, maxMs: 7_200_000 });
    const crawl = bench(() => [], [home, second], slowly);
    await crawl('a', page, listing);
    expect(await crawl('b', page, listing)).toEqual({ status: 'finished', pages_done: 0, pages_dropped: 0 });
    const lost = await bench(() => [], [])('a', page, listing);
    expect(lost).toEqual({ status: 'failed', pages_done: 0, pages_dropped: 0 });
  });

  it('leaves what is beyond its limit to the next, where it comes first', async () => {
    const asked: string[] = [];
    const crawl = bench();
    const answer = (url: string): FetchOutcome => {
      asked.push(url);
      return page(url);
    };
    const narrow = { ...shop, scope: { ...shop.scope, maxPages: 1 } };
    expect(await crawl('a', answer, narrow)).toEqual({ status: 'finished', pages_done: 1, pages_dropped: 0 });
    await crawl('b', answer, narrow);
    expect(asked).toEqual([home, second]);
  });

  it('ends in a shop that makes up pages without end, and counts what it did not follow', async () => {
    const asked: string[] = [];
    const calendar = { ...shop, scope: { ...shop.scope, maxDepth: 1000, maxPages: 1000 } };
    const crawl = bench((url) => [`http://a.test/day/${asked.length}?from=${encodeURIComponent(url)}`]);
    const run = await crawl(
      'a',
      (url) => {
        asked.push(url);
        return page(url);
      },
      calendar,
      'SELECT guard, links FROM link_refusals',
    );
    expect(asked).toHaveLength(1 + options.traps.maxPerPattern);
    expect(run).toEqual({ guard: 'pattern', links: 1 });
  });

  it('is finished when its disk was full at its beginning and at its end', async () => {
    const failed = new Set<string>();
    const once = (name: string): void => {
      if (failed.has(name)) return;
      failed.add(name);
      throw new FashiondError('refused', 'no room left', { retry: true });
    };
    const crawl = bench(oneMore, [], EVERY_RUN, (store) =>
      Object.assign(store, {
        beginRun: (...given: Parameters<Store['beginRun']>) => {
          once('beginRun');
          return SqliteStore.prototype.beginRun.apply(store, given);
        },
        addUrls: (...given: Parameters<Store['addUrls']>) => {
          once('addUrls');
          return SqliteStore.prototype.addUrls.apply(store, given);
        },
        finishRun: (...given: Parameters<Store['finishRun']>) => {
          once('finishRun');
          SqliteStore.prototype.finishRun.apply(store, given);
        },
      }),
    );
    expect(await crawl('a', page)).toEqual({ status: 'finished', pages_done: 2, pages_dropped: 0 });
    expect([...failed]).toEqual(['beginRun', 'addUrls', 'finishRun']);
  });

  it('begins, and reads on in its sitemaps, once there is room', async () => {
    const listed = Array.from({ length: 1200 }, (_, n) => `http://a.test/${n}`);
    let taken = 0;
    const pulled = Object.assign([...listed], {
      *[Symbol.iterator]() {
        for (const url of listed) {
          taken += 1;
          yield url;
        }
      },
    });
    const takenAt: number[] = [];
    const room = async (): Promise<void> => {
      takenAt.push(taken);
      await systemClock.sleep(5);
      // Nothing was read while there was none.
      expect(taken).toBe(takenAt.at(-1));
    };
    const crawl = bench(() => [], pulled, EVERY_RUN, undefined, room);
    expect(await crawl('a', page)).toMatchObject({ status: 'finished' });
    // Before it begins, for its start pages, and for each batch of addresses.
    expect(takenAt).toEqual([0, 0, 500, 1000, 1200]);
  });

  it('drops a page that cannot be read, and none that met a full disk', async () => {
    const met = (problem: string, retry: boolean): Promise<unknown> =>
      bench(() => [])('a', () => {
        throw new FashiondError('refused', problem, { retry });
      });
    expect(await met('cannot read the page', false)).toMatchObject({ pages_dropped: 1 });
    expect(await met('no room left', true)).toMatchObject({ pages_dropped: 0 });
  });

  it('of a shop that is down has failed, and the next begins with all pages', async () => {
    const crawl = bench();
    await crawl('a', page);
    const down: FetchOutcome = { kind: 'failed', failure: 'connect', detail: 'refused', retry: true };
    expect(await crawl('b', () => down)).toMatchObject({ status: 'failed', pages_done: 0 });
    expect(await crawl('c', page)).toEqual({ status: 'finished', pages_done: 2, pages_dropped: 0 });
  });
});
