import { array, assert, constantFrom, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { trapOf, urlPattern } from '../../../src/domain/traps.js';

const limits = { maxRepeats: 3, maxParameters: 4, maxPerPattern: 10 };

describe('an address', () => {
  it.each([
    ['https://a.example/', null],
    ['https://a.example', null],
    ['https://a.example/women/sale/women/sale/women/', null],
    ['https://a.example/a/b/a/b/a/b/a', 'repeats'],
    ['https://a.example/a//a/a/a', 'repeats'],
    ['https://a.example/a/aa/aaa/aaaa', null],
    ['https://a.example/list?a=1&b=2&c=3&d=4', null],
    ['https://a.example/list?a=1&b=2&c=3&d=4&e=5', 'parameters'],
    ['https://a.example/list?next=/a/a/a/a/a', null],
  ])('%s: %s', (url, expected) => {
    expect(trapOf(url, limits)).toBe(expected);
  });
});

describe('the pattern', () => {
  it.each([
    ['https://a.example/products/red-dress', null],
    ['https://a.example/products/red-dress-4711', 'https://a.example/products/#'],
    ['https://a.example/p/4711', 'https://a.example/p/#'],
    ['https://a.example/day/2026-01-31/8', 'https://a.example/day/#/#'],
    ['https://a.example/women?colour=red', 'https://a.example/women?'],
    ['https://a.example/women?size=m&colour=blue', 'https://a.example/women?'],
    ['https://a1.example:8080/p/1?x', 'https://a1.example:8080/p/#?'],
  ])('of %s is %s', (url, expected) => {
    expect(urlPattern(url)).toBe(expected);
  });

  it('is the same for all addresses that differ in numbers only, and its own', () => {
    const segment = constantFrom('women', 'p1', '2026', 'a-7-b', '12');
    assert(
      property(array(segment, { minLength: 1 }), (segments) => {
        const url = `https://a.example/${segments.join('/')}`;
        const pattern = urlPattern(url);
        expect(urlPattern(url.replaceAll(/\d+/g, '99'))).toBe(pattern);
        expect(pattern ?? '').not.toMatch(/\d/);
      }),
    );
  });
});
