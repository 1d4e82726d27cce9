/** What the pages say and where their links lead, over a catalogue of a few rows. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyRequest } from 'fastify';
import { describe, expect, it } from 'vitest';
import type { ApiParts } from '../../../src/api/parts.js';
import { loadAssets } from '../../../src/api/web/assets.js';
import { cataloguePage } from '../../../src/api/web/catalogue-page.js';
import { crawlPage } from '../../../src/api/web/crawl-page.js';
import { lookalikeCard } from '../../../src/api/web/item-card.js';
import { viewOf } from '../../../src/api/web/view.js';
import type { Language } from '../../../src/api/web/words.js';
import { packageRoot } from '../../../src/config/assets.js';
import type {
  BrowsedItem,
  BrowseStore,
  CatalogueStats,
  Facets,
  ItemFilter,
  RunState,
} from '../../../src/domain/browse.js';
import type { RunId, ShopId } from '../../../src/domain/ids.js';
import type { Lookalike } from '../../../src/domain/serving.js';

const SHOP = 'kumo' as ShopId;
const FACETS: Facets = {
  categories: [{ category: null, items: 7 }],
  currencies: ['USD', 'JPY'],
  brands: [],
  shops: [
    { shop: SHOP, name: 'Kumo & Sons' },
    { shop: 'moda' as ShopId, name: 'Moda' },
  ],
};
const CARD = {
  id: 1,
  shop: SHOP,
  title: 'A coat',
  brand: null,
  category: null,
  price: null,
  listPrice: null,
  availability: 'in-stock',
  picture: null,
  vanishedAt: null,
} as unknown as BrowsedItem;
const STATS = {
  items: 1,
  picturesWanted: 0,
  picturesWaiting: 0,
  textsWaiting: 0,
  labels: 0,
} as unknown as CatalogueStats;
const RUN = { run: 1 as RunId, shop: SHOP, startedAt: '2026-01-01T00:00:00Z', endedAt: null } as RunState;

/** What the page was asked for is in `filters`. */
function opened(language: Language) {
  const filters: ItemFilter[] = [];
  const reads = {
    list: async (filter: ItemFilter) => {
      filters.push(filter);
      return { rows: [CARD], next: { value: 1, id: 1 } };
    },
  };
  const browse = {
    runs: () => ({ rows: [{ ...RUN, status: 'finished', health: 'green' }], next: null }),
    findings: () => [],
    shopName: (shop: ShopId) => FACETS.shops.find((one) => one.shop === shop)?.name ?? null,
  } as unknown as BrowseStore;
  const request = { headers: { 'accept-language': language }, caller: null, url: '/' };
  const view = viewOf(request as unknown as FastifyRequest, {
    categories: [],
    hasTokens: false,
    assets: { css: '/page.css', js: '/page.js' },
    shopName: (shop) => browse.shopName(shop),
  });
  return { parts: { browse, reads, categories: [] } as unknown as ApiParts, view, filters };
}

type Asked = Parameters<typeof cataloguePage>[3];
async function catalogue(asked: Asked, language: Language = 'en', facets: Facets = FACETS) {
  const { parts, view, filters } = opened(language);
  const text = await cataloguePage(parts, facets, view, asked);
  const plain = (markup: string): string =>
    markup
      .replace(/<span aria-hidden="true">[^<]*<\/span\s*>/g, '')
      .replace(/<[^>]*>/g, '')
      .replace(/\s+/g, ' ')
      .replaceAll('&amp;', '&')
      .trim();
  const chips = [...text.matchAll(/<a class="chip" href="([^"]*)"\s*>([\s\S]*?)<\/a/g)].map(
    ([, href = '', name = '']) => [plain(name), href.replaceAll('&amp;', '&')],
  );
  return { text: plain(text), markup: text, chips, filters };
}

