import { describe, expect, test } from 'vitest';
import { readPage } from '../../../src/extract/read-page.js';
import { choiceInTitle, choiceOf, isSize, kindOfChoice } from '../../../src/extract/variant-options.js';

function variantsOf(body: string, head = ''): unknown[] {
  const page = `<html lang="en-US"><head><title>Field Cap</title>${head}</head><body><h1>Field Cap</h1>
    <p class="price">$30.00</p>${body}<button>Add to cart</button></body></html>`;
  const facts = {
    url: 'https://shop.example/cap',
    contentType: 'text/html; charset=utf-8',
    hints: { currency: null, language: null, selectors: {} },
  };
  const product = readPage(Buffer.from(page), facts).product;
  return (product?.variants ?? []).map(({ colour, size, availability }) => [colour, size, availability]);
}

describe('choices', () => {
  test.each([
    'M',
    'XXL',
    '2XL',
    '3L',
    '38',
    '25.5cm',
    'EU 42',
    'W32 L34',
    'S/M',
    'フリー',
    'One Size',
    'Mサイズ',
    '9号',
    '7½',
  ])('%s is a size', (text) => {
    expect(isSize(text)).toBe(true);
  });

  test.each(['Red', '生成り', 'Navy / White', 'Standard', '2026'])('%s is none', (text) => {
    expect(isSize(text)).toBe(false);
  });

  test('labels say what is chosen', () => {
    expect([
      kindOfChoice('カラー'),
      kindOfChoice('Größe'),
      kindOfChoice('数量'),
      kindOfChoice('Fit'),
    ]).toEqual(['colour', 'size', 'none', null]);
    expect(
      choiceOf([
        { name: null, value: 'Navy' },
        { name: null, value: 'M' },
      ]),
    ).toEqual({ colour: 'Navy', size: 'M' });
    expect(choiceInTitle('Field Cap - Navy / M', 'Field Cap')).toEqual({ colour: 'Navy', size: 'M' });
    expect(choiceInTitle('Another Cap', 'Field Cap')).toEqual({ colour: null, size: null });
  });
});

describe('variants of the page itself', () => {
  test('names that hold a word of stock or of asking are names', () => {
    const options = ['Plaster', 'Elastic Black', 'Soldier Blue', 'Bitter Chocolate', 'Sand - sold out'];
    const select = options.map((text) => `<option value="${text}">${text}</option>`).join('');
    expect(variantsOf(`<label>Colour</label><select name="colour">${select}</select>`)).toEqual([
      ['Plaster', null, 'in-stock'],
      ['Elastic Black', null, 'in-stock'],
      ['Soldier Blue', null, 'in-stock'],
      ['Bitter Chocolate', null, 'in-stock'],
      ['Sand', null, 'sold-out'],
    ]);
  });

  test.each(['Size', '-- Size --', 'サイズ'])('%s in the place of a choice is none', (prompt) => {
    const select = `<option disabled selected>${prompt}</option><option>M</option><option>L</option>`;
    expect(variantsOf(`<select name="size">${select}</select>`)).toEqual([
      [null, 'M', 'unknown'],
      [null, 'L', 'unknown'],
    ]);
  });

  test('a select of sizes, with what is sold out in it', () => {
    const options = '<option>Choose a size</option><option>S</option><option>M - Sold out</option>';
    expect(variantsOf(`<label>Size</label><select>${options}<option disabled>L</option></select>`)).toEqual([
      [null, 'S', 'in-stock'],
      [null, 'M', 'sold-out'],
      [null, 'L', 'sold-out'],
    ]);
  });

  test('colours and sizes are crossed', () => {
    const page = `<label>Colour</label><select name="colour"><option>Navy</option><option>Sand</option></select>
      <label>Size</label><select name="size"><option>S</option><option disabled>M</option></select>`;
    expect(variantsOf(page)).toEqual([
      ['Navy', 'S', 'unknown'],
      ['Navy', 'M', 'sold-out'],
      ['Sand', 'S', 'unknown'],
      ['Sand', 'M', 'sold-out'],
    ]);
  });

  test('a quantity, a country or a sort order is no variant', () => {
    const page = `<select name="quantity"><option>1</option><option>2</option><option>3</option></select>
      <select name="country"><option>France</option><option>Spain</option></select>
      <select name="sort"><option>Newest</option><option>Price</option></select>`;
    expect(variantsOf(page)).toEqual([]);
  });

  test('data that names its choices is taken before what the page crosses', () => {
    const offer = (sku: string, stock: string) =>
      `{"@type":"Product","sku":"${sku}","size":"${sku}","offers":{"price":"30","priceCurrency":"USD","availability":"${stock}"}}`;
    const head = `<script type="application/ld+json">{"@type":"ProductGroup","name":"Field Cap","hasVariant":[${offer('S', 'InStock')},${offer('M', 'OutOfStock')}]}</script>`;
    const page = '<label>Size</label><select><option>S</option><option>M</option><option>L</option></select>';
    expect(variantsOf(page, head)).toEqual([
      [null, 'S', 'in-stock'],
      [null, 'M', 'sold-out'],
    ]);
  });
});

describe('prices of variants, where the page overrules the markup', () => {
  const offersOf = (prices: readonly number[], body: string, currency = 'JPY'): unknown[] => {
    const variants = prices.map((price, i) => ({
      '@type': 'Product',
      name: `Cap ${i}`,
      sku: `C-${i}`,
      size: ['S', 'M', 'L'][i],
      offers: { '@type': 'Offer', price, priceCurrency: currency },
    }));
    const group = { '@type': 'ProductGroup', name: 'Field Cap', hasVariant: variants };
    const json = JSON.stringify({ '@context': 'https://schema.org', ...group });
    const page = `<html lang="ja"><head><title>Field Cap</title><script type="application/ld+json">${json}</script></head>
      <body><h1>Field Cap</h1>${body}<button>カートに入れる</button></body></html>`;
    const facts = {
      url: 'https://shop.example/cap',
      contentType: 'text/html; charset=utf-8',
      hints: { currency: null, language: null, selectors: {} },
    };
    const product = readPage(Buffer.from(page), facts).product;
    const [own, ...others] = [product?.offer, ...(product?.variants ?? []).map(({ offer }) => offer)];
    return [own, ...others].map((offer) => [offer?.price.minor, offer?.taxIncluded ?? null]);
  };

  test('a sale that the markup was not told of is one for its variants', () => {
    const body = '<p>通常価格 <del>4,900円</del></p><p class="price">販売価格 2,000円（税込）</p>';
    expect(offersOf([4900, 4900], body)).toEqual([
      [2000, true],
      [2000, true],
      [2000, true],
    ]);
  });

  test('a price without tax is stated with tax, and none of another amount is called taxed', () => {
    const body = '<p class="price">販売価格 <b>1,100円</b>（税込）</p>';
    expect(offersOf([1000, 2000], body)).toEqual([
      [1100, true],
      [1100, true],
      [2000, null],
    ]);
  });
});
