/**
 * Two shops for crawls that are killed: a feed, listing pages, an item's page for each item, small pictures, and one of
 * each thing that must end the same however often a crawl dies: gone pages, missing and broken pictures, pictures of
 * several items, pages that robots.txt closes. Every answer comes at once, so that no retry blurs the count of visits.
 */
import sharp from 'sharp';
import { startShopServer } from '../support/shop-server.js';
import type { Route, ShopServer } from '../support/shop-server.js';

export interface SoakShops {
  /** Shop files. */
  readonly shops: readonly Record<string, unknown>[];
  /** Answered since the last `forget`. */
  readonly requests: number;
  /** The same by address. */
  fetches(): ReadonlyMap<string, number>;
  forget(): void;
  close(): Promise<void>;
}

const PER_LISTING = 60;
const SHARED_PICTURES = 20;
/** One item in so many. They share no factor, so some items meet several. */
const EVERY = { gone: 97, withoutPicture: 89, withBrokenPicture: 83, closed: 79, soldOut: 7, reduced: 5 };
const SHADES = 10;
/** Of the items, so many are in the feed as well; as many again are nowhere else. */
const LISTED = 1 / 10;

export async function startSoakShops(items: number): Promise<SoakShops> {
  const pictures = await basePictures();
  const servers = await Promise.all(['soak-one', 'soak-two'].map((id) => startShop(id, items, pictures)));
  let from = servers.map(() => 0);
  const fresh = (): string[] =>
    servers.flatMap((server, at) => server.hits.slice(from[at]).map(({ path }) => server.origin + path));
  return {
    shops: servers.map((server, at) => ({
      id: `soak-${at + 1}`,
      name: `Soak ${at + 1}`,
      start: [`${server.origin}/`],
      // New Year is past and the shop was never crawled, so this year's slot is due at once, and only once.
      schedule: '0 0 1 1 *',
      pace: { delay: '0s', concurrency: 4 },
      allow_loopback: true,
      feeds: [{ url: `${server.origin}/feed.tsv` }],
      // A chain of listing pages is as deep as the shop is large.
      scope: { max_depth: 1000 },
    })),
    get requests() {
      return servers.reduce((sum, server, at) => sum + server.hits.length - from[at]!, 0);
    },
    fetches: () => {
      const counts = new Map<string, number>();
      for (const url of fresh()) counts.set(url, (counts.get(url) ?? 0) + 1);
      return counts;
    },
    forget: () => {
      from = servers.map((server) => server.hits.length);
    },
    close: async () => {
      await Promise.all(servers.map((server) => server.close()));
    },
  };
}

/** Pictures that the tiny model is sure of, by category and shade. */
async function basePictures(): Promise<Buffer[]> {
  return Promise.all(
    Array.from({ length: 3 * SHADES }, (_, at) => {
      const grey = 20 + 10 * Math.floor(at / 3);
      const [r = 0, g = 0, b = 0] = [0, 1, 2].map((channel) => (channel === at % 3 ? 230 : grey));
      return sharp({ create: { width: 16, height: 16, channels: 3, background: { r, g, b } } })
        .png()
        .toBuffer();
    }),
  );
}

async function startShop(id: string, items: number, pictures: readonly Buffer[]): Promise<ShopServer> {
  const routes: Record<string, Route> = {
    '/robots.txt': { headers: { 'content-type': 'text/plain' }, body: 'User-agent: *\nDisallow: /closed/\n' },
  };
  const listings = Math.ceil(items / PER_LISTING);
  routes['/feed.tsv'] = {
    headers: { 'content-type': 'text/tab-separated-values', etag: '"feed"' },
    body: feedText(id, items),
  };
  for (let listing = 0; listing < listings; listing += 1) {
    routes[listing === 0 ? '/' : `/list/${listing}`] = { body: listingPage(listing, items, listings) };
  }
  for (let item = 1; item <= items; item += 1) {
    routes[itemPath(item)] =
      item % EVERY.gone === 0
        ? { status: 410 }
        : { body: itemPage(id, item, items), headers: validators(item) };
    if (item % EVERY.withoutPicture !== 0) {
      const isBroken = item % EVERY.withBrokenPicture === 0;
      routes[`/pictures/${item}.png`] = png(
        isBroken ? Buffer.from(`broken ${id} ${item}`) : padded(item, id),
      );
    }
  }
  for (const item of onlyListed(items)) routes[`/pictures/${item}.png`] = png(padded(item, id));
  for (let shared = 0; shared < SHARED_PICTURES; shared += 1) {
    routes[`/pictures/shared-${shared}.png`] = png(padded(shared, 'shared'));
  }
  return startShopServer(routes);

  /** Other bytes for each name, and few enough different predictions; decoders stop at the end of the picture. */
  function padded(number: number, name: string): Buffer {
    return Buffer.concat([pictures[number % pictures.length]!, Buffer.from(`${name} ${number}`)]);
  }
}

