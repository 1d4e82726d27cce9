import { array, assert, constantFrom, json, property } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseHtml } from '../../../src/extract/html.js';
import { readLiteral } from '../../../src/extract/js-literal.js';
import { scriptData } from '../../../src/extract/script-data.js';

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? null)) as unknown;

describe('readLiteral', () => {
  test.each([
    ["{name: 'Hat', 'price': 49.9, \"tags\": [1, 2,],}", { name: 'Hat', price: 49.9, tags: [1, 2] }],
    ['{a: !0, b: !1, c: null, d: -1.5e2, e: .5}', { a: true, b: false, c: null, d: -150, e: 0.5 }],
    ["{a: 'it\\'s \\u00e9\\x41', b: `t`} // end", { a: "it's \u00e9A", b: 't' }],
    ['{a: /* x */ 1, // y\n b: 2}', { a: 1, b: 2 }],
    ['{a: f(1, {b: 2}), c: function () { return {d: 1}; }, e() { return 1; }, g: 3}', { g: 3 }],
    ['{a: JSON.parse(\'{"b":[1]}\'), c: 1 + 2, d: 4}', { a: { b: [1] }, d: 4 }],
    ['[1, void 0, "x"] ; more', [1, null, 'x']],
  ])('%s', (text, expected) => {
    expect(plain(readLiteral(text, 0)?.value)).toEqual(expected);
  });

  test('puts in the values of names', () => {
    const names = new Map<string, unknown>([['a', 10]]);
    expect(plain(readLiteral('{price: a, other: b}', 0, { names })?.value)).toEqual({ price: 10 });
  });

  test.each(['', '{', '{a', '{a:', '{a:1', '[1,', '{a:"b}', '{) {}'])('%j is none', (text) => {
    expect(readLiteral(text, 0)).toBeNull();
  });

  test('reads JSON as JSON.parse does', () => {
    assert(
      property(json(), (text) => {
        const value = JSON.parse(text) as unknown;
        if (typeof value !== 'object' || value === null || text.includes('__proto__')) return;
        expect(plain(readLiteral(text, 0)?.value)).toEqual(plain(value));
      }),
      { numRuns: 300 },
    );
  });

  test('ends on any text, however deep', () => {
    const piece = constantFrom(
      ...'{ } [ ] ( ) , : " \' ` \\ a 1 / // /* */ function JSON.parse( ! - .'.split(' '),
    );
    assert(
      property(array(piece, { maxLength: 60 }), (pieces) => {
        readLiteral(pieces.join(''), 0);
      }),
      { numRuns: 500 },
    );
    expect(readLiteral('['.repeat(100_000), 0)).toBeNull();
  });

  test('looks at no more than it may, counting what was looked through in vain', () => {
    const effort = { left: 1000 };
    const text = `[f(${'x'.repeat(900)}`;
    expect(readLiteral(text, 0, { effort })).toBeNull();
    expect(effort.left).toBe(1000 - text.length);
    expect(readLiteral('[1]', 0, { effort })?.value).toEqual([1]);
    expect(readLiteral(text, 0, { effort })).toBeNull();
    expect(readLiteral('[1]', 0, { effort })).toBeNull();
  });
});

describe('scriptData', () => {
  const dataOf = (html: string) => scriptData(parseHtml(html));

  test.each([
    ['var shop = {currency: "usd", locale: "en"};', 'USD'],
    ['Shopify.currency = {"active":"CAD","rate":"1.0"};', 'CAD'],
    ['filters = {active: "all"}; tabs = {active:"new"}; x = {interactive:"off"};', null],
    ['filters = {active: "all"}; shop = {currencyCode: "USD"};', 'USD'],
    ['a = {currency: "USD"}; b = {currency: "EUR"};', null],
    ['a = {currency: "XQX", filler: "filler"};', null],
  ])('takes the currency of %s', (script, currency) => {
    expect(dataOf(`<script>${script}</script>`).currency).toBe(currency);
  });

  test('gives up on a page of beginnings, and keeps what came before', () => {
    const hostile = `${'function(a){return{b:1}}( '.repeat(2000)}${' '.repeat(50_000)}) x ${'=[f('.repeat(20_000)}`;
    const { values } = dataOf(`<script>p = {name: "Hat", price: 1, sku: "hat-1"}; ${hostile}</script>`);
    expect(values[0]).toEqual({ name: 'Hat', price: 1, sku: 'hat-1' });
  });

  test('finds what scripts assign, pass and return, and what attributes hold', () => {
    const { values } = dataOf(`<div data-product='{"name":"Attribute","price":1}'></div>
      <script>var p = {name: "Assigned", price: 2}; dataLayer.push({name: "Passed", price: 3});
      if (x) { y(); }</script>
      <script type="application/json">{"name":"JSON block","price":4}</script>`);
    expect(values.map((value) => (value as { name: string }).name)).toEqual([
      'Attribute',
      'Assigned',
      'Passed',
      'JSON block',
    ]);
  });

  test('names a currency only where scripts name one', () => {
    expect(dataOf('<script>Shop.currency = {"active":"GBP"}; price = 1</script>').currency).toBe('GBP');
    expect(dataOf('<script>a = {currency:"GBP",price:1}; b = {currency:"EUR"}</script>').currency).toBeNull();
  });
});
