/** Routes of the English shop: pages, pictures, robots.txt and sitemaps, with entity tags on everything. */
import { gzipSync } from 'node:zlib';
import type { DemoCatalogue, DemoDay, DemoItem } from './catalogue.js';
import { FIRST_DAY, itemOn, SECOND_DAY } from './catalogue.js';
import { homePage, listingPage, picturePath, productPage, productPath, textPage } from './english-pages.js';
import type { EnglishContext } from './english-pages.js';
import { etagOf, PageCache, pagesOf } from './site.js';
import type { PictureBytes, Resource, Site } from './site.js';
import { decorationNamed } from './decorations.js';

const TEXT_PAGES = new Set(['delivery', 'returns', 'sizes']);

export function englishSite(catalogue: DemoCatalogue, origin: string, bytesOf: PictureBytes): Site {
  const context: EnglishContext = { origin, sections: catalogue.sections, items: catalogue.items };
  const byPath = new Map(catalogue.items.map((item) => [productPath(item), item]));
  const pictures = picturesOf(catalogue, bytesOf);
  const cache = new PageCache();
  return {
    resource: (target, day) => {
      const [path = '/', query = ''] = target.split('?', 2);
      return (
        pictures.get(path) ??
        decorationNamed(path.replace('/static/', '')) ??
        cache.get(`${day} ${target}`, () => pageAt(path, query, day, { catalogue, context, byPath }))
      );
    },
  };
}

interface Pages {
  readonly catalogue: DemoCatalogue;
  readonly context: EnglishContext;
  readonly byPath: ReadonlyMap<string, DemoItem>;
}

function pageAt(path: string, query: string, day: DemoDay, pages: Pages): Resource | null {
  const { context, byPath } = pages;
  const known = byPath.get(path);
  if (known !== undefined) {
    const item = itemOn(known, day);
    return item === null ? null : html(productPage(item, context), item.updatedAt);
  }
  if (path === '/') return html(homePage(context), FIRST_DAY);
  if (path === '/robots.txt') return robots(context.origin);
  if (path === '/cart') return html(textPage('cart', context), null);
  if (path.startsWith('/pages/')) {
    const name = path.slice('/pages/'.length);
    return TEXT_PAGES.has(name) ? html(textPage(name, context), FIRST_DAY) : null;
  }
  if (path.startsWith('/c/')) return listing(path.slice('/c/'.length), query, day, pages);
  return sitemapAt(path, day, pages);
}

function html(text: string, lastModified: number | null): Resource {
  return resource(Buffer.from(text), 'text/html; charset=utf-8', lastModified);
}

function resource(bytes: Uint8Array, contentType: string, lastModified: number | null): Resource {
  return { contentType, body: () => Promise.resolve(bytes), etag: etagOf(bytes), lastModified };
}

/** Items keep their place all days, so that one that vanishes changes only its own listing page. */
function listing(section: string, query: string, day: DemoDay, pages: Pages): Resource | null {
  const places = pagesOf(pages.catalogue.items.filter((item) => item.section === section));
  const number = query === '' ? 1 : Number(/^page=([1-9]\d*)$/.exec(query)?.[1] ?? Number.NaN);
  const place = places[number - 1];
  if (place === undefined) return null;
  const shown = place.map((item) => itemOn(item, day)).filter((item) => item !== null);
  const changed = day === 2 && place.some((item) => item.change !== null);
  return html(
    listingPage(section, shown, number, places.length, pages.context),
    changed ? SECOND_DAY : FIRST_DAY,
  );
}

function robots(origin: string): Resource {
  const lines = [
    'User-agent: *',
    'Disallow: /cart',
    'Disallow: /search',
    'Allow: /',
    '',
    `Sitemap: ${origin}/sitemap.xml`,
    '',
  ];
  return resource(Buffer.from(lines.join('\n')), 'text/plain; charset=utf-8', FIRST_DAY);
}

const SITEMAP = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"';

/** An index, one part compressed and one plain. */
function sitemapAt(path: string, day: DemoDay, { catalogue, context }: Pages): Resource | null {
  const { origin } = context;
  const xml = (root: string, content: string): Buffer =>
    Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n<${root} ${SITEMAP}>\n${content}\n</${root}>\n`);
  const entry = (tag: string, location: string, time: number): string =>
    `<${tag}><loc>${origin}${location}</loc><lastmod>${new Date(time).toISOString()}</lastmod></${tag}>`;
  switch (path) {
    case '/sitemap.xml': {
      const parts = [
        entry('sitemap', '/sitemaps/products.xml.gz', day === 1 ? FIRST_DAY : SECOND_DAY),
        entry('sitemap', '/sitemaps/pages.xml', FIRST_DAY),
      ];
      return resource(xml('sitemapindex', parts.join('\n')), 'application/xml', null);
    }
    case '/sitemaps/products.xml.gz': {
      const items = catalogue.items.map((item) => itemOn(item, day)).filter((item) => item !== null);
      const urls = items.map((item) => entry('url', productPath(item), item.updatedAt));
      return resource(gzipSync(xml('urlset', urls.join('\n'))), 'application/gzip', null);
    }
    case '/sitemaps/pages.xml': {
      const places = ['/', ...catalogue.sections.map((section) => `/c/${section}`)];
      const urls = places.map((place) => entry('url', place, FIRST_DAY));
      return resource(xml('urlset', urls.join('\n')), 'application/xml', null);
    }
    default:
      return null;
  }
}

function picturesOf(catalogue: DemoCatalogue, bytesOf: PictureBytes): Map<string, Resource> {
  const pictures = new Map<string, Resource>();
  for (const item of catalogue.items) {
    for (const [index, picture] of item.pictures.entries()) {
      pictures.set(picturePath(item, index), {
        contentType: picture.from === 'file' ? picture.contentType : 'image/jpeg',
        body: () => bytesOf(picture),
        etag: etagOf(JSON.stringify(picture)),
        lastModified: FIRST_DAY,
      });
    }
  }
  return pictures;
}
