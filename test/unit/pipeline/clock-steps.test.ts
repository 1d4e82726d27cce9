/** Crawls in which the wall clock is stepped both ways, further than any lease lasts. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FetchOutcome } from '../../../src/domain/fetch.js';
import type { Sha256 } from '../../../src/domain/ids.js';
import type { Clock, Fetcher } from '../../../src/domain/ports.js';
import { feedReader } from '../../../src/extract/feed/feed-reader.js';
import { Crawl } from '../../../src/pipeline/crawl.js';
import { downloadImages } from '../../../src/pipeline/image-step.js';
import { Bell } from '../../../src/platform/bell.js';
import { sha256Hex } from '../../../src/platform/fingerprint.js';
import { systemClock } from '../../../src/platform/clock.js';
import { openStore } from '../../../src/store/store.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { begin, product, read, shop as shopOf, silent, visit } from '../store/builders.js';
import { readerOf } from './linking-reader.js';

const HOUR = 3_600_000;
const PAGES = 24;
const HOME = 'https://moda.example/';

/** One fetch in eight takes until the others have ended, so that it is in hand while the clock is stepped. */
const isSlow = (url: string): boolean => Number(/\d+$/.exec(url)?.[0] ?? 1) % 8 === 0;

const steppable = (): Clock & { step(ms: number): void } => {
  let stepped = 0;
  return {
    now: () => systemClock.now() + stepped,
    monotonic: () => systemClock.monotonic(),
    sleep: (ms, signal) => systemClock.sleep(ms, signal),
    step: (ms) => {
      stepped += ms;
    },
  };
};

/** A shop whose clock goes ahead by an hour, back by two and right again while it is asked. */
function shopThatSteps(clock: ReturnType<typeof steppable>): {
  readonly asked: string[];
  readonly fetcher: Fetcher;
} {
  const asked: string[] = [];
  const steps = new Map([
    [8, HOUR],
    [14, -2 * HOUR],
    [20, HOUR],
  ]);
  let release = (): void => undefined;
  const others = new Promise<void>((resolve) => (release = resolve));
  const fetch = async (url: string): Promise<FetchOutcome> => {
    asked.push(url);
    const ended = asked.filter((one) => !isSlow(one)).length;
    clock.step(steps.get(asked.length) ?? 0);
    if (ended >= (7 * PAGES) / 8) release();
    // Where one was lost the others never end.
    if (isSlow(url)) await Promise.race([others, systemClock.sleep(3000)]);
    return {
      kind: 'ok',
      url,
      contentType: url.includes('/pictures/') ? 'image/png' : 'text/html',
      headers: {},
      body: new TextEncoder().encode(url),
      validators: { etag: null, lastModified: null },
      elapsedMs: 1,
    };
  };
  return {
    asked,
    fetcher: {
      fetch: (_, url) => fetch(url),
      sitemapUrls: async function* none() {
        yield* [];
      },
      canonicalUrl: (_, url) => url,
      inScope: () => true,
      close: () => Promise.resolve(),
    },
  };
}

const numbers = Array.from({ length: PAGES }, (_, at) => at + 1);
const shop = { ...shopOf(), start: [HOME], pace: { delayMs: 0, concurrency: 4 } };
const lease = { leaseMs: 300_000, maxCrawlDelayMs: 0 };
const retry = { attempts: 3, baseMs: 1, maxMs: 1 };

describe('a clock that goes an hour ahead, two back and right again', () => {
  it('has every page of a run fetched once, and none left for the next', async () => {
    const clock = steppable();
    const store = openStore(join(temporaryFolder(), 'crawl.db'), { log: silent, clock });
    store.syncShops([shop]);
    const { asked, fetcher } = shopThatSteps(clock);
    // The home page names the first of them and those name all, so that pages are found before and after each step.
    const reader = readerOf((url) =>
      url === HOME ? numbers.slice(0, 12).map((n) => `${HOME}p/${n}`) : numbers.map((n) => `${HOME}p/${n}`),
    );
    const bells = { imagesWanted: new Bell(), room: async () => undefined, textsFound: new Bell() };
    await new Crawl(
      { store, fetcher, reader, feedReader, clock, log: silent, ...bells },
      {
        ...retry,
        ...lease,
        confirmGoneMs: HOUR,
        maxFeedBytes: 1,
        feedLeaseMs: 1,
        maxWantedImages: 10,
        maxHostFailures: 5,
        maxIdleMs: 100,
        traps: { maxRepeats: 3, maxParameters: 12, maxPerPattern: 1000 },
      },
    ).run(shop, 'a', new AbortController().signal);
    expect(asked.toSorted()).toEqual([HOME, ...numbers.map((n) => `${HOME}p/${n}`)].toSorted());
    expect(store.query('SELECT status, pages_done FROM runs')).toEqual([
      { status: 'finished', pages_done: PAGES + 1 },
    ]);
    store.close();
  });

  it('has every picture downloaded once', async () => {
    const clock = steppable();
    const store = openStore(join(temporaryFolder(), 'crawl.db'), { log: silent, clock });
    store.syncShops([shop]);
    const run = begin(store, 'a', clock.now());
    const images = numbers.map((n) => `${HOME}pictures/${n}`);
    for (const image of images)
      visit(store, run, `${image}.html`, read(product({ url: image, images: [image] })), clock.now());
    const { asked, fetcher } = shopThatSteps(clock);
    const stop = new AbortController();
    const commitImage = store.commitImage.bind(store);
    store.commitImage = (...picture) => {
      commitImage(...picture);
      if (store.backlog().wanted === 0) stop.abort();
    };
    await downloadImages(
      {
        store,
        blobs: {
          write: (bytes) => Promise.resolve(sha256Hex(bytes) as Sha256),
          pathOf: String,
          has: () => Promise.resolve(true),
        },
        fetcher,
        shops: new Map([[shop.id, shop]]),
        clock,
        log: silent,
        imagesWanted: new Bell(),
        picturesStored: new Bell(),
      },
      { ...retry, ...lease, width: 16, maxStoredPictures: 100 },
      AbortSignal.any([stop.signal, AbortSignal.timeout(5000)]),
    );
    expect(asked.toSorted()).toEqual(images.toSorted());
    store.close();
  });
});
