/** Feeds of rows: tables and JSON Lines. */
import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import { read } from './feed-fixtures.js';

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