describe('the filters that are chosen', () => {
  it('are those that were asked for: a currency that was found for a price is none of them', async () => {
    const { chips, filters, markup } = await catalogue({ maxPrice: 6000 });
    expect(filters[0]).toMatchObject({ currency: 'USD', maxPrice: 600_000 });
    expect(chips).toEqual([['At most: 6000 Remove this filter', '/?']]);
    // Nor is it one on the next page.
    expect(/href="(\/\?[^"]*after=[^"]*)"/.exec(markup)?.[1]).not.toContain('currency');
  });

  it('give up prices and their order with the currency that they are in, and nothing else', async () => {
    const asked = { q: 'coat', currency: 'JPY', minPrice: 10, maxPrice: 6000, order: 'cheapest' } as const;
    expect(Object.fromEntries((await catalogue(asked)).chips)).toEqual({
      'Words: coat Remove this filter': '/?currency=JPY&minPrice=10&maxPrice=6000&order=cheapest',
      'Currency: JPY Remove this filter': '/?q=coat',
      'Price from: 10 Remove this filter': '/?q=coat&currency=JPY&maxPrice=6000&order=cheapest',
      'At most: 6000 Remove this filter': '/?q=coat&currency=JPY&minPrice=10&order=cheapest',
    });
  });

  it('say in both languages that one of them is removed, and call a shop by its name', async () => {
    const asked = { shop: SHOP, inStock: true };
    expect((await catalogue(asked)).chips).toEqual([
      ['Shop: Kumo & Sons Remove this filter', '/?inStock=true'],
      ['In stock only Remove this filter', `/?shop=${SHOP}`],
    ]);
    expect((await catalogue(asked, 'ja')).chips.map(([name]) => name)).toEqual([
      'ショップ: Kumo & Sons この条件を外す',
      '在庫ありのみ この条件を外す',
    ]);
  });
});

it('counts one item and one shop in the singular', async () => {
  const one = { ...FACETS, categories: [{ category: null, items: 1 }], shops: FACETS.shops.slice(0, 1) };
  expect((await catalogue({})).text).toContain('7 items on sale in 2 shops');
  expect((await catalogue({}, 'en', one)).text).toContain('1 item on sale in 1 shop ');
  expect((await catalogue({}, 'ja', one)).text).toContain('1 点を販売中 ・ 1 ショップ');
});

it('calls shops by their names on cards and in the table of runs', async () => {
  const { markup } = await catalogue({});
  expect(markup).toContain('<span class="chip plain">Kumo &amp; Sons</span>');
  expect(markup).toContain('<p class="maker">Kumo &amp; Sons</p>');
  const { parts, view } = opened('en');
  expect(crawlPage(parts, { shops: [], stats: STATS }, view)).toContain(
    '<th scope="row">Kumo &amp; Sons</th>',
  );
  // One that the store does not know is still told from others.
  expect(view.shopName('lost' as ShopId)).toBe('lost');
});

it.each([
  ['en', ['Somewhat alike', 'Alike', 'Very alike', 'Nearly the same']],
  ['ja', ['やや似ている', '似ている', 'とてもよく似ている', 'ほぼ同じ']],
] as const)('says in words how like a lookalike is, with its parts as bars: %s', (language, words) => {
  const { view } = opened(language);
  const parts = { colour: 0.9, shape: 0.8, pattern: 0.7, features: 0.6 };
  const said = [0.1, 0.15, 0.2, 0.4].map((score) => {
    const found = { item: {}, score, parts, explanation: '' } as unknown as Lookalike;
    const card = lookalikeCard(view, CARD, found, null).text;
    expect(card.match(/class="bar"/g)).toHaveLength(4);
    return /<strong>([^<]*)<\/strong>/.exec(card)?.[1];
  });
  expect(said).toEqual(words);
});

it('sends every style sheet, each as it lies there, and what narrows the page after all that it narrows', async () => {
  const folder = join(packageRoot, 'src', 'api', 'assets');
  const names = readdirSync(folder).filter((name) => name.endsWith('.css'));
  const { all, css } = await loadAssets();
  const sent = all.find(({ path }) => path === css)!.bytes.toString();
  const sheets = names.map((name) => readFileSync(join(folder, name), 'utf8'));
  expect(sheets.length).toBeGreaterThan(1);
  for (const sheet of sheets) {
    expect(sent).toContain(sheet);
    expect(sheet.split('\n').length).toBeLessThanOrEqual(300);
  }
  expect(sent).toHaveLength(sheets.join('').length);
  expect(sent.endsWith(readFileSync(join(folder, 'screens.css'), 'utf8'))).toBe(true);
});
