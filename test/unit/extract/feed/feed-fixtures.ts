/** Feeds to read, and what the reader makes of them. */
import type { FeedItem, FeedReport } from '../../../../src/domain/feed.js';
import type { FeedDocument } from '../../../../src/domain/feed-ports.js';
import { feedReader } from '../../../../src/extract/feed/feed-reader.js';

const NOW = Date.UTC(2026, 5, 1);

export function document(body: string | Uint8Array, more: Partial<FeedDocument> = {}): FeedDocument {
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

export async function read(body: string | Uint8Array, more: Partial<FeedDocument> = {}) {
  const report: FeedReport = { items: 0, skipped: 0, firstFault: null, stopped: null };
  const items: FeedItem[] = [];
  for await (const batch of feedReader.items(document(body, more), report)) items.push(...batch);
  return { items, products: items.map(({ product }) => product), report };
}

export const RSS = `<?xml version="1.0"?>
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

export const SWEATER = {
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
