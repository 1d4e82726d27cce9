import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import type { Shop } from '../../../src/domain/shop.js';
import { MAX_SITEMAP_ENTRIES, sitemapEntries } from '../../../src/fetch/sitemap-parser.js';
import type { SitemapEntry, SitemapReport } from '../../../src/fetch/sitemap-parser.js';
import { startShopServer } from '../../support/shop-server.js';
import type { Route, ShopServer } from '../../support/shop-server.js';
import { SteppingClock, shopOf, testFetcher } from './fixtures.js';

async function parse(body: string | Uint8Array) {
  const report: SitemapReport = { entries: 0, skipped: 0, stopped: null };
  const entries: SitemapEntry[] = [];
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  for await (const batch of sitemapEntries(bytes, report)) entries.push(...batch);
  return { locations: entries.map((entry) => entry.location), entries, report };
}

function urlset(...locations: string[]): string {
  const urls = locations.map((location) => `<url><loc>${location}</loc></url>`).join('\n');
  return `<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">${urls}</urlset>`;
}

describe('sitemapEntries', () => {
  it('reads locations, entities, CDATA and white space, and no other loc', async () => {
    const body = `\ufeff<?xml version="1.0"?>
      <urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
        <!-- <url><loc>https://shop.example/comment</loc></url> -->
        <url>
          <loc>
            https://shop.example/?a=1&amp;b=2
          </loc>
          <lastmod>2026-02-01</lastmod>
          <image:image><image:loc>https://cdn.example/1.jpg</image:loc></image:image>
        </url>
        <url><image:loc>https://cdn.example/2.jpg</image:loc><loc><![CDATA[https://shop.example/c?x=1&y=2]]></loc></url>
        <url><loc>https://shop.example/&#x3042;</loc></url>
        <url><loc></loc></url>
        <url><lastmod>2026-02-01</lastmod></url>
        <loc>https://shop.example/stray</loc>
      </urlset>`;
    const { locations, report } = await parse(body);
    expect(locations).toEqual([
      'https://shop.example/?a=1&b=2',
      'https://shop.example/c?x=1&y=2',
      'https://shop.example/あ',
    ]);
    expect(report).toEqual({ entries: 3, skipped: 2, stopped: null });
  });

  it('tells indexes from pages and takes any prefix of the namespace', async () => {
    const body =
      '<s:sitemapindex xmlns:s="x"><s:sitemap><s:loc>https://shop.example/1.xml</s:loc></s:sitemap></s:sitemapindex>';
    expect((await parse(body)).entries).toEqual([
      { kind: 'sitemap', location: 'https://shop.example/1.xml' },
    ]);
  });

  it('expands no entity and loads nothing', async () => {
    const body = `<?xml version="1.0"?><!DOCTYPE urlset [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">
      <!ENTITY secret SYSTEM "file:///etc/passwd">]>
      ${urlset('https://shop.example/&b;', 'https://shop.example/&secret;', 'https://shop.example/ok').slice(39)}`;
    const { locations } = await parse(body);
    expect(locations).toContain('https://shop.example/ok');
    expect(locations.join(' ')).not.toMatch(/aaaaaaaaaa|root:/);
  });

  it('reads plain text, one URL a line', async () => {
    const { entries, report } = await parse('\ufeffhttps://shop.example/1\r\n\r\nhttps://shop.example/2');
    expect(entries).toEqual([
      { kind: 'page', location: 'https://shop.example/1' },
      { kind: 'page', location: 'https://shop.example/2' },
    ]);
    expect(report.skipped).toBe(0);
  });

  it('reads gzip, and what comes before a broken end', async () => {
    const many = Array.from({ length: 20_000 }, (_, n) => `https://shop.example/${(n * 7919) % 100_003}`);
    const packed = gzipSync(urlset(...many));
    expect((await parse(packed)).locations).toEqual(many);
    const half = await parse(packed.subarray(0, packed.length / 2));
    expect(half.report.stopped).toBe('broken gzip');
    expect(half.locations.length).toBeGreaterThan(5000);
    expect(half.locations).toEqual(many.slice(0, half.locations.length));
  });

  it('takes no half location from a file that breaks off', async () => {
    const whole = urlset('https://shop.example/1', 'https://shop.example/22');
    const { locations } = await parse(whole.slice(0, whole.indexOf('22') + 1));
    expect(locations).toEqual(['https://shop.example/1']);
  });

  it('is bounded in entries, bytes and depth', async () => {
    const many = Array.from({ length: MAX_SITEMAP_ENTRIES + 10 }, (_, n) => `https://shop.example/${n}`);
    const tooMany = await parse(urlset(...many));
    expect(tooMany.locations.length).toBe(MAX_SITEMAP_ENTRIES);
    expect(tooMany.report.stopped).toMatch(/more than 50000 entries/);
    const bomb = await parse(gzipSync(Buffer.alloc(60 * 1024 * 1024, ' ')));
    expect(bomb.report.stopped).toMatch(/bytes unpacked/);
    const deep = await parse('<a>'.repeat(100_000));
    expect(deep.report.stopped).toMatch(/nested/);
    const long = await parse(urlset(`https://shop.example/${'x'.repeat(100_000)}`, 'https://shop.example/1'));
    expect(long.locations).toEqual(['https://shop.example/1']);
    expect(long.report.skipped).toBe(1);
  });

  it.each(['', '   ', '<html><body>Not found</body></html>', '<', '\u0000\u0001'])(
    'makes nothing of %j',
    async (body) => {
      expect((await parse(body)).locations.filter((location) => location.startsWith('http'))).toEqual([]);
    },
  );
});

describe('sitemapUrls', () => {
  const closers: (() => Promise<void>)[] = [];

  afterEach(async () => {
    for (const close of closers.splice(0).toReversed()) await close();
  });

  async function server(routes: Record<string, Route>): Promise<ShopServer> {
    const started = await startShopServer(routes);
    closers.push(() => started.close());
    return started;
  }

  async function urlsOf(shop: Shop) {
    const { fetcher, log } = testFetcher({ clock: new SteppingClock() });
    closers.push(() => fetcher.close());
    const urls: string[] = [];
    for await (const url of fetcher.sitemapUrls(shop, new AbortController().signal)) urls.push(url);
    return { urls, log };
  }

  it("reads robots.txt's and the config's, in scope and canonical", async () => {
    const shop = await server({
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

  it('follows an index three levels deep, each file once, on hosts it was told of', async () => {
    const foreign = await server({ '/foreign.xml': { body: urlset('x') } });
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
    const shop = await server({
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
    const shop = await server({
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
    const shop = await server({ '/hang.xml': () => null });
    const { fetcher } = testFetcher();
    closers.push(() => fetcher.close());
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 50);
    const urls = fetcher.sitemapUrls(
      shopOf([shop.host], { sitemaps: [`${shop.origin}/hang.xml`] }),
      stop.signal,
    );
    await expect(urls[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'cancelled' });
  });
});
