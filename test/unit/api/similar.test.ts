/** What may be asked of lookalikes over the API and on the page: what search is asked then, and what is refused. */
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { similarQuery } from '../../../src/api/item-query.js';
import type { ApiParts } from '../../../src/api/parts.js';
import type { CliContext } from '../../../src/cli/context.js';
import { registerSimilar } from '../../../src/cli/commands/similar.js';
import type { SimilarFilter } from '../../../src/domain/similar.js';
import { classified, workbench } from '../store/builders.js';
import { far, showItems } from '../store/pictured-items.js';
import { serveStore } from './served-store.js';

const bench = workbench();

/** An item of 49.90 dollars, and pictures that show a sweater, or something that is not sure; filters land in `asked`. */
async function served({ isSure = true } = {}) {
  const asked: SimilarFilter[] = [];
  const keep = async (filter: SimilarFilter) => {
    asked.push(filter);
    return [];
  };
  const facets = { categories: [], currencies: ['USD', 'JPY'], brands: [] };
  const shops = [{ shop: 'moda', name: 'Moda & Sons' }];
  const more = {
    reads: { facets: async () => ({ ...facets, shops }), shops: async () => [] },
    lookalikes: {
      ofItem: (_id: unknown, filter: SimilarFilter) => keep(filter),
      ofPicture: (_vectors: unknown, _model: unknown, filter: SimilarFilter) => keep(filter),
    },
    classifier: { query: async () => classified({ sweater: isSure ? 0.97 : 0.6, beanie: 0.03 }) },
  } as unknown as Partial<ApiParts>;
  const url = await serveStore(showItems(bench.open(), [{ sweater: 0.97, phash: far(0) }]), more);
  const picture = { method: 'POST', headers: { 'content-type': 'image/png' }, body: 'a picture' };
  return {
    asked,
    ofItem: (query: string) => fetch(`${url}/v1/items/1/similar?${query}`),
    ofPicture: (query: string) => fetch(`${url}/v1/similar?${query}`, picture),
    onPage: (fields: Readonly<Record<string, string>>) => {
      const body = new FormData();
      body.set('picture', new Blob(['a picture']), 'a.png');
      for (const [name, value] of Object.entries(fields)) body.set(name, value);
      return fetch(`${url}/search`, { method: 'POST', body });
    },
  };
}

const EVERY = new URLSearchParams({
  category: 'Beanies',
  inStock: 'true',
  shop: 'moda',
  brand: 'Nordlys',
  colour: 'light grey',
  minPrice: '20.5',
  maxPrice: '60',
  currency: 'EUR',
  minScore: '0.3',
  limit: '7',
}).toString();
const READ = {
  category: 'beanie',
  inStock: true,
  shop: 'moda',
  brand: 'Nordlys',
  colour: 'light grey',
  minPrice: { minor: 2050, currency: 'EUR' },
  maxPrice: { minor: 6000, currency: 'EUR' },
  currency: 'EUR',
  minScore: 0.3,
  cheaperThan: null,
  limit: 7,
};

