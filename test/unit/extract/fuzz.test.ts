import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { array, assert, constantFrom, integer, nat, property, tuple, uint8Array } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readPage } from '../../../src/extract/read-page.js';
import type { PageFacts } from '../../../src/extract/read-page.js';
import type { PageReading } from '../../../src/domain/product.js';

const FOLDER = fileURLToPath(new URL('../../golden/', import.meta.url));
const pages = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.html'))
  .map((name) => readFileSync(FOLDER + name));

const FACTS: PageFacts = {
  url: 'https://shop.example/p/1',
  contentType: 'text/html',
  hints: { currency: null, language: null, selectors: { title: 'h1', price: '.price, :has(> b)' } },
};

/** What holds of every reading, whatever the bytes. */
function isSound({ product, links, traces }: PageReading): boolean {
  const texts = product === null ? [] : [product.title, product.brand, product.sku, product.description];
  const offer = product?.offer ?? null;
  const listPrice = offer?.listPrice ?? null;
  const urls = [...links, ...(product?.images ?? [])];
  return (
    texts.every((text) => text === null || text.trim() !== '') &&
    urls.every((url) => /^https?:\/\//.test(url) && !url.includes('#')) &&
    new Set(urls.slice(0, links.length)).size === links.length &&
    (offer === null || (offer.price.minor > 0 && /^[A-Z]{3}$/.test(offer.price.currency))) &&
    (listPrice === null || listPrice.minor > (offer?.price.minor ?? Infinity)) &&
    (product !== null || traces.length === 0)
  );
}

describe('readPage never throws', () => {
  test('on pages cut off anywhere', () => {
    assert(
      property(constantFrom(...pages), nat(), (page, at) => {
        expect(isSound(readPage(page.subarray(0, at % (page.length + 1)), FACTS))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test('on pages with tags, quotes and bytes dropped or doubled', () => {
    const edits = array(tuple(nat(), integer({ min: 1, max: 60 }), integer({ min: 0, max: 2 })), {
      minLength: 1,
      maxLength: 12,
    });
    assert(
      property(constantFrom(...pages), edits, (page, changes) => {
        let bytes = Buffer.from(page);
        for (const [at, length, copies] of changes) {
          const start = at % (bytes.length + 1);
          const piece = bytes.subarray(start, start + length);
          bytes = Buffer.concat([
            bytes.subarray(0, start),
            ...Array.from({ length: copies }, () => piece),
            bytes.subarray(start + length),
          ]);
        }
        expect(isSound(readPage(bytes, FACTS))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test('on arbitrary bytes and arbitrary addresses', () => {
    const addresses = constantFrom(
      'https://shop.example/',
      'not a url',
      '',
      'http://[',
      'https://shop.example/?q=\ud800',
    );
    assert(
      property(uint8Array({ maxLength: 400 }), addresses, (bytes, url) => {
        expect(isSound(readPage(bytes, { ...FACTS, url }))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test('on fragments of markup in any order', () => {
    const piece = constantFrom(
      ...'<div> </div> <h1> </h1> <a href="/x"> </a> <script type="application/ld+json"> {"@type":"Product","name":"x", "offers": } ] </script> <meta property="og:type" content="product"> <table> <tr> <td> 価格 5,390円 $49 税込 <del> </del> <img src="a.jpg"> itemscope <button>カートに入れる</button> <![CDATA[ --> <!-- <select> <option> <svg> <title> </title> <p class="price"> > < " \' &#xD800; \u0000'.split(
        /(?<=>)\s|\s(?=<)|\s/,
      ),
    );
    assert(
      property(array(piece, { maxLength: 60 }), (pieces) => {
        expect(isSound(readPage(Buffer.from(pieces.join(' ')), FACTS))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
