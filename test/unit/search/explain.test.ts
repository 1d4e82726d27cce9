import { describe, expect, it } from 'vitest';
import type { CategoryId, ProductId, Sha256, ShopId } from '../../../src/domain/ids.js';
import type { Money } from '../../../src/domain/money.js';
import type { SimilarItem, SimilarityParts } from '../../../src/domain/similar.js';
import { explain } from '../../../src/search/explain.js';

const jpy = (minor: number): Money => ({ minor, currency: 'JPY' });

function result(parts: Partial<SimilarityParts>, price: Money | null = null): SimilarItem {
  return {
    item: {
      productId: 1 as ProductId,
      shop: 'a' as ShopId,
      title: 'item',
      url: 'http://127.0.0.1/1',
      brand: null,
      category: 'sweater' as CategoryId,
      price,
      availability: 'in-stock',
      picture: 'p' as Sha256,
      colour: null,
    },
    score: 0.5,
    parts: { colour: 0, shape: 0, pattern: 0, features: 0, ...parts },
  };
}

describe('explain', () => {
  it('names the parts that are alike, the strongest first, and the price against the query', () => {
    const match = result({ shape: 0.812, colour: 0.94, pattern: 0.3 }, jpy(5500));
    expect(explain(match, jpy(10_000))).toBe(
      'very similar colours (0.94), similar shape (0.81), 45 % cheaper',
    );
  });

  it.each([
    [jpy(15_000), '50 % dearer'],
    [jpy(10_000), 'same price'],
    [jpy(9_990), 'less than 1 % cheaper'],
    [jpy(0), '100 % cheaper'],
  ])('compares %o with 10000 yen: %s', (price, words) => {
    expect(explain(result({ features: 0.95 }, price), jpy(10_000))).toBe(
      `very similar overall look (0.95), ${words}`,
    );
  });

  it.each([
    ['another currency', { minor: 10, currency: 'USD' }, jpy(10_000)],
    ['no price', null, jpy(10_000)],
    ['a query without price', jpy(10), null],
    ['a query that costs nothing', jpy(10), jpy(0)],
  ])('says nothing of prices for %s', (_what, price, query) => {
    expect(explain(result({ pattern: 0.7 }, price), query)).toBe('similar pattern (0.70)');
  });

  it('does not claim a likeness that is not there', () => {
    expect(explain(result({ colour: 0.69 }), null)).toBe('a distant likeness (0.50)');
  });
});
