/** How a crawl behaves, told by the shops that were crawled: their access logs against what config and answers ask for. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Shop } from '../../src/domain/shop.js';
import { startDemoShops } from '../../src/demo/shops.js';
import type { DemoShops } from '../../src/demo/shops.js';
import { createGotScrapingClient } from '../../src/fetch/got-scraping-client.js';
import { createUndiciClient } from '../../src/fetch/undici-client.js';
import { rowsOf } from '../support/cli.js';
import { openCrawl } from '../support/crawl-parts.js';
import { breachesOf, mostAtOnce } from '../support/politeness.js';
import type { LoggedRequest } from '../support/politeness.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const PRODUCTS = 8;
const PACE = { delayMs: 80, concurrency: 2 };
/** Longer than the delay, so that only the concurrency keeps a third request from being open. */
const ANSWER_MS = 170;
const BUSY_EVERY = 7;
const TIMEOUT_MS = 120_000;
const DISALLOWED: Readonly<Record<string, RegExp>> = {
  'demo-en': /^\/(cart|search)/,
  'demo-ja': /^\/cart\.cgi/,
};
/** Each day with another client: both promise the same. */
const DAYS = [
  [1, createGotScrapingClient],
  [2, createUndiciClient],
] as const;

let demo: DemoShops;
let shops: readonly Shop[];
let db: string;
/** Requests of the first day. */
let firstDay: number;

beforeAll(async () => {
  demo = await startDemoShops({
    seed: 5,
    productsPerShop: PRODUCTS,
    renderPicture: () => Promise.reject(new Error('no picture is asked for')),
    delayMs: ANSWER_MS,
    busyEvery: BUSY_EVERY,
  });
  shops = demo.shops.map((shop) => ({ ...shop, pace: PACE }));
  const folder = temporaryFolder();
  for (const [day, createClient] of DAYS) {
    demo.setDay(day);
    const bench = openCrawl(folder, shops, createClient());
    ({ db } = bench);
    await Promise.all(shops.map((shop) => bench.crawl.run(shop, `day ${day}`, new AbortController().signal)));
    await bench.close();
    firstDay ??= demo.accessLog.length;
  }
}, TIMEOUT_MS);
afterAll(() => demo.close());

const logOf = (shop: string): LoggedRequest[] =>
  demo.accessLog
    .filter((entry) => entry.shop === shop)
    .map((entry) => ({
      ...entry,
      startedAt: entry.at,
      // Nothing is kept of a sitemap but the addresses in it: each run reads it anew.
      ...(entry.path.includes('sitemap') ? { etag: null, lastModified: null } : {}),
    }));

describe.each(['demo-en', 'demo-ja'])('the log of %s', (shop) => {
  it('holds no breach of delay, concurrency, robots.txt, Retry-After or conditional requests', () => {
    const log = logOf(shop);
    const isDisallowed = (path: string): boolean => DISALLOWED[shop]!.test(path);
    const rules = {
      ...PACE,
      crawlDelayMs: PACE.delayMs,
      isDisallowed,
      agent: 'fashiond/0.1.0 (+https://example.com/bot)',
      robotsFirst: true,
      toleranceMs: 500,
    };
    expect(breachesOf(log, rules)).toEqual([]);
    // It could have held breaches of each kind: without its pace, the crawl is over in a fraction of this.
    expect(log.length * PACE.delayMs).toBeGreaterThan(3 * rules.toleranceMs);
    expect(mostAtOnce(log)).toBe(PACE.concurrency);
    const refused = log.filter(({ retryAfter }) => retryAfter !== null);
    expect(refused.length).toBeGreaterThan(2);
    for (const { path, endedAt } of refused.filter((one) => !one.path.includes('sitemap'))) {
      const again = log.find((one) => one.path === path && one.startedAt > endedAt);
      expect([path, again === undefined]).toEqual([path, false]);
    }
    const answers = demo.accessLog.slice(firstDay).filter((entry) => entry.shop === shop);
    expect(answers.filter(({ status }) => status === 304).length).toBeGreaterThan(PRODUCTS / 2);
  });

  it('is of a crawl that read everything', () => {
    const titles = [...demo.truth.values()].filter((item) => item.shop === shop).map(({ title }) => title);
    const rows = rowsOf<{ title: string }>(db, `SELECT title FROM v_items WHERE shop = '${shop}'`);
    expect(rows.map(({ title }) => title).toSorted()).toEqual(titles.toSorted());
  });
});
