import type { PageReader } from '../../../src/domain/ports.js';

/** Reads no page: finds in each the links that the test says, and no product. */
export const readerOf = (linksOf: (url: string) => string[]): PageReader => ({
  read: (_, { url }) =>
    Promise.resolve({
      encoding: 'utf-8',
      canonicalUrl: null,
      product: null,
      traces: [],
      noProduct: null,
      contradictions: [],
      links: linksOf(url),
      nofollow: false,
      warnings: [],
    }),
  close: () => Promise.resolve(),
});
