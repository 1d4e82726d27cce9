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

describe('RFC 3986 section 5.4, reference resolution', () => {
  const base = 'http://a/b/c/d;p?q';
  // As the section lists them, but for fragments, which name no page.
  it.each([
    ['g', 'http://a/b/c/g'],
    ['./g', 'http://a/b/c/g'],
    ['g/', 'http://a/b/c/g/'],
    ['/g', 'http://a/g'],
    ['//g', 'http://g/'],
    ['?y', 'http://a/b/c/d;p?y'],
    ['g?y', 'http://a/b/c/g?y'],
    ['#s', 'http://a/b/c/d;p?q'],
    ['g#s', 'http://a/b/c/g'],
    ['g?y#s', 'http://a/b/c/g?y'],
    [';x', 'http://a/b/c/;x'],
    ['g;x', 'http://a/b/c/g;x'],
    ['g;x?y#s', 'http://a/b/c/g;x?y'],
    ['', 'http://a/b/c/d;p?q'],
    ['.', 'http://a/b/c/'],
    ['./', 'http://a/b/c/'],
    ['..', 'http://a/b/'],
    ['../', 'http://a/b/'],
    ['../g', 'http://a/b/g'],
    ['../..', 'http://a/'],
    ['../../', 'http://a/'],
    ['../../g', 'http://a/g'],
    // 5.4.2, abnormal examples.
    ['../../../g', 'http://a/g'],
    ['../../../../g', 'http://a/g'],
    ['/./g', 'http://a/g'],
    ['/../g', 'http://a/g'],
    ['g.', 'http://a/b/c/g.'],
    ['.g', 'http://a/b/c/.g'],
    ['g..', 'http://a/b/c/g..'],
    ['..g', 'http://a/b/c/..g'],
    ['./../g', 'http://a/b/g'],
    ['./g/.', 'http://a/b/c/g/'],
    ['g/./h', 'http://a/b/c/g/h'],
    ['g/../h', 'http://a/b/c/h'],
    ['g;x=1/./y', 'http://a/b/c/g;x=1/y'],
    ['g;x=1/../y', 'http://a/b/c/y'],
    ['g?y/./x', 'http://a/b/c/g?y/./x'],
    ['g?y/../x', 'http://a/b/c/g?y/../x'],
    ['g#s/./x', 'http://a/b/c/g'],
    ['g#s/../x', 'http://a/b/c/g'],
    // "For backward compatibility", as the URL standard has it.
    ['http:g', 'http://a/b/c/g'],
    ['g:h', null],
  ])('%j is %s', (reference, expected) => {
    expect(canonicalUrl(reference, base)).toBe(expected);
  });
});

describe('RFC 3986 section 6.2, normalization', () => {
  it.each([
    // 6.2.2: the two URIs that are equivalent by syntax.
    ['http://a/b/c/%7Bfoo%7D', 'hTTp://a/./b/../b/%63/%7bfoo%7d'],
    ['http://www.example.com/', 'HTTP://www.EXAMPLE.com/'],
    // 6.2.3: the four that are equivalent by scheme.
    ['http://example.com', 'http://example.com/'],
    ['http://example.com:/', 'http://example.com/'],
    ['http://example.com:80/', 'http://example.com/'],
    ['https://example.com:443', 'https://example.com/'],
  ])('%s and %s are one page', (one, other) => {
    expect(canonicalUrl(one)).toBe(canonicalUrl(other));
  });

  it.each([
    ['http://example.com/', 'https://example.com/'],
    ['http://example.com:443/', 'https://example.com/'],
    ['http://example.com/a', 'http://example.com/a/'],
    ['http://example.com/a', 'http://example.com/A'],
    ['http://example.com/a/b', 'http://example.com/a%2Fb'],
    ['http://example.com/?a=b%26c', 'http://example.com/?a=b&c'],
    ['http://example.com/?a=b+c', 'http://example.com/?a=b%2Bc'],
    ['http://example.com/?a=1&a=2', 'http://example.com/?a=2&a=1'],
    ['http://example.com/?a', 'http://example.com/?a='],
  ])('%s and %s are two', (one, other) => {
    expect(canonicalUrl(one)).not.toBe(canonicalUrl(other));
  });

  it.each([
    ['http://faß.example/', 'http://xn--fa-hia.example/'],
    ['http://BÜCHER.example/', 'http://xn--bcher-kva.example/'],
    ['http://日本語。example/', 'http://xn--wgv71a119e.example/'],
    ['http://xn--BCHER-kva.example/', 'http://xn--bcher-kva.example/'],
    ['http://[2001:DB8:0:0::1]:80/', 'http://[2001:db8::1]/'],
    ['http://0x7f.1/', 'http://127.0.0.1/'],
    ['http://user@example.com/', 'http://example.com/'],
    ['http://user:pass%40@example.com:8080/?#', 'http://example.com:8080/'],
  ])('%s is %s (URL standard)', (given, expected) => {
    expect(canonicalUrl(given)).toBe(expected);
  });
});

