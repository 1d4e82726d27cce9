/** The product lists of shop platforms. */
import { describe, expect, it } from 'vitest';
import { feedReader } from '../../../../src/extract/feed/feed-reader.js';
import { read } from './feed-fixtures.js';

describe('shop platforms', () => {
  it('Shopify: one item a variant, priced in the currency of the shop', async () => {
    const body = JSON.stringify({
      products: [
        {
          id: 11,
          title: 'Linen shirt',
          handle: 'linen-shirt',
          body_html: '<p>Light &amp; cool</p>',
          vendor: 'Acme',
          product_type: 'Shirts',
          options: [{ name: 'Size' }, { name: 'Color' }],
          variants: [
            {
              id: 111,
              title: 'S / Red',
              option1: 'S',
              option2: 'Red',
              sku: 'LS-S',
              price: '49.90',
              compare_at_price: '59.90',
              available: false,
            },
            { id: 112, sku: 'LS-M', price: '45.00', compare_at_price: null, available: true },
          ],
          images: [{ src: 'https://cdn.shopify.example/1.jpg?v=1' }],
        },
        { id: 12, title: 'Broken', variants: [] },
      ],
    });
    const more = {
      format: 'shopify-json',
      hints: { currency: 'EUR', language: null, selectors: {} },
      url: 'https://shop.example/products.json?page=1',
    } as const;
    const { items, report } = await read(body, more);
    expect(items.map(({ key, group }) => [key, group])).toEqual([
      ['111', '11'],
      ['112', '11'],
    ]);
    expect(report).toMatchObject({ items: 2, skipped: 1 });
    expect(report.firstFault).toMatch(/^12: /);
    expect(feedReader.assemble(items)).toMatchObject({
      url: 'https://shop.example/products/linen-shirt',
      title: 'Linen shirt',
      brand: 'Acme',
      sku: null,
      offer: { price: { minor: 4500, currency: 'EUR' }, listPrice: null, availability: 'in-stock' },
      images: ['https://cdn.shopify.example/1.jpg?v=1'],
      variants: [
        {
          title: 'S / Red',
          sku: 'LS-S',
          size: 'S',
          colour: 'Red',
          url: 'https://shop.example/products/linen-shirt?variant=111',
          offer: {
            price: { minor: 4990, currency: 'EUR' },
            listPrice: { minor: 5990 },
            availability: 'sold-out',
          },
        },
        { sku: 'LS-M', availability: 'in-stock' },
      ],
    });
  });

  it('WooCommerce: prices in the minor unit that the answer names', async () => {
    const product = {
      id: 5,
      name: 'Straw hat &#8211; wide',
      permalink: 'https://shop.example/product/straw-hat/',
      sku: 'HAT',
      prices: { price: '4990', regular_price: '5990', currency_code: 'EUR', currency_minor_unit: 2 },
      images: [{ src: 'https://shop.example/hat.jpg' }],
      categories: [{ name: 'Hats' }],
      is_in_stock: true,
    };
    const yen = {
      ...product,
      id: 6,
      prices: { price: '1980', currency_code: 'JPY', currency_minor_unit: 0 },
    };
    const { products } = await read(JSON.stringify([product, yen]), { format: 'woocommerce-json' });
    expect(products).toMatchObject([
      {
        title: 'Straw hat – wide',
        sku: 'HAT',
        breadcrumbs: ['Hats'],
        offer: {
          price: { minor: 4990, currency: 'EUR' },
          listPrice: { minor: 5990, currency: 'EUR' },
          availability: 'in-stock',
        },
      },
      { offer: { price: { minor: 1980, currency: 'JPY' }, listPrice: null } },
    ]);
  });

  it.each(['{', '{"items":[]}', '<html>'])('say what is wrong with %s', async (body) => {
    const { items, report } = await read(body, { format: 'shopify-json' });
    expect(items).toEqual([]);
    expect(report.stopped).not.toBeNull();
  });
});
