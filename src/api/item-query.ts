/** What may be asked of a list of items, and of lookalikes; shared by the API and the page. */
import { z } from 'zod';
import { categoryByName } from '../config/categories.js';
import type { ItemFilter } from '../domain/browse.js';
import type { Category } from '../domain/category.js';
import { COLOUR_NAMES } from '../domain/colour.js';
import type { CategoryId, ShopId } from '../domain/ids.js';
import { moneyOf } from '../domain/money.js';
import { similarFilterOf } from '../domain/similar-filter.js';
import type { SimilarSubject } from '../domain/similar-filter.js';
import type { SimilarFilter } from '../domain/similar.js';
import { HttpProblem } from './problem.js';

const currency = z
  .string()
  .regex(/^[A-Z]{3}$/)
  .optional()
  .describe('ISO 4217; prices are compared within one currency only');
const amount = (what: string) => z.number().min(0).max(1e12).optional().describe(what);

export const itemQuery = z.strictObject({
  shop: z.string().max(63).optional().describe("the shop's id"),
  category: z.string().max(100).optional().describe('a category id, or unknown'),
  brand: z.string().max(200).optional().describe('exactly as the shop writes it'),
  q: z.string().max(200).optional().describe('words that title, brand or SKU hold, all of them'),
  inStock: z.boolean().optional().describe('only what can be ordered'),
  currency,
  minPrice: amount('in whole units of the currency, which must be named'),
  maxPrice: amount('in whole units of the currency, which must be named'),
  vanished: z.boolean().optional().describe('items that vanished, too'),
  order: z
    .enum(['newest', 'cheapest', 'dearest'])
    .optional()
    .describe('by price: the currency must be named'),
});

export const paging = (most: number, usual: number) => ({
  limit: z.int().min(1).max(most).default(usual).describe(`rows of the page, ${usual} if not said`),
  after: z.string().max(200).optional().describe('`next` of the page before'),
});

export function itemFilter(query: z.output<typeof itemQuery>, categories: readonly Category[]): ItemFilter {
  const { shop, category, brand, q, currency: code } = query;
  const bound = (value: number | undefined): number | null => {
    if (value === undefined) return null;
    if (code === undefined) throw needsCurrency();
    return moneyOf(value, code).minor;
  };
  return {
    shop: (shop ?? null) as ShopId | null,
    category:
      category === undefined || category === 'unknown'
        ? (category ?? null)
        : knownCategory(category, categories),
    brand: brand ?? null,
    words: q ?? null,
    inStock: query.inStock === true,
    currency: code ?? null,
    minPrice: bound(query.minPrice),
    maxPrice: bound(query.maxPrice),
    vanished: query.vanished === true,
    order: query.order ?? 'newest',
  };
}

export const similarQuery = z.strictObject({
  cheaper: z
    .boolean()
    .optional()
    .describe('same category, in stock, same currency, below the price of the item or maxPrice'),
  category: z.string().max(100).optional().describe('only this category'),
  inStock: z.boolean().optional().describe('only what can be ordered'),
  shop: z.string().min(1).max(63).optional().describe('only items of the shop with this id'),
  brand: z.string().min(1).max(200).optional().describe('only this brand, in capitals or not'),
  colour: z.enum(COLOUR_NAMES).optional().describe('only items mostly of this colour'),
  minPrice: amount('at least this much, in whole units of the currency'),
  maxPrice: amount('at most this much, in whole units of the currency'),
  currency: currency.describe(
    'ISO 4217; only prices in it, and that of minPrice and maxPrice; theirs is the item’s if not said',
  ),
  minScore: z.number().min(0).max(1).optional().describe('leaves out what scores less'),
  limit: z.int().min(1).max(100).default(12).describe('how many, 12 if not said'),
});

/** Throws 400, or FashiondError `usage`, for what contradicts itself or asks for what the subject does not have. */
export function similarFilter(
  query: z.output<typeof similarQuery>,
  subject: Omit<SimilarSubject, 'label'>,
  categories: readonly Category[],
): SimilarFilter {
  const { category } = query;
  const asked = {
    ...query,
    category: category === undefined ? undefined : knownCategory(category, categories),
  };
  const { id, price, category: own } = subject;
  const label = id === null ? 'the picture' : `item ${id}`;
  return similarFilterOf(asked, { label, id, price, category: own }, { categories, spell: (field) => field });
}

export function knownCategory(name: string, categories: readonly Category[]): CategoryId {
  const category = categoryByName(categories, name);
  if (category !== null) return category.id;
  throw new HttpProblem(400, 'usage', `there is no category ${name}`, {
    hint: 'GET /v1/categories lists them.',
  });
}

function needsCurrency(): HttpProblem {
  return new HttpProblem(400, 'usage', 'a price needs its currency', { hint: 'Add currency, such as JPY.' });
}
