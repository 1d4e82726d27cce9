/** State that scripts carry, where a number could be taken for what it is not. */
import { describe, expect, test } from 'vitest';
import type { Product } from '../../../src/domain/product.js';
import { readPage } from '../../../src/extract/read-page.js';

function productOf(script: string, body: string, lang = 'en-US'): Product | null {
  const page = `<html lang="${lang}"><head><title>Harbour Coat</title><script>${script}</script></head>
    <body><h1>Harbour Coat</h1>${body}</body></html>`;
  const facts = {
    url: 'https://shop.example/p/harbour-coat',
    contentType: 'text/html; charset=utf-8',
    hints: { currency: null, language: null, selectors: {} },
  };
  return readPage(Buffer.from(page), facts).product;
}

describe('a quantity', () => {
  const soldOut = '<p class="price">$120.00</p><p>Sold out</p><button disabled>Sold out</button>';

  test.each([
    [
      'of analytics',
      `{item_name: "Harbour Coat", item_id: "HC-1", price: 120, currency: "USD", quantity: 2}`,
    ],
    ['of one, as forms begin with', `{name: "Harbour Coat", sku: "HC-1", price: 120, quantity: 1}`],
  ])('%s is no stock', (_, item) => {
    const product = productOf(`gtag("event", "view_item", {currency: "USD", items: [${item}]});`, soldOut);
    expect(product?.offer?.availability).toBe('sold-out');
  });

  test('in a warehouse is', () => {
    const state = `{name: "Harbour Coat", sku: "HC-1", price: 120, currency: "USD", quantity: 7}`;
    const product = productOf(`window.product = ${state};`, '<p class="price">$120.00</p>');
    expect(product?.offer?.availability).toBe('in-stock');
  });
});

test('a price to compare with does not put a price into hundredths', () => {
  const state = `{title: "Harbour Coat", sku: "HC-1", price: 4900, compareAtPrice: 6900, currency: "JPY"}`;
  const { offer } =
    productOf(`window.state = {product: ${state}};`, '<button>カートに入れる</button>', 'ja') ?? {};
  expect(offer).toMatchObject({ price: { minor: 4900, currency: 'JPY' } });
});
