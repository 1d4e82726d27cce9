/** One hostile shop beside three good ones in one crawl: it takes nothing from them, and each of its faults is named. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ShopId } from '../../../src/domain/ids.js';
import type { Shop } from '../../../src/domain/shop.js';
import { createGotScrapingClient } from '../../../src/fetch/got-scraping-client.js';
import { createUndiciClient } from '../../../src/fetch/undici-client.js';
import { rowsOf } from '../../support/cli.js';
import { openCrawl } from '../../support/crawl-parts.js';
import type { CrawlBench } from '../../support/crawl-parts.js';
import { startMisbehavingShop } from '../../support/misbehaving-shop.js';
import type { MisbehavingShop } from '../../support/misbehaving-shop.js';
import { startRawServer } from '../../support/raw-server.js';
import { startShopServer } from '../../support/shop-server.js';
import type { ShopServer } from '../../support/shop-server.js';
import { pathOf, smallItems, smallShopRoutes } from '../../support/small-shop.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { shopOf } from '../../unit/fetch/fixtures.js';

const ITEMS = 12;
const PAGES_IN_FLIGHT = 8;
const GREEDY = { delayMs: 0, concurrency: 64 };
const CLIENTS = [
  ['got-scraping', createGotScrapingClient],
  ['undici', createUndiciClient],
] as const;

const never = new AbortController().signal;
const closers: (() => Promise<void>)[] = [];
const good: { readonly server: ShopServer; readonly shop: Shop }[] = [];
const items = smallItems(ITEMS);

beforeAll(async () => {
  for (const id of ['first', 'second', 'third']) {
    const server = await startShopServer(await smallShopRoutes(items));
    closers.push(() => server.close());
    const shop = shopOf([server.host], { id: id as ShopId, pace: { delayMs: 0, concurrency: 2 } });
    good.push({ server, shop });
  }
});
afterAll(async () => {
  for (const close of closers.toReversed()) await close();
});

/** Every item of every good shop, as it is in its server's pages, and nothing else. */
function expectWholeCatalogue(bench: CrawlBench): void {
  for (const { shop, server } of good) {
    const rows = rowsOf(
      bench.db,
      `SELECT url, title, price_minor, currency, sku, in_stock FROM v_items WHERE shop = '${shop.id}' ORDER BY url`,
    );
    const expected = items.map((item) => ({
      url: server.origin + pathOf(item),
      title: item.title,
      price_minor: item.price,
      currency: 'EUR',
      sku: `S${item.number}`,
      in_stock: 1,
    }));
    expect(rows).toEqual(expected.toSorted((a, b) => (a.url < b.url ? -1 : 1)));
  }
}

async function crawlGood(bench: CrawlBench, slot: string): Promise<void> {
  await Promise.all(good.map(({ shop }) => bench.crawl.run(shop, slot, never)));
}

describe.each(CLIENTS)('a hostile shop beside good ones, with %s', (name, createClient) => {
  it('that never answers lets them finish first', { timeout: 120_000 }, async () => {
    const links = Array.from({ length: 100 }, (_, i) => `<a href="/hang/${i}">${i}</a>`).join('');
    const hanging = await startRawServer((socket, { path }) => {
      if (path === '/')
        socket.write(
          `HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: ${links.length}\r\n\r\n${links}`,
        );
    });
    const hostile = shopOf([hanging.host], { id: 'hostile' as ShopId, pace: GREEDY });
    const bench = openCrawl(temporaryFolder(), [hostile, ...good.map(({ shop }) => shop)], createClient({}), {
      pagesInFlight: PAGES_IN_FLIGHT,
      timeoutMs: 600_000,
    });
    const stop = new AbortController();
    const run = bench.crawl.run(hostile, name, stop.signal);
    const hangs = (): number => hanging.asked.filter((path) => path.startsWith('/hang/')).length;
    // Alone it may hold all places but one: a shop that comes later need not wait for it.
    while (hangs() < PAGES_IN_FLIGHT - 1) await new Promise((resolve) => setTimeout(resolve, 10));
    // Nothing of it ends before these have: were the places not shared, this would wait for ever.
    await crawlGood(bench, name);
    expect(hangs()).toBe(PAGES_IN_FLIGHT - 1);
    expectWholeCatalogue(bench);
    stop.abort();
    await run;
    await bench.close();
    await hanging.close();
  });

  it(
    'that does everything wrong leaves them whole, and each fault a name',
    { timeout: 180_000 },
    async () => {
      const bad: MisbehavingShop = await startMisbehavingShop();
      const hostile = shopOf(bad.hosts, {
        id: 'hostile' as ShopId,
        start: bad.faults.map(({ url }) => url),
        pace: GREEDY,
        scope: { maxDepth: 3, maxPages: 300 },
      });
      const client = createClient({ certificateAuthority: bad.authorities });
      const bench = openCrawl(temporaryFolder(), [hostile, ...good.map(({ shop }) => shop)], client, {
        pagesInFlight: 32,
        timeoutMs: 3000,
        maxPageBytes: 256 * 1024,
      });
      const stop = new AbortController();
      const run = bench.crawl.run(hostile, name, stop.signal);
      await crawlGood(bench, name);
      expectWholeCatalogue(bench);
      const entries = () =>
        rowsOf<{ url: string; state: string; reason: string | null }>(
          bench.db,
          `SELECT f.url, f.state, f.reason FROM frontier f JOIN shops s ON s.id = f.shop_id WHERE s.key = 'hostile'`,
        );
      /** Without a name: neither visited, nor given up or put off with a reason. */
      const unnamed = (): string[] =>
        entries()
          .filter(({ url, state, reason }) => starts.has(url) && state !== 'done' && reason === null)
          .map(({ url }) => bad.faults.find((fault) => fault.url === url)?.name ?? url);
      const starts = new Set(bad.faults.map(({ url }) => url));
      const ended = run.then(() => true);
      // Hosts that ask for two minutes of patience are waited for; all others come to an end before.
      while (unnamed().length > 0 && !(await Promise.race([ended, pause()]))) continue;
      expect(unnamed()).toEqual([]);
      stop.abort();
      await run;
      await bench.close();
      expect(entries().filter(({ url }) => starts.has(url)).length).toBe(bad.faults.length);
      await bad.close();
    },
  );
});

const pause = (): Promise<false> =>
  new Promise((resolve) => {
    setTimeout(() => resolve(false), 100);
  });
