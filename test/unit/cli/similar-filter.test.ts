import { describe, expect, it } from 'vitest';
import { filterFrom, weightsFrom } from '../../../src/cli/similar-filter.js';
import type { FilterQuery, SimilarFlags } from '../../../src/cli/similar-filter.js';
import type { Category } from '../../../src/domain/category.js';
import type { CategoryId, ProductId, Sha256, ShopId } from '../../../src/domain/ids.js';

const categories: readonly Category[] = [
  {
    id: 'dress' as CategoryId,
    shopify: 'aa-1-4',
    google: null,
    en: 'Dress',
    ja: 'ワンピース',
    seenAs: null,
    synonyms: ['gown'],
  },
];
const picture: FilterQuery = { label: 'photo.jpg', item: null, category: null };
const dress: FilterQuery = {
  label: 'Dress #7',
  category: 'dress' as CategoryId,
  item: {
    productId: 7 as ProductId,
    shop: 'a' as ShopId,
    title: 'Dress',
    url: 'http://127.0.0.1/7',
    brand: null,
    category: 'dress' as CategoryId,
    price: { minor: 12_990, currency: 'USD' },
    availability: 'in-stock',
    picture: 'p' as Sha256,
    colour: 'red',
  },
};
const filter = (flags: Partial<SimilarFlags>, query = dress) =>
  filterFrom({ limit: '10', ...flags }, query, categories);

describe('the filter of similar', () => {
  it('without flags leaves out the item itself and nothing else', () => {
    expect(filter({})).toEqual({
      category: null,
      inStock: false,
      maxPrice: null,
      cheaperThan: null,
      exclude: 7,
      limit: 10,
    });
    expect(filter({}, picture)).toMatchObject({ category: null, exclude: null });
  });

  it('cheaper: same category, in stock, below the price', () => {
    expect(filter({ cheaper: true })).toMatchObject({
      category: 'dress',
      inStock: true,
      cheaperThan: { minor: 12_990, currency: 'USD' },
    });
  });

  it('cheaper than a picture needs a price and, where its category is unknown, a category', () => {
    expect(() => filter({ cheaper: true }, picture)).toThrow(/needs a price/);
    const bound = { cheaper: true, maxPrice: '50', currency: 'USD' };
    expect(() => filter(bound, picture)).toThrow(/photo.jpg is unknown/);
    expect(filter({ ...bound, category: 'gown' }, picture)).toMatchObject({
      category: 'dress',
      inStock: true,
      maxPrice: { minor: 5000, currency: 'USD' },
      cheaperThan: null,
    });
  });

  it.each([
    ['49.90', undefined, { minor: 4990, currency: 'USD' }],
    ['5390', 'jpy', { minor: 5390, currency: 'JPY' }],
    ['1.5', 'KWD', { minor: 1500, currency: 'KWD' }],
  ])('reads --max-price %s with --currency %s', (maxPrice, currency, expected) => {
    expect(filter({ maxPrice, ...(currency === undefined ? {} : { currency }) }).maxPrice).toEqual(expected);
  });

  it.each([
    [{ limit: '0' }, /--limit 0/],
    [{ limit: 'many' }, /--limit many/],
    [{ category: 'sofa' }, /no category sofa/],
    [{ maxPrice: '49,90' }, /49,90 is not an amount/],
    [{ maxPrice: '10', currency: 'yen-ish' }, /no currency/],
    [{ minPrice: '20', maxPrice: '10' }, /nothing costs from 20 to 10/],
    [{ cheaper: true, currency: 'JPY' }, /prices in USD, not in JPY/],
    [{ cheaper: true, minPrice: '129.90' }, /cheaper than .*129.90.* and costs more/],
    [{ colour: 'octarine' }, /no colour octarine/],
    [{ minScore: '2' }, /--min-score 2/],
    [{ minScore: '' }, /--min-score/],
  ])('refuses %o and says what to do', (flags, message) => {
    let thrown: unknown;
    try {
      filter(flags);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ code: 'usage', message: expect.stringMatching(message) as string });
    expect(thrown).toMatchObject({ hint: expect.stringMatching(/\w/) as string });
  });
});

describe('the other filters of similar', () => {
  it('are taken as they are given, prices in the currency of the item', () => {
    const given = { shop: 'b', brand: 'Nordlys', colour: 'Navy', minScore: '0.5', minPrice: '10' };
    expect(filter(given)).toMatchObject({
      shop: 'b',
      brand: 'Nordlys',
      colour: 'navy',
      minScore: 0.5,
      minPrice: { minor: 1000, currency: 'USD' },
    });
    expect(filter({ currency: 'eur' })).toMatchObject({ currency: 'EUR' });
    expect(filter({ maxPrice: '10' })).not.toHaveProperty('currency');
  });
});

describe('the weights of similar', () => {
  const weights = { colour: 1, shape: 1.4, pattern: 0.1, features: 0.2 };

  it('are those of the config but for the parts named', () => {
    expect(weightsFrom(undefined, weights)).toEqual(weights);
    expect(weightsFrom('colour=2, shape=0', weights)).toEqual({ ...weights, colour: 2, shape: 0 });
  });

  it.each(['colour', 'colour=-1', 'smell=1', '', 'colour=1;shape=2', 'colour=NaN'])('refuse %j', (text) => {
    expect(() => weightsFrom(text, weights)).toThrow(expect.objectContaining({ code: 'usage' }));
  });
});
