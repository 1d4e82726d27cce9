/** Feeds of every format as shops write them; the attributes are those of the Merchant Center's specification. */
import { gzipSync } from 'node:zlib';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import type { FeedItem, FeedReport } from '../../../../src/domain/feed.js';
import type { FeedDocument } from '../../../../src/domain/feed-ports.js';
import { feedReader } from '../../../../src/extract/feed/feed-reader.js';

const NOW = Date.UTC(2026, 5, 1);

function document(body: string | Uint8Array, more: Partial<FeedDocument> = {}): FeedDocument {
  return {
    body: typeof body === 'string' ? Buffer.from(body) : body,
    url: 'https://shop.example/feed',
    contentType: null,
    format: null,
    encoding: null,
    maxBytes: 10_000_000,
    hints: { currency: null, language: null, selectors: {} },
    now: NOW,
    ...more,
  };
}

async function read(body: string | Uint8Array, more: Partial<FeedDocument> = {}) {
  const report: FeedReport = { items: 0, skipped: 0, firstFault: null, stopped: null };
  const items: FeedItem[] = [];
  for await (const batch of feedReader.items(document(body, more), report)) items.push(...batch);
  return { items, products: items.map(({ product }) => product), report };
}

const RSS = `<?xml version="1.0"?>
<rss xmlns:g="http://base.google.com/ns/1.0" version="2.0"><channel>
<title>Example</title><link>https://shop.example</link><description>A feed</description>
<item>
  <g:id>SKU123</g:id><title>short</title><g:title>Cable sweater &amp; scarf</g:title>
  <g:description><![CDATA[Warm <b>wool</b>]]></g:description>
  <g:link>https://shop.example/p/1</g:link>
  <g:image_link>https://shop.example/1.jpg</g:image_link>
  <g:additional_image_link>https://shop.example/2.jpg</g:additional_image_link>
  <g:additional_image_link>https://shop.example/3.jpg</g:additional_image_link>
  <g:availability>in_stock</g:availability><g:price>49.90 EUR</g:price><g:sale_price>39.90 EUR</g:sale_price>
  <g:sale_price_effective_date>2026-05-01T00:00+0900/2026-07-01T00:00+0900</g:sale_price_effective_date>
  <g:shipping><g:country>DE</g:country><g:price>4.90 EUR</g:price></g:shipping>
  <g:brand>Acme</g:brand><g:gtin>4006381333931</g:gtin><g:mpn>AC-1</g:mpn>
  <g:google_product_category>1604</g:google_product_category>
  <g:product_type>Women &gt; Knitwear &gt; Sweaters</g:product_type>
</item>
<item><g:id>X</g:id><g:title>No link</g:title></item>
<item><g:title>No id</g:title><g:link>https://shop.example/p/3</g:link></item>
</channel></rss>`;

const SWEATER = {
  url: 'https://shop.example/p/1',
  title: 'Cable sweater & scarf',
  description: 'Warm wool',
  brand: 'Acme',
  sku: 'SKU123',
  gtin: '4006381333931',
  mpn: 'AC-1',
  breadcrumbs: ['Women', 'Knitwear', 'Sweaters'],
  offer: {
    price: { minor: 3990, currency: 'EUR' },
    listPrice: { minor: 4990, currency: 'EUR' },
    availability: 'in-stock',
    taxIncluded: null,
  },
  availability: 'in-stock',
  images: ['https://shop.example/1.jpg', 'https://shop.example/2.jpg', 'https://shop.example/3.jpg'],
  variants: [],
};

