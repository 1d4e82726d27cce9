/**
 * The serving side of the crawl benchmark, a process of its own: hosts with products that change between visits, and
 * a log of what each visit was given. Of ten revisits of an item two find it changed, six are answered 304, two
 * bring the same bytes again.
 */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { unreachable } from '../../../src/domain/errors.js';
import { productPage, productPath, shopText } from './page-text.js';
import type { ShopText } from './page-text.js';

/** What the shops are told. `first`: every visit gets the page; `others`: the same, unlogged; `revisit`: as above. */
export type ShopsCommand =
  | { readonly kind: 'open'; readonly hosts: number; readonly items: number }
  | { readonly kind: 'mode'; readonly mode: Mode }
  | { readonly kind: 'truth' };

export type ShopsAnswer =
  | { readonly kind: 'opened'; readonly origins: readonly string[] }
  | { readonly kind: 'mode' }
  | { readonly kind: 'truth'; readonly items: readonly ServedItem[] };

/** One item as its shop remembers it. */
export interface ServedItem {
  readonly url: string;
  /** Prices in cents, in the order in which visits saw them; each another than the one before. */
  readonly prices: readonly number[];
  /** Answers that were sent whole. */
  readonly pages: number;
  readonly notModified: number;
  /** Revisits that came without what would have let them be answered 304. */
  readonly unconditional: number;
}

type Mode = 'first' | 'others' | 'revisit';
type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

interface Item extends Mutable<Omit<ServedItem, 'prices'>> {
  readonly number: number;
  readonly prices: number[];
  visits: number;
}

interface Host {
  readonly number: number;
  readonly text: ShopText;
  readonly items: readonly Item[];
  readonly start: Buffer;
}

const RELATED = 12;
const RAISE = 100;

let mode: Mode = 'first';
const hosts: Host[] = [];

process.on('message', (command: ShopsCommand) => {
  void obey(command).then((answer) => process.send?.(answer));
});
process.on('disconnect', () => process.exit());

async function obey(command: ShopsCommand): Promise<ShopsAnswer> {
  switch (command.kind) {
    case 'open': {
      const origins: string[] = [];
      for (let host = 0; host < command.hosts; host += 1) origins.push(await open(host, command.items));
      return { kind: 'opened', origins };
    }
    case 'mode':
      mode = command.mode;
      return { kind: 'mode' };
    case 'truth':
      return { kind: 'truth', items: hosts.flatMap(({ items }) => items) };
    default:
      return unreachable(command);
  }
}

/** A host has an address of its own where the system has more than one for loopback, else only a port. */
async function open(number: number, count: number): Promise<string> {
  const server = createServer((request, response) => answer(host, request, response));
  // Kept connections outlast the pauses between a crawler's visits.
  server.keepAliveTimeout = 60_000;
  const listen = (address: string): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once('error', reject).listen(0, address, resolve);
    });
  await listen(`127.1.${Math.floor(number / 200)}.${1 + (number % 200)}`).catch(() => listen('127.0.0.1'));
  const { address, port } = server.address() as AddressInfo;
  const origin = `http://${address}:${port}`;
  const items = Array.from({ length: count }, (_, at) => ({
    url: origin + productPath(at + 1),
    number: at + 1,
    prices: [2000 + 10 * (at % 500)],
    visits: 0,
    pages: 0,
    notModified: 0,
    unconditional: 0,
  }));
  const links = items.map((item) => `<li><a href="${productPath(item.number)}">Item ${item.number}</a></li>`);
  const start = Buffer.from(`<!DOCTYPE html><title>Shop</title><h1>Shop</h1><ul>${links.join('')}</ul>`);
  const host: Host = { number, text: shopText(number), items, start };
  hosts.push(host);
  return origin;
}

function answer(host: Host, request: IncomingMessage, response: ServerResponse): void {
  const path = request.url ?? '/';
  const item = path.startsWith('/products/') ? host.items[Number(path.slice(10)) - 1] : undefined;
  if (item !== undefined) return visit(host, item, request, response);
  if (path !== '/') return void response.writeHead(404).end();
  if (request.headers['if-none-match'] === '"start"') return void response.writeHead(304).end();
  return send(response, host.start, '"start"');
}

function visit(host: Host, item: Item, request: IncomingMessage, response: ServerResponse): void {
  if (mode === 'others') return send(response, productPage(host.text, factsOf(host, item)), null);
  const wish = mode === 'first' ? 'same' : wishOf(host, item);
  if (wish === 'changed') item.prices.push(priceOf(item) + RAISE);
  const tag = `"${item.prices.length}"`;
  const knows = request.headers['if-none-match'] === tag;
  if (mode === 'revisit' && wish !== 'changed' && !knows) item.unconditional += 1;
  item.visits += 1;
  if (wish === 'not-modified' && knows) {
    response.once('finish', () => (item.notModified += 1));
    return void response.writeHead(304, { etag: tag }).end();
  }
  response.once('finish', () => (item.pages += 1));
  return send(response, productPage(host.text, factsOf(host, item)), tag);
}

function wishOf(host: Host, item: Item): 'changed' | 'not-modified' | 'same' {
  // Every item meets the ten cases in turn, beginning with another.
  const turn = (item.visits + item.number * 3 + host.number * 7) % 10;
  return turn < 2 ? 'changed' : turn < 8 ? 'not-modified' : 'same';
}

function factsOf(host: Host, item: Item): Parameters<typeof productPage>[1] {
  const related = Array.from({ length: Math.min(RELATED, host.items.length - 1) }, (_, at) => {
    const other = host.items[(item.number + at) % host.items.length]!;
    // What a page shows of others does not follow their prices: it would change with every one of them.
    return { item: other.number, price: other.prices[0]! };
  });
  return { host: host.number, item: item.number, price: priceOf(item), related };
}

const priceOf = (item: Item): number => item.prices.at(-1)!;

function send(response: ServerResponse, body: Buffer, etag: string | null): void {
  response.writeHead(200, {
    'content-type': 'text/html; charset=utf-8',
    'content-length': body.byteLength,
    ...(etag === null ? {} : { etag }),
  });
  response.end(body);
}
