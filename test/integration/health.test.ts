/**
 * Shops that break between two runs, each in its own way while most answers stay 200: each turns the right colour,
 * in the right words, and one that only varies as shops do stays green.
 */
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { logLines, loopbackShop, rowsOf, writeWorkplace } from '../support/cli.js';
import type { CliResult } from '../support/cli.js';
import { fashiondHere } from '../support/command-here.js';
import { startShopServer } from '../support/shop-server.js';
import type { Route, ShopServer } from '../support/shop-server.js';
import { pathOf, productPage, smallItems, smallShopRoutes } from '../support/small-shop.js';
import type { SmallItem } from '../support/small-shop.js';
import { writeTinyModel } from '../support/tiny-model.js';

const TIMEOUT_MS = 600_000;
const COUNT = 20;
const ITEMS = smallItems(COUNT + 1);
/** What is for sale on the first day; the last item comes later. */
const FIRST = ITEMS.slice(0, COUNT);

/** A picture of nothing that the tiny model knows. */
async function greyPicture({ number }: SmallItem): Promise<Route> {
  const grey = 100 + number;
  const background = { r: grey, g: grey, b: grey };
  const body = await sharp({ create: { width: 64, height: 64, channels: 3, background } })
    .png()
    .toBuffer();
  return { headers: { 'content-type': 'image/png' }, body };
}

const eachPage = (
  page: (item: SmallItem) => Route,
  items: readonly SmallItem[] = FIRST,
): Record<string, Route> => Object.fromEntries(items.map((item) => [pathOf(item), page(item)]));

/** What becomes of each shop after its first run. */
const BREAKS: Readonly<Record<string, (server: ShopServer) => Promise<void> | void>> = {
  'no-prices': (server) =>
    server.route(eachPage((item) => ({ body: productPage(item, { showsPrice: false }) }))),
  relaunched: (server) =>
    server.route(
      eachPage(() => ({
        body: '<!DOCTYPE html><title>Shop</title><div id="app"></div><script src="/a.js"></script>',
      })),
    ),
  halved: (server) => server.route(eachPage(() => ({ status: 404 }), FIRST.slice(COUNT / 2))),
  forbidden: (server) =>
    server.route({
      '/robots.txt': { headers: { 'content-type': 'text/plain' }, body: 'User-agent: *\nDisallow: /\n' },
    }),
  down: (server) =>
    server.route({
      ...eachPage(() => ({ status: 503 })),
      '/': { status: 503 },
      '/robots.txt': { status: 503 },
    }),
  unheard: async (server) => {
    const path = (item: SmallItem): string => `/pictures/new-${item.number}.png`;
    const pictures = FIRST.map(async (item) => [path(item), await greyPicture(item)] as const);
    server.route(Object.fromEntries(await Promise.all(pictures)));
    server.route(eachPage((item) => ({ body: productPage(item, { picturePath: path(item) }) })));
  },
  /** A new item, one that is gone, one without a price, one that fails once, and prices that moved. */
  ordinary: async (server) => {
    const moved = FIRST.map((item) => ({ ...item, price: item.price + 100 * (item.number % 3) }));
    server.route(await smallShopRoutes([...moved, ITEMS[COUNT]!]));
    server.route({
      [pathOf(FIRST[1]!)]: { status: 404 },
      [pathOf(FIRST[2]!)]: { body: productPage(FIRST[2]!, { showsPrice: false }) },
    });
    let asked = 0;
    server.route({
      [pathOf(FIRST[3]!)]: () => ((asked += 1) === 1 ? { status: 503 } : { body: productPage(FIRST[3]!) }),
    });
  },
};

interface Problem {
  readonly code: string;
  readonly level: string;
  readonly what: string;
  readonly since: string;
}
interface Status {
  readonly shops: readonly {
    readonly shop: string;
    readonly health: { readonly level: string; readonly run: string; readonly problems: readonly Problem[] };
  }[];
}