describe('lookalikes over the API', () => {
  it('are kept to every filter of the command line', async () => {
    const program = new Command();
    registerSimilar(program, {} as CliContext);
    const flags = program.commands[0]!.options.map((option) => option.attributeName());
    // How they are found is the config's, and how they are shown is the caller's.
    const others = new Set(['config', 'environmentFile', 'weights', 'method', 'dcgan', 'json']);
    const filters = flags.filter((flag) => !others.has(flag));
    expect(filters.toSorted()).toEqual(Object.keys(similarQuery.shape).toSorted());
    const { asked, ofItem, ofPicture } = await served();
    expect([(await ofItem(EVERY)).status, (await ofPicture(EVERY)).status]).toEqual([200, 200]);
    expect(asked).toEqual([
      { ...READ, exclude: 1 },
      { ...READ, exclude: null },
    ]);
  });

  it('are in a currency that is named alone, and priced in that of the item where none is', async () => {
    const { asked, ofItem, ofPicture } = await served();
    for (const query of ['currency=JPY', 'minPrice=10', 'cheaper=true&currency=USD']) await ofItem(query);
    await ofPicture('currency=JPY');
    expect(asked).toMatchObject([
      { currency: 'JPY', maxPrice: null },
      { minPrice: { minor: 1000, currency: 'USD' }, maxPrice: null },
      { currency: 'USD', category: 'sweater', inStock: true, cheaperThan: { minor: 4990 } },
      { currency: 'JPY', maxPrice: null },
    ]);
    expect(asked[1]).not.toHaveProperty('currency');
  });

  it('of an item are refused where filters contradict each other or are none, with what to do', async () => {
    const { asked, ofItem } = await served();
    await refuses(ofItem, [
      ['minPrice=60&maxPrice=20', 'nothing costs from 60 to 20', 'minPrice of at most maxPrice'],
      ['cheaper=true&currency=JPY', 'cheaper compares prices in USD, not in JPY', 'give USD'],
      ['cheaper=true&minPrice=49.9', 'nothing is cheaper than USD 49.90 and costs more', 'lower minPrice'],
      ['colour=octarine', '"navy"', 'openapi.json'],
      ['minScore=1.5', 'minScore', 'openapi.json'],
      ['brand=', 'brand', 'openapi.json'],
      ['weights=colour%3D2', 'weights', 'openapi.json'],
    ]);
    expect(asked).toEqual([]);
  });

  it('of a picture are refused without the currency, price or category that a filter needs', async () => {
    const { asked, ofPicture } = await served({ isSure: false });
    await refuses(ofPicture, [
      ['minPrice=10', 'minPrice needs a currency here', 'Add currency'],
      ['maxPrice=10', 'maxPrice needs a currency here', 'Add currency'],
      ['cheaper=true', 'cheaper needs a price to stay below, and the picture has none', 'Add maxPrice'],
      ['cheaper=true&maxPrice=9&currency=EUR', 'that of the picture is unknown', 'Add category'],
    ]);
    expect(asked).toEqual([]);
  });
});

/** Each: what is asked, and what the problem and its hint say. */
async function refuses(
  ask: (query: string) => Promise<Response>,
  cases: readonly (readonly [query: string, detail: string, hint: string])[],
): Promise<void> {
  for (const [query, detail, hint] of cases) {
    const response = await ask(query);
    expect([query, response.status, await response.json()]).toEqual([
      query,
      400,
      expect.objectContaining({
        code: 'usage',
        detail: expect.stringContaining(detail),
        hint: expect.stringContaining(hint),
      }),
    ]);
  }
}

describe('the search by a picture', () => {
  it('is kept to a shop and to prices, and shows what it was kept to', async () => {
    const { asked, onPage } = await served();
    const form = { category: '', shop: 'moda', minPrice: '10', maxPrice: '', currency: 'JPY' };
    const page = await (await onPage(form)).text();
    expect(asked).toMatchObject([{ shop: 'moda', minPrice: { minor: 10, currency: 'JPY' }, maxPrice: null }]);
    expect(page).toMatch(/<option value="moda" selected>Moda &amp; Sons<\/option>/);
    expect(page).toMatch(/name="minPrice"[^>]*value="10"/);
  });

  it('takes the currency for that of the prices, and says nothing of it without one', async () => {
    const { asked, onPage } = await served();
    expect((await onPage({ shop: '', currency: 'JPY' })).status).toBe(200);
    expect(asked[0]).not.toHaveProperty('currency');
    const refused = await onPage({ minPrice: '20', maxPrice: '10', currency: 'JPY' });
    expect([refused.status, await refused.text()]).toEqual([
      400,
      expect.stringContaining('nothing costs from 20 to 10'),
    ]);
  });
});