describe('Google Merchant XML', () => {
  it('of RSS gives what a page would give, and counts what is no item', async () => {
    const { items, report } = await read(RSS);
    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject({ key: 'SKU123', group: null, product: SWEATER });
    expect(items[0]!.traces.map(({ field }) => field)).toEqual(
      expect.arrayContaining([
        'title',
        'gtin',
        'price',
        'listPrice',
        'availability',
        'images',
        'breadcrumbs',
      ]),
    );
    expect(items[0]!.traces.every(({ source, confidence }) => source === 'feed' && confidence > 0.9)).toBe(
      true,
    );
    expect(report).toEqual({ items: 1, skipped: 2, firstFault: 'X: no link', stopped: null });
  });

  it('of Atom is read as well, in any prefix', async () => {
    const { items } =
      await read(`<feed xmlns="http://www.w3.org/2005/Atom" xmlns:m="http://base.google.com/ns/1.0">
      <entry><m:id>7</m:id><title>Beanie</title><link rel="self" href="https://shop.example/self"/>
      <link href="https://shop.example/p/7"/><m:price>1,980 JPY</m:price>
      <m:availability>preorder</m:availability></entry></feed>`);
    expect(items[0]).toMatchObject({
      key: '7',
      product: {
        url: 'https://shop.example/p/7',
        title: 'Beanie',
        offer: { price: { minor: 1980, currency: 'JPY' }, availability: 'pre-order' },
      },
    });
  });

  it('expands no entity and loads nothing', async () => {
    const { products } =
      await read(`<!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY f SYSTEM "file:///etc/passwd">]>
      <rss><channel><item><id>1</id><title>x &a;&f;</title><link>https://shop.example/1</link></item></channel></rss>`);
    expect(products).toHaveLength(1);
    expect(products[0]!.title).not.toMatch(/aaaa|root:/);
  });

  it.each([
    ['before its time', '2026-07-01/2026-08-01', 4990, null],
    ['after its time', '2026-01-01/2026-02-01', 4990, null],
    ['in its time', '2026-05-01/2026-08-01', 3990, 4990],
    ['without dates anybody can read', 'soon', 3990, 4990],
  ])('a sale %s', async (_, dates, price, list) => {
    const { products } = await read(RSS.replace(/2026-05-01T.*?(?=<)/, dates));
    expect(products[0]!.offer?.price.minor).toBe(price);
    expect(products[0]!.offer?.listPrice?.minor ?? null).toBe(list);
  });

  it('that is cut off gives the items before the cut', async () => {
    const { items, report } = await read(RSS.slice(0, RSS.indexOf('</item>') + 100));
    expect(items).toHaveLength(1);
    expect(report.items).toBe(1);
  });
});

const HEADER = [
  'id',
  'title',
  'link',
  'image link',
  'additional image link',
  'price',
  'availability',
  'item group id',
];
const ROWS = [
  [
    '1',
    'ニット "ケーブル", 赤',
    'https://shop.example/p/1',
    'https://shop.example/1.jpg',
    '',
    '5390 JPY',
    'in stock',
    '',
  ],
  [
    '2',
    'Two\nlines',
    '/p/2',
    'https://shop.example/2.jpg',
    'https://shop.example/3,a.jpg,https://shop.example/4.jpg',
    '1,980円',
    'out of stock',
    'G',
  ],
];

