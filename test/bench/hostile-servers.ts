/** The shops of the hostile-shop benchmark, in a process of their own: what they cost is not the crawler's. */
import { startMisbehavingShop } from '../support/misbehaving-shop.js';
import { startRawServer } from '../support/raw-server.js';
import { startShopServer } from '../support/shop-server.js';
import type { Route } from '../support/shop-server.js';
import { smallItems, smallShopRoutes } from '../support/small-shop.js';

export interface HostileServers {
  /** Hosts of the good shops, and how many pages each has. */
  readonly good: readonly string[];
  readonly pages: number;
  /** Of the hostile one: its hosts, the pages to start from, and the authorities of its certificates. */
  readonly hosts: readonly string[];
  readonly start: readonly string[];
  readonly authorities: string;
}

const GOOD_SHOPS = 3;
const ITEMS = 100;
/** A good shop takes its time, as shops do: what a crawl loses then, it loses by waiting. */
const ANSWER_MS = 100;
/** Markup around what is read, so that pages have the size of real ones. */
const FILLER = `<!-- ${'filler '.repeat(7000)} -->`;

function slow(route: Route): Route {
  return async (request, response) => {
    await new Promise((resolve) => {
      setTimeout(resolve, ANSWER_MS);
    });
    const reply = typeof route === 'function' ? await route(request, response) : route;
    return reply === null ? null : { ...reply, body: `${String(reply.body)}${FILLER}` };
  };
}

const routes = Object.entries(await smallShopRoutes(smallItems(ITEMS), 'http://pictures.example'));
const slowed = Object.fromEntries(routes.map(([path, route]) => [path, slow(route)]));
const good = await Promise.all(Array.from({ length: GOOD_SHOPS }, () => startShopServer(slowed)));
const bad = await startMisbehavingShop();
const links = Array.from({ length: 200 }, (_, i) => `<a href="/hang/${i}">${i}</a>`).join('');
const head = `HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: ${links.length}\r\n\r\n`;
const hanging = await startRawServer((socket, { path }) => {
  if (path === '/') socket.write(head + links);
});
const servers: HostileServers = {
  good: good.map(({ host }) => host),
  pages: ITEMS + 1,
  hosts: [hanging.host, ...bad.hosts],
  start: [`${hanging.origin}/`, ...bad.faults.map(({ url }) => url)],
  authorities: bad.authorities,
};
process.send?.(servers);
process.on('disconnect', () => process.exit());
