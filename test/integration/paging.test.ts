/** Listings with paging, as shops spell it: each page of them is found, far beyond the bound on depth. */
import { afterEach, expect, it } from 'vitest';
import type { ShopScope } from '../../src/domain/shop.js';
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
