import { describe, expect, test } from 'vitest';
import type { SourceHints, VariantHint } from '../../../src/extract/hints.js';
import { NO_HINTS, NO_VARIANT } from '../../../src/extract/hints.js';
import { completed } from '../../../src/extract/merge-variants.js';
import { isOfPage } from '../../../src/extract/schema-offers.js';
import { readPage } from '../../../src/extract/read-page.js';

function source(name: SourceHints['source'], variants: readonly Partial<VariantHint>[]): SourceHints {
  return {
    ...NO_HINTS,
    source: name,
    confidence: 0.9,
    variants: variants.map((variant) => ({ ...NO_VARIANT, ...variant })),
  };
}

function skusOf(own: readonly Partial<VariantHint>[], other: readonly Partial<VariantHint>[]): unknown[] {
  const first = source('json-ld', own);
  return completed(first, [first, source('embedded', other)]).map(({ sku }) => sku);
}

describe('what a variant lacks is taken from another source', () => {
  test('for the same size, however it is spelt', () => {
    const other = [
      { size: '10.5', sku: 'A' },
      { size: 'US 11', sku: 'B' },
    ];
    expect(skusOf([{ size: '10,5' }, { size: 'US11' }], other)).toEqual(['A', 'B']);
    expect(skusOf([{ size: '10½' }], other)).toEqual(['A']);
  });

  test.each([
    ['12Y', '1-2Y'],
    ['105', '10.5'],
    ['30/32', '303/2'],
  ])('but %s is not %s', (one, another) => {
    expect(skusOf([{ size: one }], [{ size: another, sku: 'A' }])).toEqual([null]);
  });

  test('not by a code that several of them bear', () => {
    const own = source('json-ld', [
      { sku: 'STYLE', size: 'S' },
      { sku: 'STYLE', size: 'M' },
    ]);
    const other = source('embedded', [
      { sku: 'STYLE', size: 'M', gtin: '4006381333931' },
      { sku: 'STYLE', size: 'L', gtin: '4006381333924' },
    ]);
    expect(completed(own, [own, other]).map(({ gtin }) => gtin)).toEqual([null, '4006381333931']);
  });

  test('by their order only where the stock of each bears it out', () => {
    const bare = (stock: readonly VariantHint['availability'][]): SourceHints =>
      source(
        'json-ld',
        stock.map((availability, i) => ({ sku: `A-${i}`, availability })),
      );
    const page = source('page', [
      { size: 'S', availability: 'in-stock' },
      { size: 'M', availability: 'sold-out' },
    ]);
    const sizes = (own: SourceHints): unknown[] => completed(own, [own, page]).map(({ size }) => size);
    expect(sizes(bare(['in-stock', 'sold-out']))).toEqual(['S', 'M']);
    expect(sizes(bare(['sold-out', 'in-stock']))).toEqual([null, null]);
    expect(sizes(bare([null, null]))).toEqual([null, null]);
  });
});

describe('the offer of the page', () => {
  test.each([
    ['/p/1?variant=12', true],
    ['/p/1?variant=123', false],
    ['/p/1?invariant=12', false],
    ['/p/1?utm=x&variant=12#top', true],
    ['/p/1', false],
  ])('%s', (url, is) => {
    expect(isOfPage(url, 'https://shop.example/p/1?variant=12')).toBe(is);
  });

  test('in several currencies is that of the page’s language, not the smallest number', () => {
    const offers = ['12000 JPY', '79 USD', '65 EUR'].map((text) => {
      const [price, priceCurrency] = text.split(' ');
      return { '@type': 'Offer', price, priceCurrency, availability: 'InStock' };
    });
    const data = { '@type': 'Product', name: 'Linen Shirt', offers };
    const page = (lang: string): string =>
      `<html lang="${lang}"><script type="application/ld+json">${JSON.stringify(data)}</script><h1>Linen Shirt</h1>`;
    const priceOn = (lang: string): unknown =>
      readPage(Buffer.from(page(lang)), {
        url: 'https://shop.example/p/1',
        contentType: 'text/html; charset=utf-8',
        hints: { currency: null, language: null, selectors: {} },
      }).product?.offer?.price;
    expect(priceOn('ja')).toEqual({ minor: 12_000, currency: 'JPY' });
    expect(priceOn('en-US')).toEqual({ minor: 7900, currency: 'USD' });
    expect(priceOn('en')).toEqual({ minor: 12_000, currency: 'JPY' });
  });

  test('says where its currency is from', () => {
    const state = { name: 'Linen Shirt', price: '¥12,000', variants: [] };
    const page = `<html lang="en"><script>window.p=${JSON.stringify(state)}</script><h1>Linen Shirt</h1><button>Add to cart</button>`;
    const reading = readPage(Buffer.from(page), {
      url: 'https://shop.example/p/1',
      contentType: 'text/html; charset=utf-8',
      hints: { currency: 'JPY', language: null, selectors: {} },
    });
    const from = (field: string): unknown => reading.traces.find((trace) => trace.field === field)?.source;
    expect([from('price'), from('currency')]).toEqual(['embedded', 'embedded']);
  });
});
