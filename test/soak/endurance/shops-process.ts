/**
 * The shops of an endurance run, a process of their own: pages of 100 to 200 kB that change as shops' pages do, photos
 * that are taken anew, a feed with new prices at each reading, and beside them a shop that does everything wrong.
 * Nothing is remembered but numbers, so that these processes stay as small as the daemon has to.
 */
import '../../../src/platform/no-telemetry.js';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GARMENT_KINDS } from '../../../src/garments/spec.js';
import { garmentSpec, renderGarment } from '../../../src/garments/render.js';
import { shopText } from '../../bench/crawl/page-text.js';
import type { ShopText } from '../../bench/crawl/page-text.js';
import { startMisbehavingShop } from '../../support/misbehaving-shop.js';

/** What the process is told once. */
export interface ShopsWanted {
  readonly shops: number;
  /** Of each shop, on pages; a tenth as many more are in its feed alone. */
  readonly items: number;
}

/** What it answers, and from then on every second how much it has answered. */
export interface OpenShops {
  readonly origins: readonly string[];
  readonly hostile: { readonly hosts: readonly string[]; readonly start: readonly string[] };
}
export interface ShopsCount {
  readonly pages: number;
  readonly pictures: number;
}

interface Item {
  price: number;
  photo: number;
  visits: number;
}

interface Shop {
  readonly number: number;
  readonly text: ShopText;
  readonly items: readonly Item[];
  feedReadings: number;
}

/** A photo is taken anew so seldom, in visits: new pictures come all the time, and never pile up. */
const VISITS_A_PHOTO = 40;
const PHOTO_KINDS = 24;
const PHOTO_SIZE = { width: 320, height: 400 };
const TOLD_EVERY_MS = 1000;
const RAISE = 100;

const count = { pages: 0, pictures: 0 };

process.once('message', (wanted: ShopsWanted) => void open(wanted).then((shops) => process.send?.(shops)));
process.on('disconnect', () => process.exit());

async function open({ shops, items }: ShopsWanted): Promise<OpenShops> {
  const photos = await Promise.all(
    Array.from({ length: PHOTO_KINDS }, (_, at) =>
      renderGarment(garmentSpec(GARMENT_KINDS[at % GARMENT_KINDS.length]!, at, 'held-out'), PHOTO_SIZE),
    ),
  );
  const origins = await Promise.all(
    Array.from({ length: shops }, (_, number) => {
      const shop = {
        number,
        text: shopText(number),
        items: Array.from({ length: items }, (_, at) => ({ price: 2000 + 10 * at, photo: 0, visits: 0 })),
        feedReadings: 0,
      };
      return listen(createServer((request, response) => answer(shop, photos, request, response)));
    }),
  );
  const hostile = await startMisbehavingShop();
  setInterval(() => process.send?.({ ...count } satisfies ShopsCount), TOLD_EVERY_MS).unref();
  return { origins, hostile: { hosts: hostile.hosts, start: hostile.faults.map(({ url }) => url) } };
}

async function listen(server: Server): Promise<string> {
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function answer(
  shop: Shop,
  photos: readonly Buffer[],
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const [, folder = '', name = ''] = (request.url ?? '/').split('/');
  const number = Number.parseInt(name, 10);
  const item = shop.items[number - 1];
  if (folder === '') return page(shop, response, startPage(shop), '"start"', request);
  if (folder === 'items' && item !== undefined) return visit(shop, number, item, request, response);
  if (folder === 'photos') return photo(shop, photos, name, response);
  if (folder === 'feed.tsv') return feed(shop, response);
  response.writeHead(404).end();
}

/** Of ten visits two find another price, six find nothing new and know it, two get the same bytes again. */
function visit(
  shop: Shop,
  number: number,
  item: Item,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const turn = (item.visits + number * 3 + shop.number * 7) % 10;
  item.visits += 1;
  // Up and down again: a price that only rose would grow a digit sooner or later.
  if (item.visits > 1 && turn < 2) item.price += turn === 0 ? RAISE : -RAISE;
  if ((item.visits + number) % VISITS_A_PHOTO === 0) item.photo += 1;
  const tag = `"${item.price}-${item.photo}"`;
  page(shop, response, itemPage(shop, number, item), tag, turn < 8 ? request : null);
}

/** With `request`, 304 where it knows the tag. */
function page(
  { text }: Shop,
  response: ServerResponse,
  [title, head, main]: readonly [string, string, string],
  etag: string,
  request: IncomingMessage | null,
): void {
  count.pages += 1;
  if (request?.headers['if-none-match'] === etag) return void response.writeHead(304, { etag }).end();
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', etag });
  response.write(`<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>${title}</title>${head}`);
  response.write(text.head);
  response.write('</head><body>');
  response.write(text.top);
  response.write(`<main><h1>${title}</h1>${main}</main>`);
  response.end(text.bottom);
}

function startPage({ number, items }: Shop): [string, string, string] {
  const links = items.map((_, at) => `<li><a href="/items/${at + 1}">Item ${at + 1}</a></li>`);
  return [`Shop ${number}`, '', `<ul>${links.join('')}</ul>`];
}

function itemPage(shop: Shop, number: number, { price, photo }: Item): [string, string, string] {
  const title = `Item ${number} of shop ${shop.number}`;
  const data = {
    '@context': 'https://schema.org',
    '@type': 'Product',
    name: title,
    sku: skuOf(shop, number),
    brand: { '@type': 'Brand', name: `Brand ${number % 40}` },
    image: [photoPath(number, photo)],
    offers: {
      '@type': 'Offer',
      price: (price / 100).toFixed(2),
      priceCurrency: 'EUR',
      availability: `https://schema.org/${number % 7 === 0 ? 'OutOfStock' : 'InStock'}`,
    },
  };
  return [
    title,
    `<script type="application/ld+json">${JSON.stringify(data)}</script>`,
    `<p class="price">EUR ${(price / 100).toFixed(2)}</p><button>Add to cart</button>`,
  ];
}

const skuOf = (shop: Shop, number: number): string => `E${shop.number}-${number}`;
const photoPath = (number: number, photo: number): string => `/photos/${number}-${photo}.jpg`;

/** Other bytes for each name: decoders stop at the end of the picture, and the file is another one. */
function photo(shop: Shop, photos: readonly Buffer[], name: string, response: ServerResponse): void {
  count.pictures += 1;
  const [number = 0, version = 0] = name.split('-').map((part) => Number.parseInt(part, 10) || 0);
  response.writeHead(200, { 'content-type': 'image/jpeg' });
  response.write(photos[(number + version) % photos.length]!);
  response.end(`${shop.number} ${name}`);
}

function feed(shop: Shop, response: ServerResponse): void {
  shop.feedReadings += 1;
  const rows = Array.from({ length: Math.ceil(shop.items.length / 10) }, (_, at) => {
    const number = shop.items.length + at + 1;
    const cents = 3000 + 7 * at + (shop.feedReadings % 5) * RAISE;
    return [
      skuOf(shop, number),
      `Item ${number} of shop ${shop.number}`,
      `/items/${number}`,
      `${(cents / 100).toFixed(2)} EUR`,
      'in stock',
      photoPath(number, 0),
      `Brand ${number % 40}`,
    ].join('\t');
  });
  response.writeHead(200, { 'content-type': 'text/tab-separated-values' });
  response.end(['id\ttitle\tlink\tprice\tavailability\timage_link\tbrand', ...rows].join('\n'));
}
