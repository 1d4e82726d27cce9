import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalUrl, resolveLocation } from '../../../src/fetch/url.js';

describe('canonicalUrl', () => {
  it.each([
    ['HTTP://Shop.Example:80', 'http://shop.example/'],
    ['https://shop.example:443/a/../b/./c', 'https://shop.example/b/c'],
    ['https://shop.example/a/%2e%2E/b', 'https://shop.example/b'],
    ['https://shop.example:8443/', 'https://shop.example:8443/'],
    ['https://shop.example./x', 'https://shop.example/x'],
    ['https://shop.example/x#reviews', 'https://shop.example/x'],
    ['https://shop.example/x?', 'https://shop.example/x'],
    ['https://user:secret@shop.example/x', 'https://shop.example/x'],
    ['https://ショップ.example/', 'https://xn--xckya1d0c.example/'],
    // RFC 3986 section 6.2.2: escapes in upper case, unreserved characters decoded, reserved ones never.
    ['https://shop.example/%7ejoe/%41%2fb?q=%e3%81%82', 'https://shop.example/~joe/A%2Fb?q=%E3%81%82'],
    ['https://shop.example/100%', 'https://shop.example/100%25'],
    ['https://shop.example/あ', 'https://shop.example/%E3%81%82'],
    ['https://shop.example/a|b', 'https://shop.example/a%7Cb'],
    ['https://shop.example/?b=2&a=1', 'https://shop.example/?a=1&b=2'],
    ['https://shop.example/?size=m&color=red&size=l', 'https://shop.example/?color=red&size=m&size=l'],
    ['https://shop.example/?utm_source=x&id=7&gclid=y&fbclid=z', 'https://shop.example/?id=7'],
    ['https://shop.example/?UTM_Campaign=x&mc_cid=1&yclid=2', 'https://shop.example/'],
    ['https://shop.example/?q=a+b', 'https://shop.example/?q=a+b'],
    ['https://shop.example/?flag&&x=', 'https://shop.example/?flag&x='],
  ])('%s -> %s', (given, expected) => {
    expect(canonicalUrl(given)).toBe(expected);
  });

  it.each([
    'mailto:a@b.example',
    'javascript:void(0)',
    'ftp://shop.example/',
    'not a url',
    'http://',
    'http://a..b.example/',
  ])('has none for %s', (given) => {
    expect(canonicalUrl(given)).toBeNull();
  });

  it('has none for a URL longer than any page has', () => {
    expect(canonicalUrl(`https://shop.example/${'a'.repeat(9000)}`)).toBeNull();
  });

  it('resolves against a base', () => {
    expect(canonicalUrl('../b?x=1', 'https://shop.example/a/c/d')).toBe('https://shop.example/a/b?x=1');
    expect(canonicalUrl('//img.example/1.jpg', 'https://shop.example/')).toBe('https://img.example/1.jpg');
  });

  // ニット (knit) and シャツ (shirt) in EUC-JP; as UTF-8 both are nothing but replacement characters.
  it('keeps legacy-encoded pages apart, which URLSearchParams does not', () => {
    const knit = 'https://shop.example/list?cat=%A5%CB%A5%C3%A5%C8';
    const shirt = 'https://shop.example/list?cat=%A5%B7%A5%E3%A5%C4';
    const sorted = (text: string): string => {
      const url = new URL(text);
      url.searchParams.sort();
      return url.href;
    };
    expect(decodeURIComponent(sorted(knit))).toContain('\ufffd');
    expect(canonicalUrl(knit)).toBe(knit);
    expect(canonicalUrl(shirt)).toBe(shirt);
    expect(canonicalUrl('https://shop.example/%83%6a%83%62')).toBe('https://shop.example/%83j%83b');
  });

  const piece = fc.oneof(
    fc.constantFrom(
      '%',
      '%2',
      '%e3%81',
      '%41',
      '%2E',
      '..',
      '.',
      '/',
      '?',
      '&',
      '=',
      '+',
      '#',
      '\\',
      '|',
      'é',
      'あ',
    ),
    fc.constantFrom('utm_source=x', 'a=1', 'b', '%%34%31', '%25%34%31', ' ', '%00', "'", '"', ';'),
    fc.string({ maxLength: 3 }),
  );

  it('is idempotent', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('http://', 'https://'),
        fc.oneof(
          fc.domain(),
          fc.ipV4(),
          fc.ipV6().map((ip) => `[${ip}]`),
          fc.constantFrom('a.1..', '1..', '0x7f.1'),
        ),
        fc.array(piece, { maxLength: 12 }),
        (scheme, host, pieces) => {
          const once = canonicalUrl(`${scheme}${host}/${pieces.join('')}`);
          expect(canonicalUrl(once ?? '')).toBe(once);
        },
      ),
      { numRuns: 3000, seed: 11 },
    );
  });

  it('never changes which bytes a path or a value stands for', () => {
    const bytesOf = (text: string): string =>
      text.replace(/%([0-9A-Fa-f]{2})/g, (_, pair: string) => String.fromCharCode(Number.parseInt(pair, 16)));
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 20 }), (bytes) => {
        const escaped = [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
        const canonical = canonicalUrl(`https://shop.example/p?v=${escaped}`);
        expect(bytesOf(canonical!.slice('https://shop.example/p?v='.length))).toBe(
          Buffer.from(bytes).toString('latin1'),
        );
      }),
      { numRuns: 500, seed: 12 },
    );
  });
});

describe('resolveLocation', () => {
  it('keeps raw header bytes of any encoding', () => {
    const base = new URL('https://shop.example/a');
    const asHeader = (bytes: readonly number[]): string => Buffer.from(bytes).toString('latin1');
    expect(resolveLocation(`/${asHeader([0xe3, 0x81, 0x82])}`, base)?.href).toBe(
      'https://shop.example/%E3%81%82',
    );
    expect(resolveLocation(`/?c=${asHeader([0xa5, 0xcb])}`, base)?.href).toBe(
      'https://shop.example/?c=%A5%CB',
    );
  });
});