const png = (body: Buffer): Route => ({ headers: { 'content-type': 'image/png' }, body });
const validators = (item: number): Record<string, string> => (item % 2 === 0 ? { etag: `"${item}"` } : {});
const onlyListed = (items: number): number[] =>
  Array.from({ length: Math.ceil(items * LISTED) }, (_, at) => items + at + 1);

/** Items as their pages show them, and items without a page. */
function feedText(shop: string, items: number): string {
  const onPages = Array.from({ length: Math.ceil(items * LISTED) }, (_, at) => at + 1).filter(
    (item) => item % EVERY.gone !== 0 && item % EVERY.reduced !== 0 && item % EVERY.withoutPicture !== 0,
  );
  const rows = [...onPages, ...onlyListed(items)].map((item) =>
    [
      `${shop}-${item}`,
      `Item ${item} of ${shop}`,
      itemPath(item),
      `${((1000 + 37 * item) / 100).toFixed(2)} EUR`,
      item % EVERY.soldOut === 0 ? 'out of stock' : 'in stock',
      `/pictures/${item}.png`,
      `Brand ${item % 12}`,
    ].join('\t'),
  );
  return ['id\ttitle\tlink\tprice\tavailability\timage_link\tbrand', ...rows].join('\n');
}

const itemPath = (item: number): string => `/items/${item}`;

function listingPage(listing: number, items: number, listings: number): string {
  const first = listing * PER_LISTING + 1;
  const last = Math.min(items, first + PER_LISTING - 1);
  const links = [];
  for (let item = first; item <= last; item += 1) {
    links.push(`<li><a href="${itemPath(item)}">Item ${item}</a></li>`);
    if (item % EVERY.closed === 0) links.push(`<li><a href="/closed/${item}">Preview ${item}</a></li>`);
  }
  const next = listing + 1 < listings ? `<a rel="next" href="/list/${listing + 1}">Next</a>` : '';
  return page(`Page ${listing + 1}`, `<h1>Page ${listing + 1}</h1><ul>${links.join('')}</ul>${next}`);
}

function itemPage(shop: string, item: number, items: number): string {
  const price = ((1000 + 37 * item) / 100).toFixed(2);
  const title = `Item ${item} of ${shop}`;
  const data = {
    '@context': 'https://schema.org',
    '@type': 'Product',
    name: title,
    sku: `${shop}-${item}`,
    brand: { '@type': 'Brand', name: `Brand ${item % 12}` },
    image: [`/pictures/${item}.png`, `/pictures/shared-${item % SHARED_PICTURES}.png`],
    offers: {
      '@type': 'Offer',
      price,
      priceCurrency: 'EUR',
      availability: `https://schema.org/${item % EVERY.soldOut === 0 ? 'OutOfStock' : 'InStock'}`,
    },
  };
  const reduced = item % EVERY.reduced === 0 ? `<del>EUR ${(Number(price) * 1.5).toFixed(2)}</del> ` : '';
  const related = [item + 1, item + 7].filter((other) => other <= items);
  return page(
    title,
    `<script type="application/ld+json">${JSON.stringify(data)}</script>
     <h1>${title}</h1><p>${reduced}EUR ${price}</p><button>Add to cart</button>
     <ul>${related.map((other) => `<li><a href="${itemPath(other)}">Item ${other}</a></li>`).join('')}</ul>`,
  );
}

function page(title: string, body: string): string {
  return `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>${title}</title></head><body>${body}</body></html>`;
}
