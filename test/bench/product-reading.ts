/** What a visit of a product page brings to the store. */
import type { PageVisit } from '../../src/domain/crawl.js';
import type { Product } from '../../src/domain/product.js';

/** `number` makes it another one; `fields` in place of what it has. */
export function productReading(
  url: string,
  number: number,
  links: readonly string[] = [],
  fields: Partial<Product> = {},
): PageVisit {
  const product: Product = {
    url,
    title: `Item ${number}`,
    description: 'A sweater with cables, knitted in wool of sheep that live on hills.',
    brand: 'Example',
    sku: `SKU-${number}`,
    gtin: null,
    mpn: null,
    breadcrumbs: ['Women', 'Sweaters'],
    offer: {
      price: { minor: 4990, currency: 'EUR' },
      listPrice: null,
      availability: 'in-stock',
      taxIncluded: true,
    },
    availability: 'in-stock',
    images: [`${url}.jpg`],
    variants: [],
    ...fields,
  };
  return {
    kind: 'read',
    reading: {
      encoding: 'utf-8',
      canonicalUrl: url,
      product,
      traces: [],
      noProduct: null,
      contradictions: [],
      links,
      nofollow: false,
      warnings: [],
    },
    links,
    validators: { etag: '"1"', lastModified: null },
    contentHash: `${url} ${number}`,
  };
}