describe('the identity of a query', () => {
  /** Independent of the code: parameters as bytes, raw or escaped, by name, unreserved escapes as their characters. */
  const identity = (query: string): string => {
    const octets = (text: string): string[] =>
      [...text.matchAll(/%([0-9a-f]{2})|[\s\S]/gi)].map(([whole, pair]) => {
        if (pair === undefined) return `raw ${whole === "'" ? '%27' : whole}`;
        const char = String.fromCharCode(Number.parseInt(pair, 16));
        return /[A-Za-z0-9._~-]/.test(char) ? `raw ${char}` : `byte ${pair.toLowerCase()}`;
      });
    const parameters = query
      .split('&')
      .filter((parameter) => parameter !== '')
      .map((parameter) => ({
        name: octets(parameter.split('=', 1)[0]!).join(),
        all: octets(parameter).join(),
      }));
    const names = [...new Set(parameters.map(({ name }) => name))].toSorted();
    return JSON.stringify(names.map((name) => parameters.filter((parameter) => parameter.name === name)));
  };
  const escape = (bytes: Uint8Array): string =>
    [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
  const legacy = fc.oneof(
    // Two bytes of EUC-JP, and of Shift_JIS, whose second byte may be a letter.
    fc.tuple(fc.integer({ min: 0xa1, max: 0xfe }), fc.integer({ min: 0xa1, max: 0xfe })),
    fc.tuple(fc.integer({ min: 0x81, max: 0x9f }), fc.integer({ min: 0x40, max: 0xfc })),
  );
  const value = fc.oneof(
    fc.array(legacy, { maxLength: 3 }).map((pairs) => escape(Uint8Array.from(pairs.flat()))),
    fc.uint8Array({ maxLength: 4 }).map(escape),
    fc.constantFrom('', '1', 'a', '+', '%2B', '%20', '%26', '%3D', '%41', 'A', '%7e', '~'),
  );
  const parameter = fc.tuple(
    fc.constantFrom('a', 'b', 'cat', '%61', '%A5', '%a5%cb'),
    fc.constantFrom('', '='),
    value,
  );
  const query = fc
    .array(parameter, { maxLength: 4 })
    .map((parameters) => parameters.map(([name, equals, text]) => `${name}${equals}${text}`).join('&'));

  it('is all that decides whether two are the same page', () => {
    let same = 0;
    fc.assert(
      fc.property(query, query, fc.boolean(), (one, another, shuffled) => {
        const other = shuffled ? one.split('&').toReversed().join('&') : another;
        const canonical = [one, other].map((text) => canonicalUrl(`https://shop.example/l?${text}`));
        const equal = identity(one) === identity(other);
        if (equal) same += 1;
        expect(canonical[0] === canonical[1]).toBe(equal);
      }),
      { numRuns: 5000, seed: 3986 },
    );
    expect(same).toBeGreaterThan(500);
  });

  it('reaches the server as it was, byte for byte', () => {
    fc.assert(
      fc.property(query, (text) => {
        const canonical = new URL(canonicalUrl(`https://shop.example/l?${text}`)!);
        expect(identity(canonical.search.slice(1))).toBe(identity(text));
      }),
      { numRuns: 2000, seed: 3987 },
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
