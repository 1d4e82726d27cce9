import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { Product, ReadingHints } from '../../../src/domain/product.js';
import { readPage } from '../../../src/extract/read-page.js';

/** A case is two files, NAME.html (any encoding) and NAME.json. */
interface GoldenCase {
  readonly page: { readonly url: string; readonly contentType: string | null; readonly hints?: ReadingHints };
  readonly encoding: string;
  readonly canonicalUrl: string | null;
  /** Where left out, availability is the offer's, and there are no variants. */
  readonly product: (Omit<Product, 'availability' | 'variants'> & Partial<Product>) | null;
  /** Field -> source; fields left out are not compared. */
  readonly sources?: Readonly<Record<string, string>>;
  readonly links?: readonly string[];
  readonly nofollow?: boolean;
  /** Each must begin a warning; without any there must be none. */
  readonly warnings?: readonly string[];
}

function completed(product: NonNullable<GoldenCase['product']>): Product {
  return { availability: product.offer?.availability ?? 'unknown', variants: [], ...product };
}

const FOLDER = new URL('../../golden/', import.meta.url);
const names = readdirSync(fileURLToPath(FOLDER))
  .filter((file) => file.endsWith('.html'))
  .map((file) => file.slice(0, -'.html'.length));

describe('golden pages', () => {
  test('there are cases', () => {
    expect(names.length).toBeGreaterThanOrEqual(40);
  });

  test.each(names)('%s', (name) => {
    const body = readFileSync(new URL(`${name}.html`, FOLDER));
    const golden = JSON.parse(readFileSync(new URL(`${name}.json`, FOLDER), 'utf8')) as GoldenCase;
    const hints = golden.page.hints ?? { currency: null, language: null, selectors: {} };
    const reading = readPage(body, { ...golden.page, hints });
    expect(reading.product).toEqual(golden.product === null ? null : completed(golden.product));
    expect(reading.noProduct === null).toBe(golden.product !== null);
    expect(reading.encoding).toBe(golden.encoding);
    expect(reading.canonicalUrl).toBe(golden.canonicalUrl);
    expect(reading.nofollow).toBe(golden.nofollow ?? false);
    expect(reading.links).toEqual(golden.links ?? reading.links);
    const sources = Object.fromEntries(reading.traces.map(({ field, source }) => [field, source]));
    expect(sources).toMatchObject(golden.sources ?? {});
    expect(reading.warnings).toEqual((golden.warnings ?? []).map((start) => expect.stringContaining(start)));
    for (const { confidence } of reading.traces) {
      expect(confidence).toBeGreaterThan(0);
      expect(confidence).toBeLessThanOrEqual(1);
    }
  });
});
