/** The pages that the sitemaps of a shop lead to, over HTTP. */
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { SitemapUrl } from '../../../src/domain/ports.js';
import type { Shop } from '../../../src/domain/shop.js';
import type { Route } from '../../support/shop-server.js';
import { testShop } from '../../support/test-shop.js';
import { SteppingClock, shopOf, fetcherOf } from './fixtures.js';

function urlset(...locations: string[]): string {
  const urls = locations.map((location) => `<url><loc>${location}</loc></url>`).join('\n');
  return `<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">${urls}</urlset>`;
}

describe('sitemapUrls', () => {
  async function urlsOf(shop: Shop) {
    const { fetcher, log } = fetcherOf({ clock: new SteppingClock() });
    const listed: SitemapUrl[] = [];
    for await (const page of fetcher.sitemapUrls(shop, new AbortController().signal)) listed.push(page);
    const urls = listed.map(({ url }) => url);
    return { urls, listed, log };
  }

  it("reads robots.txt's and the config's, in scope and canonical", async () => {
    const shop = await testShop({
      '/robots.txt': (request) => ({
        body: `User-agent: *\nDisallow: /secret.xml\nSitemap: http://${request.headers.host}/a.xml.gz\nSitemap: /secret.xml\n`,
      }),
      '/a.xml.gz': (request) => {
        const origin = `http://${request.headers.host}`;
        const body = urlset(
          `${origin}/p/1?utm_source=map`,
          `${origin}/cart`,
          'https://elsewhere.example/p/2',
          'http://',
        );
        return { headers: { 'content-type': 'application/gzip' }, body: gzipSync(body) };
      },
      '/b.txt': (request) => ({ body: `http://${request.headers.host}/p/%7e3#x\n` }),
    });
    const { urls } = await urlsOf(
      shopOf([shop.host], {
        sitemaps: [`${shop.origin}/b.txt`, `${shop.origin}/missing.xml`],
        scope: { exclude: ['^/cart'] },
      }),
    );
    expect(urls).toEqual([`${shop.origin}/p/~3`, `${shop.origin}/p/1`]);
    expect(shop.paths()).toEqual(['/b.txt', '/missing.xml', '/a.xml.gz']);
  });

  it('says what the sitemap says of a page', async () => {
    const shop = await testShop({
      '/s.xml': (request) => ({
        body: `<urlset xmlns:i="x"><url><loc>http://${request.headers.host}/p/1</loc><lastmod>2026-02-01</lastmod>
          <i:image><i:loc>/1.jpg</i:loc></i:image><i:image><i:loc>javascript:1</i:loc></i:image></url></urlset>`,
      }),
    });
    const { listed, log } = await urlsOf(shopOf([shop.host], { sitemaps: [`${shop.origin}/s.xml`] }));
    const lastModified = Date.UTC(2026, 1, 2) - 1;
    expect(listed).toEqual([{ url: `${shop.origin}/p/1`, lastModified, images: [`${shop.origin}/1.jpg`] }]);
    expect(log.lines.find((line) => line.event === 'sitemap.read')?.fields).toMatchObject({ images: 2 });
  });

  it('follows an index three levels deep, each file once, on hosts it was told of', async () => {
    const foreign = await testShop({ '/foreign.xml': { body: urlset('x') } });
    const indexTo =
      (...targets: string[]): Route =>
      (request) => ({
        body: `<sitemapindex>${targets
          .map(
            (to) =>
              `<sitemap><loc>${to.startsWith('/') ? `http://${request.headers.host}${to}` : to}</loc></sitemap>`,
          )
          .join('')}</sitemapindex>`,
      });
    const page =
      (path: string): Route =>
      (request) => ({ body: urlset(`http://${request.headers.host}${path}`) });
    const shop = await testShop({
      '/1.xml': indexTo('/2.xml', '/1.xml', `${foreign.origin}/foreign.xml`, 'http://10.0.0.1/x.xml'),
      '/2.xml': indexTo('/3.xml', '/pages2.xml', '/2.xml'),
      '/3.xml': indexTo('/4.xml'),
      '/pages2.xml': page('/found'),
      '/4.xml': page('/too-deep'),
    });
    const { urls, log } = await urlsOf(shopOf([shop.host], { sitemaps: [`${shop.origin}/1.xml`] }));
    expect(urls).toEqual([`${shop.origin}/found`]);
    expect(shop.paths()).toEqual(['/1.xml', '/2.xml', '/3.xml', '/pages2.xml']);
    expect(foreign.hits).toEqual([]);
    const skipped = log.lines.filter((line) => line.event === 'sitemap.skipped');
    expect(skipped.map((line) => (line.fields as { reason: string }).reason)).toEqual(['guard', 'guard']);
  });

  it('tries again after throttling and failure, and goes on without a file that cannot be had', async () => {
    let asked = 0;
    const shop = await testShop({
      '/busy.xml': (request) => {
        asked += 1;
        if (asked === 1) return { status: 503, headers: { 'retry-after': '30' } };
        if (asked === 2) return { status: 500 };
        return { body: urlset(`http://${request.headers.host}/p`) };
      },
      '/down.xml': { status: 500 },
    });
    const sitemaps = [`${shop.origin}/down.xml`, `${shop.origin}/busy.xml`];
    const { urls, log } = await urlsOf(shopOf([shop.host], { sitemaps }));
    expect(urls).toEqual([`${shop.origin}/p`]);
    expect(shop.paths().filter((path) => path === '/down.xml').length).toBe(3);
    expect(log.lines.find((line) => line.event === 'sitemap.skipped')?.fields).toMatchObject({
      reason: 'server-error: HTTP 500',
    });
  });

  it('stops when the signal aborts', async () => {
    const shop = await testShop({ '/hang.xml': () => null });
    const { fetcher } = fetcherOf();
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 50);
    const urls = fetcher.sitemapUrls(
      shopOf([shop.host], { sitemaps: [`${shop.origin}/hang.xml`] }),
      stop.signal,
    );
    await expect(urls[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'cancelled' });
  });
});
