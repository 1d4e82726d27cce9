/** Google Merchant XML, and what holds of every feed. */
import { gzipSync } from 'node:zlib';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import type { FeedReport } from '../../../../src/domain/feed.js';
import { feedReader } from '../../../../src/extract/feed/feed-reader.js';
import { document, read, RSS, SWEATER } from './feed-fixtures.js';

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

describe('a feed', () => {
  it('is unpacked, and one that breaks off says so', async () => {
    const rows = Array.from({ length: 5000 }, (_, n) => `${n}\tItem ${(n * 7919) % 5003}\t/p/${n}`);
    const packed = gzipSync(`id\ttitle\tlink\n${rows.join('\n')}\n`);
    expect((await read(packed)).report).toMatchObject({ items: 5000, stopped: null });
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
