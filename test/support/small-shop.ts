/** A shop of a few items with plain pages, for crawls whose every product, price and picture a test knows. */
import sharp from 'sharp';
import type { Route } from './shop-server.js';

export interface SmallItem {
  readonly number: number;
  readonly title: string;
  /** In cents. */
  readonly price: number;
  readonly category: 'sweater' | 'beanie' | 'shorts';
}

/** What the tiny model takes for each of its categories: red, green and blue. */
const CHANNELS = { sweater: 'r', beanie: 'g', shorts: 'b' } as const;
const CATEGORIES = ['sweater', 'beanie', 'shorts'] as const;

export function smallItems(count: number): SmallItem[] {
  return Array.from({ length: count }, (_, index) => ({
    number: index + 1,
    title: `Item ${index + 1} of this shop`,
    price: 2000 + 137 * index,
    category: CATEGORIES[index % 3]!,
  }));
}

export const pathOf = (item: SmallItem): string => `/products/${item.number}`;
export const picturePathOf = (item: SmallItem): string => `/pictures/${item.number}.png`;

/** The start page with a link to every item, the items' pages and, where no other host has them, their pictures. */
export async function smallShopRoutes(
  items: readonly SmallItem[],
  pictureOrigin?: string,
): Promise<Record<string, Route>> {
  const links = items.map((item) => `<li><a href="${pathOf(item)}">${item.title}</a></li>`).join('');
  const routes: Record<string, Route> = {
    '/': { body: page('All items', `<h1>All items</h1><ul>${links}</ul>`) },
  };
  for (const item of items) {
    routes[pathOf(item)] = { body: productPage(item, { pictureOrigin: pictureOrigin ?? '' }) };
  }
  return pictureOrigin === undefined ? { ...routes, ...(await pictureRoutes(items)) } : routes;
}

export async function pictureRoutes(items: readonly SmallItem[]): Promise<Record<string, Route>> {
  const headers = { 'content-type': 'image/png' };
  const routes = items.map(async (item) => [picturePathOf(item), { headers, body: await picture(item) }]);
  return Object.fromEntries(await Promise.all(routes)) as Record<string, Route>;
}

/** A picture that the tiny model is sure of; no two items have the same. */
export function picture(item: SmallItem): Promise<Buffer> {
  const background = {
    r: 20 + item.number,
    g: 20 + item.number,
    b: 20 + item.number,
    [CHANNELS[item.category]]: 230,
  };
  return sharp({ create: { width: 64, height: 64, channels: 3, background } })
    .png()
    .toBuffer();
}

export interface PageDiffers {
  readonly pictureOrigin?: string;
  readonly picturePath?: string;
  /** False: neither markup nor text say a price. */
  readonly showsPrice?: boolean;
}

export function productPage(item: SmallItem, differs: PageDiffers = {}): string {
  const { pictureOrigin = '', picturePath = picturePathOf(item), showsPrice = true } = differs;
  const price = (item.price / 100).toFixed(2);
  const data = {
    '@context': 'https://schema.org',
    '@type': 'Product',
    name: item.title,
    sku: `S${item.number}`,
    image: pictureOrigin + picturePath,
    offers: {
      '@type': 'Offer',
      ...(showsPrice ? { price, priceCurrency: 'EUR' } : {}),
      availability: 'https://schema.org/InStock',
    },
  };
  return page(
    item.title,
    `<script type="application/ld+json">${JSON.stringify(data)}</script>
     <h1>${item.title}</h1><p>${showsPrice ? `EUR ${price}` : ''}</p><button>Add to cart</button>`,
  );
}

function page(title: string, body: string): string {
  return `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>${title}</title></head><body>${body}</body></html>`;
}
