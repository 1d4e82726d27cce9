import { describe, expect, test } from 'vitest';
import { parseHtml } from '../../../src/extract/html.js';
import { readJsonLd } from '../../../src/extract/json-ld.js';
import { isItem, textOf, valuesOf } from '../../../src/extract/items.js';
import { parseLenientJson } from '../../../src/extract/json-repair.js';

describe('parseLenientJson', () => {
  test.each<[string, string, unknown[] | null]>([
    ['plain', '{"a":1}', [{ a: 1 }]],
    ['HTML comment', '<!-- {"a":1} -->', [{ a: 1 }]],
    ['CDATA', '//<![CDATA[\n{"a":1}\n//]]>', [{ a: 1 }]],
    ['CDATA in a block comment', '/*<![CDATA[*/ {"a":1} /*]]>*/', [{ a: 1 }]],
    ['semicolon', '{"a":1};', [{ a: 1 }]],
    ['trailing commas', '{"a":[1,2,],"b":2,}', [{ a: [1, 2], b: 2 }]],
    ['a comma after the object', '{"a":1},', [{ a: 1 }]],
    ['comments', '{"a":1, // one\n /* two */ "b":"http://x"}', [{ a: 1, b: 'http://x' }]],
    ['line breaks in strings', '{"a":"x\ny\tz\u0001"}', [{ a: 'x\ny\tz\u0001' }]],
    ['two objects in a row', '{"a":1}\n{"b":2}', [{ a: 1 }, { b: 2 }]],
    ['two objects with a comma', '{"a":1},{"b":2}', [{ a: 1 }, { b: 2 }]],
    ['unescaped quotes', '{"a":"a 12" bag","b":"x"}', [{ a: 'a 12" bag', b: 'x' }]],
    ['an invalid escape', String.raw`{"a":"it\'s"}`, [{ a: "it's" }]],
    ['cut off', '{"a":{"b":[1,2', [{ a: { b: [1, 2] } }]],
    ['entities', '{&quot;a&quot;:&quot;b&quot;}', [{ a: 'b' }]],
    ['empty', '  ', []],
    ['not JSON', 'var x = 1', null],
    ['half a word', '{"a": tru', null],
  ])('%s', (_, text, expected) => {
    expect(parseLenientJson(text)).toEqual(expected);
  });
});

function block(json: string): string {
  return `<script type="application/ld+json">${json}</script>`;
}

function read(html: string): { items: ReturnType<typeof readJsonLd>; warnings: string[] } {
  const warnings: string[] = [];
  return { items: readJsonLd(parseHtml(html), (warning) => warnings.push(warning)), warnings };
}

describe('readJsonLd', () => {
  test('a bad block is reported and loses nothing of the others', () => {
    const { items, warnings } = read(
      block('{"@type":"Product","name":"a"}') + block('oops') + block('{"@type":"Thing"}'),
    );
    expect(items.map(({ types }) => types)).toEqual([['product'], ['thing']]);
    expect(warnings).toEqual(['json-ld: block 2 of 3 is not JSON']);
  });

  test('references are resolved across blocks and in circles', () => {
    const { items } = read(
      block('{"@type":"Product","@id":"#p","brand":{"@id":"#b"}}') +
        block('{"@graph":[{"@type":"Brand","@id":"#b","name":"Tarn","owns":{"@id":"#p"}}]}'),
    );
    expect(textOf(items[0]!, 'brand')).toBe('Tarn');
    const [brand] = valuesOf(items[0]!, 'brand');
    expect(isItem(brand) && valuesOf(brand, 'owns').some(isItem)).toBe(true);
  });

  test('types and names lose their vocabulary', () => {
    const { items } = read(
      block('{"@type":["https://schema.org/Product","schema:Thing"],"schema:name":{"@value":"x"}}'),
    );
    expect(items[0]!.types).toEqual(['product', 'thing']);
    expect(textOf(items[0]!, 'name')).toBe('x');
  });

  test('a graph that refers to itself a thousandfold stays small', () => {
    const ids = Array.from({ length: 100 }, (_, i) => `{"@id":"#${i}"}`).join(',');
    const nodes = Array.from(
      { length: 100 },
      (_, i) => `{"@type":"Product","@id":"#${i}","name":"n","isRelatedTo":[${ids}]}`,
    );
    const before = process.cpuUsage();
    expect(read(block(`{"@graph":[${nodes.join(',')}]}`)).items).toHaveLength(100);
    // Not by the clock, which a busy machine makes run ahead.
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(2000);
  });

  test('keys of Object.prototype are only keys', () => {
    const { items } = read(
      block('{"@type":"Product","__proto__":{"name":"evil"},"constructor":"x","toString":"y"}'),
    );
    expect(textOf(items[0]!, 'name')).toBeNull();
  });
});