function table(delimiter: string, end = '\r\n'): string {
  const quote = (field: string): string =>
    /[",;|\t\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
  return [HEADER, ...ROWS].map((row) => row.map(quote).join(delimiter)).join(end) + end;
}

describe('tables', () => {
  it.each([
    ['tabs', '\t', '\n'],
    ['commas', ',', '\r\n'],
    ['semicolons', ';', '\n'],
    ['bars', '|', '\n'],
  ])('with %s are read, the delimiter found in the header', async (_, delimiter, end) => {
    const { items, report } = await read(table(delimiter, end));
    expect(report).toEqual({ items: 2, skipped: 0, firstFault: null, stopped: null });
    expect(items.map(({ product }) => product)).toMatchObject([
      {
        title: 'ニット "ケーブル", 赤',
        offer: { price: { minor: 5390, currency: 'JPY' }, availability: 'in-stock' },
        images: ['https://shop.example/1.jpg'],
      },
      {
        title: 'Two lines',
        url: 'https://shop.example/p/2',
        sku: 'G',
        offer: { price: { minor: 1980, currency: 'JPY' }, availability: 'sold-out' },
        images: ['https://shop.example/2.jpg', 'https://shop.example/3,a.jpg', 'https://shop.example/4.jpg'],
      },
    ]);
    expect(items.map(({ group }) => group)).toEqual([null, 'G']);
  });

  it.each(['shift_jis', 'euc-jp', 'utf-16le'])('in %s are read as what they are', async (encoding) => {
    const body = iconv.encode(table(','), encoding, { addBOM: encoding.startsWith('utf-16') });
    const { products } = await read(body);
    expect(products[0]?.title).toBe('ニット "ケーブル", 赤');
    expect((await read(body, { encoding })).products[0]?.title).toBe('ニット "ケーブル", 赤');
    expect((await read(body, { contentType: `text/csv; charset=${encoding}` })).products).toEqual(products);
  });

  it('lose no row to a stray quote, a short line or an empty one', async () => {
    const { products, report } = await read(
      'id\ttitle\tlink\tprice\n1\t5" heel\t/1\t10 EUR\n\n2\tshort\n3\tC\t/3\t30 EUR\textra\n',
    );
    expect(products.map(({ title }) => title)).toEqual(['5" heel', 'C']);
    expect(report).toMatchObject({ skipped: 1, firstFault: '2: no link', stopped: null });
  });

  it('stop where a quote is never closed, and say so', async () => {
    const { products, report } = await read(`id,title,link\n1,A,/1\n2,"B,/2\n${'3,C,/3\n'.repeat(200_000)}`);
    expect(products.map(({ title }) => title)).toEqual(['A']);
    expect(report.stopped ?? report.firstFault).toMatch(/quote|record|size/i);
  });
});

describe('JSON Lines', () => {
  it('are read, one broken line for itself', async () => {
    const { products, report } = await read(
      [
        '{"id":"1","title":"A","link":"https://shop.example/1","price":{"value":"12.50","currency":"USD"},"imageLink":"/1.jpg","additionalImageLinks":["/2.jpg","/3.jpg"]}',
        '{"id":2,"title":"B","link":"https://shop.example/2","price":"20 USD","availability":"https://schema.org/InStock"}',
        '{"id":3,',
        '[1]',
        '',
      ].join('\r\n'),
    );
    expect(products).toMatchObject([
      {
        offer: { price: { minor: 1250, currency: 'USD' } },
        images: ['https://shop.example/1.jpg', 'https://shop.example/2.jpg', 'https://shop.example/3.jpg'],
      },
      { sku: '2', offer: { price: { minor: 2000, currency: 'USD' }, availability: 'in-stock' } },
    ]);
    expect(report).toMatchObject({ items: 2, skipped: 2, firstFault: 'not JSON: {"id":3' });
  });

  it('bound a line without an end', async () => {
    const long = `{"id":"9","title":"${'x'.repeat(3_000_000)}"}\n{"id":"1","title":"A","link":"/1"}\n`;
    const { products, report } = await read(long);
    expect(products.map(({ title }) => title)).toEqual(['A']);
    expect(report.skipped).toBe(1);
  });
});

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

describe('a feed', () => {
  it('is unpacked, and one that breaks off says so', async () => {
    const rows = Array.from({ length: 20_000 }, (_, n) => `${n}\tItem ${(n * 7919) % 20_011}\t/p/${n}`);
    const packed = gzipSync(`id\ttitle\tlink\n${rows.join('\n')}\n`);
    expect((await read(packed)).report).toMatchObject({ items: 20_000, stopped: null });
    const half = await read(packed.subarray(0, packed.length / 2));
    expect(half.report.stopped).toBe('broken gzip');
    expect(half.items.every(({ product }, n) => product.url === `https://shop.example/p/${n}`)).toBe(true);
    expect((await read(packed, { maxBytes: 100_000 })).report.stopped).toMatch(/bytes unpacked/);
  });

  it.each(['', '\n\n', 'nonsense', '<html><body>Not found</body></html>', '\u0000\u0001', '[]'])(
    'without items is none: %j',
    async (body) => {
      const { items } = await read(body);
      expect(items).toEqual([]);
    },
  );

  it('of any size is held in no more memory than a few rows take', async () => {
    const item = RSS.slice(RSS.indexOf('<item>'), RSS.indexOf('</item>') + 7);
    const count = 5000;
    const many = Array.from({ length: count }, (_, n) => item.replace('SKU123', `SKU${n}`));
    const body = gzipSync(`<rss><channel>${many.splice(0).join('\n')}</channel></rss>`);
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const live = (): number => {
      collect();
      return process.memoryUsage().heapUsed;
    };
    const report: FeedReport = { items: 0, skipped: 0, firstFault: null, stopped: null };
    const before = live();
    let [most, next] = [0, 0];
    for await (const batch of feedReader.items(document(body, { maxBytes: 100_000_000 }), report)) {
      expect(batch.length).toBeLessThanOrEqual(100);
      if (report.items < next) continue;
      most = Math.max(most, live() - before);
      next += 1000;
    }
    expect(report).toMatchObject({ items: count, stopped: null });
    // All items at once take some 15 MB.
    expect(most).toBeLessThan(4_000_000);
  });
});
