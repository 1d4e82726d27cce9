/**
 * Listings with paging, as shops spell it: each page of them is found, far beyond the bound on depth, and what they say
 * of prices brings a page's next visit forward.
 */
import { afterEach, expect, it } from 'vitest';
import type { ShopScope } from '../../src/domain/shop.js';
import { createRevisitPolicy } from '../../src/scheduler/revisit.js';
import { createUndiciClient } from '../../src/fetch/undici-client.js';
import { rowsOf } from '../support/cli.js';
import { openCrawl } from '../support/crawl-parts.js';
import { startShopServer } from '../support/shop-server.js';
import type { Route } from '../support/shop-server.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { shopOf } from '../unit/fetch/fixtures.js';

const PAGES = 12;
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

const html = (body: string): Route => ({
  body: `<!DOCTYPE html><meta charset="utf-8"><title>x</title>${body}`,
});
const item = (name: string): string => `/items/${name}`;

/** A listing of one item a page; `href`: the address of a page, `pager`: what stands around it. */
function listing(name: string, href: (page: number) => string, pager: (href: string) => string) {
  const routes: Record<string, Route> = {};
  for (let page = 1; page <= PAGES; page += 1) {
    const next = page < PAGES ? pager(href(page + 1)) : '';
    routes[href(page)] = html(`<ul><li><a href="${item(`${name}-${page}`)}">Item</a></ul>${next}`);
    routes[item(`${name}-${page}`)] = html('<h1>An item</h1>');
  }
  return routes;
}

/** The paths that a crawl asks for. */
async function crawled(routes: Record<string, Route>, scope: Partial<ShopScope>): Promise<Set<string>> {
  const server = await startShopServer(routes);
  closers.push(() => server.close());
  const shop = shopOf([server.host], { scope });
  const bench = openCrawl(temporaryFolder(), [shop], createUndiciClient());
  closers.push(() => bench.close());
  await bench.crawl.run(shop, 'a', new AbortController().signal);
  expect(rowsOf(bench.db, 'SELECT status FROM runs')).toEqual([{ status: 'finished' }]);
  return new Set(server.paths());
}

const SPELLINGS: readonly (readonly [string, (page: number) => string, (href: string) => string])[] = [
  [
    'query',
    (n) => (n === 1 ? '/query' : `/query?page=${n}`),
    (href) => `<a rel="next" href="${href}">Next</a>`,
  ],
  ['path', (n) => (n === 1 ? '/path/' : `/path/page/${n}/`), (href) => `<a href="${href}">›</a>`],
  ['cgi', (n) => `/list.cgi?cat=%A5%CB&p=${n}`, (href) => `<A HREF="${href.replace('&', '&amp;')}">次へ</A>`],
];

it('are followed page by page, in every spelling, and no deeper than allowed otherwise', async () => {
  const routes = Object.assign(
    {
      '/': html(SPELLINGS.map(([, href]) => `<a href="${href(1).replace('&', '&amp;')}">list</a>`).join('')),
    },
    ...SPELLINGS.map(([name, href, pager]) => listing(name, href, pager)),
    { '/items/query-1': html('<a href="/too-deep">more</a>'), '/too-deep': html('') },
  ) as Record<string, Route>;
  const paths = await crawled(routes, { maxDepth: 2 });
  for (const [name, href] of SPELLINGS) {
    for (let page = 1; page <= PAGES; page += 1) {
      expect(paths).toContain(href(page));
      expect(paths).toContain(item(`${name}-${page}`));
    }
  }
  expect(paths).not.toContain('/too-deep');
});

it('end with the pages of a run where a shop has one more for ever', async () => {
  const routes: Record<string, Route> = {
    '/': html('<a href="/list?page=1">list</a>'),
    '/list': (request) => {
      const page = Number(/page=(\d+)/.exec(request.url ?? '')?.[1]);
      return { body: `<!DOCTYPE html><title>x</title><a href="/list?page=${page + 1}">Next</a>` };
    },
  };
  const paths = await crawled(routes, { maxPages: 30 });
  expect([...paths].filter((path) => path.startsWith('/list'))).toHaveLength(29);
});

it('bring the pages forward whose prices they show to be others', async () => {
  const price = { 1: '12.50', 2: '30.00' };
  const product = (n: 1 | 2): Route =>
    html(`<h1>Item ${n}</h1><p>EUR ${price[n]}</p><button>Add to cart</button>`);
  const card = (n: 1 | 2): string =>
    `<li><a href="/items/${n}"><img src="/${n}.png" alt=""></a><a href="/items/${n}">Item ${n}</a><p>EUR ${price[n]}</p></li>`;
  const routes = (): Record<string, Route> => ({
    '/': html(`<ul>${card(1)}${card(2)}</ul>`),
    '/items/1': product(1),
    '/items/2': product(2),
  });
  const server = await startShopServer(routes());
  closers.push(() => server.close());
  const shop = shopOf([server.host]);
  // Nothing is due again by itself, and a sign of change is believed at once.
  const seldom = createRevisitPolicy({ minMs: 1, maxMs: 1e12 });
  const bench = openCrawl(temporaryFolder(), [shop], createUndiciClient(), {}, seldom);
  closers.push(() => bench.close());
  const crawl = async (slot: string): Promise<string[]> => {
    const before = server.paths().length;
    await bench.crawl.run(shop, slot, new AbortController().signal);
    return server
      .paths()
      .slice(before)
      .filter((path) => !path.includes('sitemap'));
  };
  expect((await crawl('a')).toSorted()).toEqual(['/', '/items/1', '/items/2']);
  price[2] = '24.00';
  server.route(routes());
  expect(await crawl('b')).toEqual(['/', '/items/2']);
  const prices = 'SELECT title, price FROM v_items ORDER BY title';
  expect(rowsOf(bench.db, prices)).toEqual([
    { title: 'Item 1', price: 12.5 },
    { title: 'Item 2', price: 24 },
  ]);
});
