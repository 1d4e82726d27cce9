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

/** From then on nothing changes any more. It is answered once, when every page and every feed was asked for twice since. */
export type Hold = 'hold';
export interface ShopsPrices {
  readonly prices: Prices;
}
/** In cents, by the item's page. */
export type Prices = Readonly<Record<string, number>>;

interface Item {
  price: number;
  photo: number;
  visits: number;
}

interface Shop {
  readonly number: number;
  readonly origin: string;
  readonly text: ShopText;
  readonly items: readonly Item[];
  feedReadings: number;
  /** What a price in the feed is raised by. */
  raised: number;
}

/** A photo is taken anew so seldom, in visits: new pictures come all the time, and never pile up. */
const VISITS_A_PHOTO = 40;
/** Shades of one garment: they are shown by one photo. */
const ITEMS_A_PHOTO = 6;
const PHOTO_KINDS = 24;
const PHOTO_SIZE = { width: 320, height: 400 };
const TOLD_EVERY_MS = 1000;
const RAISE = 100;

const count = { pages: 0, pictures: 0 };

const shops: Shop[] = [];
let isHeld = false;

process.on('message', (told: ShopsWanted | Hold) => {
  if (told === 'hold') hold();
  else void open(told).then((all) => process.send?.(all));
});
process.on('disconnect', () => process.exit());

async function open(wanted: ShopsWanted): Promise<OpenShops> {
  const photos = await Promise.all(
    Array.from({ length: PHOTO_KINDS }, (_, at) =>
      renderGarment(garmentSpec(GARMENT_KINDS[at % GARMENT_KINDS.length]!, at, 'held-out'), PHOTO_SIZE),
    ),
  );
  for (let number = 0; number < wanted.shops; number += 1) {
    const shop: Shop = {
      number,
      origin: await listen(createServer((request, response) => answer(shop, photos, request, response))),
      text: shopText(number),
      items: Array.from({ length: wanted.items }, (_, at) => ({
        price: 2000 + 10 * at,
        photo: 0,
        visits: 0,
      })),
      feedReadings: 0,
      raised: 0,
    };
    shops.push(shop);
  }
  const hostile = await startMisbehavingShop();
  setInterval(() => process.send?.({ ...count } satisfies ShopsCount), TOLD_EVERY_MS).unref();
  return {
    origins: shops.map(({ origin }) => origin),
    hostile: { hosts: hostile.hosts, start: hostile.faults.map(({ url }) => url) },
  };
}

function hold(): void {
  isHeld = true;
  for (const shop of shops) {
    shop.feedReadings = 0;
    for (const item of shop.items) item.visits = 0;
  }
  const looks = setInterval(() => {
    if (!shops.every((shop) => shop.feedReadings >= 2 && shop.items.every(({ visits }) => visits >= 2)))
      return;
    clearInterval(looks);
    process.send?.({ prices: Object.fromEntries(shops.flatMap(pricesOf)) } satisfies ShopsPrices);
  }, TOLD_EVERY_MS);
}

function pricesOf(shop: Shop): [string, number][] {
  const onPages = shop.items.map(({ price }) => price);
  return [...onPages, ...inFeed(shop)].map((price, at) => [`${shop.origin}/items/${at + 1}`, price]);
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
  if (!isHeld) {
    // Up and down again: a price that only rose would grow a digit sooner or later.
    if (item.visits > 1 && turn < 2) item.price += turn === 0 ? RAISE : -RAISE;
    if ((item.visits + number) % VISITS_A_PHOTO === 0) item.photo += 1;
  }
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
const photoPath = (number: number, photo: number): string =>
  `/photos/${Math.ceil(number / ITEMS_A_PHOTO)}-${photo}.jpg`;

/** Prices of the items that are in the feed alone. */
const inFeed = ({ items, raised }: Shop): number[] =>
  Array.from({ length: Math.ceil(items.length / 10) }, (_, at) => 3000 + 7 * at + raised);

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
  if (!isHeld) shop.raised = (shop.feedReadings % 5) * RAISE;
  const rows = inFeed(shop).map((cents, at) => {
    const number = shop.items.length + at + 1;
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
