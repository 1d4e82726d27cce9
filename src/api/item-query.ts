/** What may be asked of a list of items, and of lookalikes; shared by the API and the page. */
import { z } from 'zod';
import { categoryByName, kinOf } from '../config/categories.js';
import type { ItemFilter } from '../domain/browse.js';
import type { Category } from '../domain/category.js';
import type { CategoryId, ProductId, ShopId } from '../domain/ids.js';
import { currencyExponent } from '../domain/money.js';
import type { Money } from '../domain/money.js';
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
    return Math.round(value * 10 ** currencyExponent(code));
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
  maxPrice: amount('at most this much, in whole units of the currency'),
  currency: currency.describe('of maxPrice; the item’s if not said'),
  limit: z.int().min(1).max(100).default(12).describe('how many, 12 if not said'),
});

/** What lookalikes are looked for of. */
export interface SimilarSubject {
  readonly id: ProductId | null;
  readonly price: Money | null;
  /** Null while unknown. */
  readonly category: CategoryId | null;
}

/** Throws 400 where the query asks for what the subject does not have. */
export function similarFilter(
  query: z.output<typeof similarQuery>,
  subject: SimilarSubject,
  categories: readonly Category[],
): SimilarFilter {
  const code = query.currency ?? subject.price?.currency;
  if (query.maxPrice !== undefined && code === undefined) throw needsCurrency();
  const maxPrice =
    query.maxPrice === undefined || code === undefined
      ? null
      : { minor: Math.round(query.maxPrice * 10 ** currencyExponent(code)), currency: code };
  const cheaper = query.cheaper === true;
  if (cheaper && subject.price === null && maxPrice === null) {
    throw new HttpProblem(400, 'usage', 'cheaper than what: there is no price to stay below', {
      hint: 'Add maxPrice and currency.',
    });
  }
  if (cheaper && query.category === undefined && subject.category === null) {
    throw new HttpProblem(400, 'usage', 'cheaper stays in one category, and that is unknown here', {
      hint: 'Add category.',
    });
  }
  const asked = query.category === undefined ? null : knownCategory(query.category, categories);
  const category = asked ?? (cheaper ? subject.category : null);
  const kin = category === null ? null : kinOf(categories, category);
  return {
    category,
    ...(kin === null || kin.size === 0 ? {} : { kin }),
    inStock: cheaper || query.inStock === true,
    maxPrice,
    cheaperThan: cheaper ? subject.price : null,
    exclude: subject.id,
    limit: query.limit,
  };
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
