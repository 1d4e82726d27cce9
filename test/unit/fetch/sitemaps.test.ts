/** What a sitemap lists: every form of it, bounded. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { MAX_SITEMAP_ENTRIES, sitemapEntries } from '../../../src/fetch/sitemap-parser.js';
import type { SitemapEntry } from '../../../src/fetch/sitemap-xml.js';
import type { SitemapReport } from '../../../src/fetch/sitemap-parser.js';

async function parse(body: string | Uint8Array) {
  const report: SitemapReport = { entries: 0, skipped: 0, images: 0, stopped: null };
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
    expect(report).toEqual({ entries: 3, skipped: 2, images: 1, stopped: null });
  });

  it('tells indexes from pages and takes any prefix of the namespace', async () => {
    const body =
      '<s:sitemapindex xmlns:s="x"><s:sitemap><s:loc>https://shop.example/1.xml</s:loc></s:sitemap></s:sitemapindex>';
    expect((await parse(body)).entries).toMatchObject([
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
    expect(entries).toMatchObject([
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

  it('reads the dates and pictures of the example of the image extension, and no alternates', async () => {
    const body = `<?xml version="1.0" encoding="UTF-8"?>
      <urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml"
        xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
        <url>
          <loc>https://example.com/sample1.html</loc>
          <image:image><image:loc>https://example.com/image.jpg</image:loc><image:title>x</image:title></image:image>
          <image:image><image:loc>https://example.com/photo.jpg</image:loc></image:image>
        </url>
        <url>
          <xhtml:link rel="alternate" hreflang="de" href="https://example.com/deutsch.html"/>
          <lastmod>2026-02-01T10:00:00+09:00</lastmod>
          <loc>https://example.com/sample2.html</loc>
        </url>
        <url><loc>https://example.com/3</loc><lastmod>yesterday</lastmod></url>
      </urlset>`;
    const { entries, report } = await parse(body);
    expect(entries).toEqual([
      {
        kind: 'page',
        location: 'https://example.com/sample1.html',
        lastModified: null,
        images: ['https://example.com/image.jpg', 'https://example.com/photo.jpg'],
      },
      {
        kind: 'page',
        location: 'https://example.com/sample2.html',
        lastModified: Date.UTC(2026, 1, 1, 1),
        images: [],
      },
      { kind: 'page', location: 'https://example.com/3', lastModified: null, images: [] },
    ]);
    expect(report).toMatchObject({ entries: 3, skipped: 0, images: 2 });
  });

  it('reads the example of the protocol, and that of an index', async () => {
    const pages = `<?xml version="1.0" encoding="UTF-8"?>
      <urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>http://www.example.com/</loc>
      <lastmod>2005-01-01</lastmod><changefreq>monthly</changefreq><priority>0.8</priority></url></urlset>`;
    const page = { kind: 'page', location: 'http://www.example.com/', images: [] };
    expect((await parse(pages)).entries).toEqual([{ ...page, lastModified: Date.UTC(2005, 0, 2) - 1 }]);
    const index = `<?xml version="1.0" encoding="UTF-8"?>
      <sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap>
      <loc>http://www.example.com/sitemap1.xml.gz</loc><lastmod>2004-10-01T18:23:17+00:00</lastmod></sitemap></sitemapindex>`;
    const lastModified = Date.UTC(2004, 9, 1, 18, 23, 17);
    const location = 'http://www.example.com/sitemap1.xml.gz';
    expect((await parse(index)).entries).toEqual([{ kind: 'sitemap', location, lastModified, images: [] }]);
  });

  it('reads RSS and Atom, which the protocol allows as well', async () => {
    const rss = `<rss version="2.0"><channel><title>New in</title><link>https://shop.example/</link>
      <image><url>https://shop.example/logo.png</url></image>
      <item><title>A</title><link>https://shop.example/a</link><pubDate>Sun, 01 Feb 2026 10:00:00 +0900</pubDate></item>
      <item><title>no link</title></item></channel></rss>`;
    const found = await parse(rss);
    expect(found.entries).toMatchObject([
      { location: 'https://shop.example/a', lastModified: Date.UTC(2026, 1, 1, 1) },
    ]);
    expect(found.report.skipped).toBe(1);
    const atom = `<feed xmlns="http://www.w3.org/2005/Atom"><link href="https://shop.example/feed" rel="self"/>
      <entry><link rel="edit" href="https://shop.example/edit/1"/><link href="https://shop.example/b?x=1&amp;y=2"/>
      <updated>2026-02-01T01:00:00.5Z</updated></entry></feed>`;
    expect((await parse(atom)).entries).toMatchObject([
      { location: 'https://shop.example/b?x=1&y=2', lastModified: Date.UTC(2026, 1, 1, 1) + 500 },
    ]);
  });

  it('holds no more of 50,000 entries than of the last few', async () => {
    const url = (n: number): string =>
      `<url><loc>https://shop.example/products/item-${n}</loc><lastmod>2026-02-01</lastmod>${'<image:image><image:loc>https://cdn.example/a.jpg</image:loc></image:image>'.repeat(3)}</url>\n`;
    const body = Buffer.from(
      `<urlset>${Array.from({ length: MAX_SITEMAP_ENTRIES }, (_, n) => url(n)).join('')}</urlset>`,
    );
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const live = (): number => {
      collect();
      return process.memoryUsage().heapUsed;
    };
    const report: SitemapReport = { entries: 0, skipped: 0, images: 0, stopped: null };
    const before = live();
    let [most, next] = [0, 0];
    for await (const batch of sitemapEntries(body, report)) {
      expect(batch.length).toBeLessThan(1000);
      if (report.entries < next) continue;
      most = Math.max(most, live() - before);
      next += 10_000;
    }
    expect(report).toEqual({ entries: 50_000, skipped: 0, images: 150_000, stopped: null });
    // All entries at once take some 30 MB.
    expect(most).toBeLessThan(4_000_000);
  });

  it.each(['', '   ', '<html><body>Not found</body></html>', '<', '\u0000\u0001'])(
    'makes nothing of %j',
    async (body) => {
      expect((await parse(body)).locations.filter((location) => location.startsWith('http'))).toEqual([]);
    },
  );
});
