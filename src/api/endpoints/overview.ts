/** Categories, shops, runs and counts. */
import { z } from 'zod';
import type { ShopId } from '../../domain/ids.js';
import { cursorOf, positionOf } from '../answers.js';
import { endpoint, NO_BODY, NOTHING } from '../endpoint.js';
import type { Endpoint } from '../endpoint.js';
import { paging } from '../item-query.js';
import type { ApiParts } from '../parts.js';
import { HttpProblem } from '../problem.js';

const listCategories = endpoint({
  path: '/v1/categories',
  method: 'get',
  name: 'listCategories',
  summary: 'Every category with the number of its items on sale',
  tag: 'catalogue',
  scope: 'read',
  params: NOTHING,
  query: NOTHING,
  body: NO_BODY,
  answer: 'Categories',
  refusals: [],
  handle: (parts) => categoriesOf(parts),
});

async function categoriesOf({ reads: { facets }, categories }: ApiParts): Promise<unknown> {
  const counts = new Map<string | null, number>(
    (await facets()).categories.map(({ category, items }) => [category, items]),
  );
  return {
    categories: categories.map(({ id, en, ja, shopify, google }) => ({
      id,
      en,
      ja,
      shopify,
      google,
      items: counts.get(id) ?? 0,
    })),
    unknown: counts.get(null) ?? 0,
  };
}

const listShops = endpoint({
  path: '/v1/shops',
  method: 'get',
  name: 'listShops',
  summary: 'Every shop with its health, and what is wrong in words',
  tag: 'shops',
  scope: 'read',
  params: NOTHING,
  query: NOTHING,
  body: NO_BODY,
  answer: 'Shops',
  refusals: [],
  handle: async ({ reads }) => ({ shops: await reads.shops() }),
});

const readShop = endpoint({
  path: '/v1/shops/{shop}',
  method: 'get',
  name: 'readShop',
  summary: 'One shop with its health',
  tag: 'shops',
  scope: 'read',
  params: z.strictObject({ shop: z.string().max(63) }),
  query: NOTHING,
  body: NO_BODY,
  answer: 'Shop',
  refusals: [404],
  handle: async ({ reads }, { params }) => {
    const shop = (await reads.shops()).find((one) => one.shop === params.shop);
    if (shop !== undefined) return shop;
    throw new HttpProblem(404, 'not-found', `there is no shop ${params.shop}`, {
      hint: 'GET /v1/shops lists them.',
    });
  },
});

const listRuns = endpoint({
  path: '/v1/runs',
  method: 'get',
  name: 'listRuns',
  summary: 'Crawls, the latest first, measured and judged',
  tag: 'shops',
  scope: 'read',
  params: NOTHING,
  query: z.strictObject({ shop: z.string().max(63).optional(), ...paging(200, 50) }),
  body: NO_BODY,
  answer: 'RunPage',
  refusals: [],
  handle: ({ browse }, { query: { shop, limit, after } }) => {
    const page = browse.runs((shop ?? null) as ShopId | null, limit, positionOf(after));
    return { runs: page.rows, next: cursorOf(page.next) };
  },
});

const readStats = endpoint({
  path: '/v1/stats',
  method: 'get',
  name: 'readStats',
  summary: 'How much there is, and what waits',
  tag: 'catalogue',
  scope: 'read',
  params: NOTHING,
  query: NOTHING,
  body: NO_BODY,
  answer: 'Stats',
  refusals: [],
  handle: ({ reads }) => reads.stats(),
});

export const overviewEndpoints: readonly Endpoint[] = [
  listCategories,
  listShops,
  readShop,
  listRuns,
  readStats,
];
