/** The crawl benchmark's own judgement: it must not believe a count that the shops and the catalogue do not bear out. */
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { readPage } from '../../../src/extract/read-page.js';
import { wrongWork } from '../../bench/crawl/check.js';
import { crawlOptions } from '../../bench/crawl/options.js';
import { productPage, productTitle, shopText } from '../../bench/crawl/page-text.js';
import type { CrawlMeasurement } from '../../bench/crawl/daemon-process.js';
import { growth, report } from '../../bench/crawl/report.js';
import type { ServedItem } from '../../bench/crawl/shops-process.js';
import { readsBar } from '../../bench/reads-while-crawling.js';
import { isMet } from '../../bench/rounds.js';
import { begin, HOUR, lease, offer, product, read, T0, workbench } from '../store/builders.js';

const URL_OF_ITEM = 'https://moda.example/p/1';

describe('what the crawl benchmark counted', () => {
  const bench = workbench();
  const served = (fields: Partial<ServedItem> = {}): readonly ServedItem[] => [
    { url: URL_OF_ITEM, prices: [2000, 2100], pages: 2, notModified: 1, unconditional: 0, ...fields },
  ];
  const counted = { read: 2, unchanged: 1 };

  /** A catalogue in which the item cost 20 and then 21. */
  function catalogue(): string {
    const path = join(bench.folder(), 'bench.db');
    const store = bench.open(path);
    for (const [at, price] of [2000, 2100].entries()) {
      const now = T0 + at * HOUR;
      const run = begin(store, new Date(now).toISOString(), now);
      const page = read(product({ url: URL_OF_ITEM, offer: offer(price) }));
      store.commitVisit(run, lease(store, run, URL_OF_ITEM, now), page, now);
    }
    store.close();
    return path;
  }

  it('is believed where it happened', () => {
    expect(wrongWork(catalogue(), served(), counted)).toEqual([]);
  });

  it.each([
    [
      'a change that is not in the catalogue',
      served({ prices: [2000, 2100, 2200] }),
      { read: 3, unchanged: 0 },
    ],
    ['a price that was never shown', served({ prices: [2100], pages: 1 }), { read: 1, unchanged: 1 }],
    ['a visit that nobody answered', served(), { read: 2, unchanged: 2 }],
    ['a change that was taken for none', served(), { read: 1, unchanged: 2 }],
    ['a failed visit', served(), { ...counted, retry: 1 }],
    ['a revisit without validators', served({ unconditional: 1 }), counted],
  ])('is not believed with %s', (_, shops, counts) => {
    expect(wrongWork(catalogue(), shops, counts)).not.toEqual([]);
  });
});

describe('the pages of the crawl benchmark', () => {
  it('are as large as those of shops, differ by product, and read as what they sell', () => {
    const sizes = Array.from({ length: 40 }, (_, host) => {
      const facts = { host, item: 3, price: 4999, related: [{ item: 4, price: 100 }] };
      const page = productPage(shopText(host), facts);
      const { product: found } = readPage(page, {
        url: 'https://shop.example/products/3',
        contentType: 'text/html',
        hints: { currency: null, language: null, selectors: {} },
      });
      expect(found).toMatchObject({
        title: productTitle(facts),
        sku: `B${host}-3`,
        offer: { price: { minor: 4999, currency: 'EUR' } },
      });
      expect([found?.gtin, found?.mpn, found?.brand, found?.description]).not.toContain(null);
      return page.byteLength;
    });
    expect(Math.min(...sizes)).toBeGreaterThan(95_000);
    expect(Math.max(...sizes)).toBeLessThan(205_000);
  });
});

describe('what else the crawl benchmark is made of', () => {
  it('calls memory flat where its last third is like the middle one', () => {
    expect(growth([90, 100, 100, 100, 101, 100, 100, 101, 100])).toBe(1);
    expect(growth([100, 100, 100, 120, 130, 140, 160, 170, 180])).toBeGreaterThan(1.2);
  });

  it('understands its command line, and nothing else', () => {
    expect(crawlOptions([])).toEqual({
      seconds: 300,
      hosts: 400,
      items: 20,
      client: 'got-scraping',
    });
    expect(crawlOptions(['--seconds', '30', '--client', 'undici'])).toMatchObject({
      seconds: 30,
      client: 'undici',
    });
    for (const wrong of [
      ['30'],
      ['--seconds'],
      ['--seconds', 'x'],
      ['--second', '3'],
      ['--items', '0'],
      ['--client', 'curl'],
    ]) {
      expect(crawlOptions(wrong)).toBeNull();
    }
  });
});

/** 8000 product pages in so many seconds, for 80 seconds of CPU. */
const measured = (seconds: number): CrawlMeasurement => ({
  seconds,
  wordsWaiting: 0,
  outcomes: { read: 2000, unchanged: 6000 },
  all: { read: 2000, unchanged: 6000 },
  cpuMs: 80_000,
  threads: null,
  loop: { p50: 1, p99: 10, max: 30, ownP99: 8 },
  memory: [300e6, 300e6, 300e6],
});

describe('the bars of a crawl', () => {
  it('hold first visits to the rate as well, and CPU time to that of the crawlers which are there', () => {
    const log = vi.spyOn(console, 'log').mockReturnValue();
    const options = { seconds: 60, hosts: 400, items: 20, client: 'undici' } as const;
    const scrapy = { version: '2.8.0', pages: 1000, seconds: 50, cpuMs: 25_000, memory: 1 };
    const bars = report(options, measured(100), measured(50), [
      { kind: 'present', name: 'Scrapy', measured: scrapy },
      { kind: 'absent', name: 'Crawlee', how: 'npm install crawlee' },
    ]);
    log.mockRestore();
    expect(bars.map(({ measured: value, absent }) => absent ?? value)).toEqual([
      80,
      160,
      10,
      300,
      1,
      2.5,
      'npm install crawlee',
    ]);
  });

  it('tell nothing of items read beside a crawl that was too slow, and name the rate it had', () => {
    const ms = [5, 6, 7];
    const beside = (seconds: number) => readsBar({ ms, crawled: measured(seconds), isRequired: true });
    expect(beside(100).what).toBe('ms p99 of reading an item from a daemon that crawls 80 pages a second');
    expect([beside(100), beside(160)].map((bar) => isMet(bar))).toEqual([true, false]);
    expect(beside(160).invalid).toBe('81 pages a second were wanted');
  });
});