describe('shops that break between two runs', () => {
  const servers = new Map<string, ShopServer>();
  let place: ReturnType<typeof writeWorkplace>;
  let second: CliResult;
  const before = new Map<string, string>();
  const status = async (...flags: string[]): Promise<CliResult> =>
    fashiondHere('status', ...flags, '--config', place.config);
  const levels = async (): Promise<Map<string, string>> => {
    const { shops } = JSON.parse((await status('--json')).stdout) as Status;
    return new Map(shops.map(({ shop, health }) => [shop, health.level]));
  };
  const problemsOf = (shop: string): string =>
    rowsOf<{ problems: string }>(place.db, `SELECT problems FROM v_shop_health WHERE shop = '${shop}'`)[0]!
      .problems;
  const runsOf = (shop: string) =>
    rowsOf<{ started_at: string; health: string }>(
      place.db,
      `SELECT started_at, health FROM v_runs WHERE shop = '${shop}' ORDER BY run`,
    );

  beforeAll(async () => {
    for (const name of Object.keys(BREAKS)) {
      servers.set(name, await startShopServer(await smallShopRoutes(FIRST)));
    }
    const shops = [...servers].map(([name, server]) => loopbackShop(name, server.origin));
    place = writeWorkplace(shops, {
      model: { path: await writeTinyModel() },
      fetch: { backoff: '10ms', max_backoff: '50ms', attempts: 2, robots_ttl: '1ms' },
    });
    await fashiondHere('crawl', '--once', '--all', '--config', place.config);
    for (const [shop, level] of await levels()) before.set(shop, level);
    for (const [name, change] of Object.entries(BREAKS)) await change(servers.get(name)!);
    second = await fashiondHere('crawl', '--once', '--all', '--config', place.config);
  }, TIMEOUT_MS);
  afterAll(() => Promise.all([...servers.values()].map((server) => server.close())));

  it('are green before', () => {
    expect(Object.fromEntries(before)).toEqual(
      Object.fromEntries(Object.keys(BREAKS).map((name) => [name, 'green'])),
    );
  });

  it('turn red, all but the one that varies as shops do', { timeout: TIMEOUT_MS }, async () => {
    const { ordinary, ...broken } = Object.fromEntries(await levels());
    expect(ordinary).toBe('green');
    const { ordinary: _, ...names } = BREAKS;
    expect(broken).toEqual(Object.fromEntries(Object.keys(names).map((name) => [name, 'red'])));
    expect(problemsOf('ordinary')).toBeNull();
  });

  it.each([
    ['no-prices', `price: found on 0 % of ${COUNT} product pages, usually 100 %`],
    ['relaunched', `${COUNT} of ${COUNT} product pages no longer read as products, usually 0 %`],
    ['relaunched', `price: found on 0 % of ${COUNT} product pages, usually 100 %`],
    ['relaunched', 'no item is on sale'],
    ['halved', `items: ${COUNT / 2} on sale, usually ${COUNT}`],
    ['forbidden', 'the run failed: no page could be visited'],
    ['forbidden', `robots.txt forbids ${COUNT + 1} of ${COUNT + 1} pages, usually 0 %`],
    ['down', 'the run failed: 20 failed requests in a row, the last: throttled (503)'],
    ['unheard', `unknown category: 100 % of ${COUNT} decided items, usually 0 %`],
  ])('%s: %s', (shop, words) => {
    const [, run] = runsOf(shop);
    expect(problemsOf(shop)).toContain(`${words} (since the run of ${run?.started_at})`);
  });

  it('name nothing that is as it was', () => {
    expect(problemsOf('no-prices')).not.toMatch(/title|brand|sku|pictures|breadcrumbs|errors|items/);
    expect(problemsOf('halved')).not.toMatch(/price|errors|robots/);
    expect(problemsOf('down')).toMatch(/errors: (\d+) of \1 visits \(throttled \1\), usually 0 %/);
    expect(problemsOf('unheard')).not.toMatch(/price|errors|items:/);
  });

  it('are told of where people and machines look', { timeout: TIMEOUT_MS }, async () => {
    const screen = await status();
    const check = await status('--check');
    expect(screen.code).toBe(0);
    expect(screen.stdout).toMatch(/│ no-prices\s+│.*│ red\s+│/);
    expect(screen.stdout).toMatch(
      /^no-prices is red: price: found on 0 % of 20 product pages, usually 100 % \(since/m,
    );
    expect(check.code).toBe(1);
    expect(check.stderr).toContain(
      '6 shops are red: down, forbidden, halved, no-prices, relaunched, unheard',
    );
    expect(check.stdout).toBe(screen.stdout);
    const told = logLines(second.stdout).filter(({ event }) => event === 'run.unhealthy');
    expect(told).toContainEqual(
      expect.objectContaining({
        shop: 'no-prices',
        health: 'red',
        problems: expect.arrayContaining([`price: found on 0 % of ${COUNT} product pages, usually 100 %`]),
      }),
    );
    const share = rowsOf(
      place.db,
      `SELECT field, share FROM v_run_fields WHERE shop = 'no-prices' AND field IN ('price', 'sku') ORDER BY run, field`,
    );
    expect(share).toEqual([
      { field: 'price', share: 1 },
      { field: 'sku', share: 1 },
      { field: 'price', share: 0 },
      { field: 'sku', share: 1 },
    ]);
  });

  it('stay red since the same run, until they are mended', { timeout: TIMEOUT_MS }, async () => {
    const [, first] = runsOf('no-prices');
    const crawl = () =>
      fashiondHere('crawl', '--once', '--all', '--shop', 'no-prices', '--config', place.config);
    await crawl();
    expect(runsOf('no-prices').at(-1)?.health).toBe('red');
    expect(problemsOf('no-prices')).toContain(`usually 100 % (since the run of ${first?.started_at})`);
    servers.get('no-prices')!.route(await smallShopRoutes(FIRST));
    await crawl();
    expect(runsOf('no-prices').map(({ health }) => health)).toEqual(['green', 'red', 'red', 'green']);
  });
});
