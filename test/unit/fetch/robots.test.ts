/** RFC 9309's own examples, and what it says in prose. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_ROBOTS_BYTES, isAllowed, parseRobots } from '../../../src/fetch/robots.js';

/** As the loader hands it over: one character a byte. */
const bytes = (text: string): string => Buffer.from(text).toString('latin1');

function allowed(robots: string, path: string, token?: string): boolean {
  return isAllowed(parseRobots(bytes(robots), token), new URL(path, 'https://shop.example'));
}

describe('RFC 9309 section 5.1, simple example', () => {
  const robots = [
    'User-Agent: *',
    'Disallow: *.gif$',
    'Disallow: /example/',
    'Allow: /publications/',
    '',
    'User-Agent: foobot',
    'Disallow:/',
    'Allow:/example/page.html',
    'Allow:/example/allowed.gif',
    '',
    'User-Agent: barbot',
    'User-Agent: bazbot',
    'Disallow: /example/page.html',
    '',
    'User-Agent: quxbot',
    '',
  ].join('\r\n');

  it.each([
    ['fashiond', '/', true],
    ['fashiond', '/picture.gif', false],
    ['fashiond', '/picture.gif?size=2', true],
    ['fashiond', '/example/page.html', false],
    ['fashiond', '/publications/x', true],
    ['foobot', '/', false],
    ['foobot', '/example/page.html', true],
    ['foobot', '/example/allowed.gif', true],
    ['foobot', '/example/other', false],
    ['barbot', '/example/page.html', false],
    ['bazbot', '/example/page.html', false],
    ['bazbot', '/example/other', true],
    ['quxbot', '/example/page.html', true],
    ['quxbot', '/picture.gif', true],
  ])('%s %s: %s', (token, path, expected) => {
    expect(allowed(robots, path, token)).toBe(expected);
  });
});

describe('RFC 9309 section 5.2, longest match', () => {
  const robots = 'User-Agent: foobot\nAllow: /example/page/\nDisallow: /example/page/disallowed.gif\n';

  it.each([
    ['/example/page/', true],
    ['/example/page/disallowed.gif', false],
    ['/example/page/disallowed.gif.html', false],
    ['/example/other', true],
  ])('%s: %s', (path, expected) => {
    expect(allowed(robots, path, 'foobot')).toBe(expected);
  });
});

describe('RFC 9309 section 2.2.2, percent-encoding', () => {
  it.each([
    ['/foo/bar?baz=quz', '/foo/bar?baz=quz'],
    ['/foo/bar?baz=https://foo.bar', '/foo/bar?baz=https%3A%2F%2Ffoo.bar'],
    ['/foo/bar?baz=https%3A%2F%2Ffoo.bar', '/foo/bar?baz=https://foo.bar'],
    ['/foo/bar/ツ', '/foo/bar/%E3%83%84'],
    ['/foo/bar/%E3%83%84', '/foo/bar/ツ'],
    ['/foo/bar/%e3%83%84', '/foo/bar/%E3%83%84'],
    ['/foo/bar/%62%61%7A', '/foo/bar/baz'],
    ['/foo/bar/baz', '/foo/bar/%62%61%7a'],
  ])('rule %s covers %s', (rule, path) => {
    expect(allowed(`User-agent: *\nDisallow: ${rule}\n`, path)).toBe(false);
    expect(allowed(`User-agent: *\nDisallow: ${rule}x\n`, path)).toBe(true);
  });

  it('compares legacy-encoded paths byte for byte', () => {
    const raw = `User-agent: *\nDisallow: /${Buffer.from([0xa5, 0xcb]).toString('latin1')}\n`;
    const robots = parseRobots(raw);
    expect(isAllowed(robots, new URL('https://shop.example/%A5%CB'))).toBe(false);
    expect(isAllowed(robots, new URL('https://shop.example/%A5%B7'))).toBe(true);
  });

  it('keeps an escaped slash apart from a slash in the path', () => {
    expect(allowed('User-agent: *\nDisallow: /a/b\n', '/a%2Fb')).toBe(true);
    expect(allowed('User-agent: *\nDisallow: /a%2fb\n', '/a%2Fb')).toBe(false);
    expect(allowed('User-agent: *\nDisallow: /a%2Fb\n', '/a/b')).toBe(true);
  });

  it('matches escapes behind a wildcard, in the path and in the query', () => {
    expect(allowed('User-agent: *\nDisallow: /*%2Fcart\n', '/list?back=%2fcart')).toBe(false);
    expect(allowed('User-agent: *\nDisallow: /*/cart\n', '/list?back=%2Fcart')).toBe(false);
    expect(allowed('User-agent: *\nDisallow: /*%2Fcart\n', '/list%2Fcart')).toBe(false);
    expect(allowed('User-agent: *\nDisallow: /*/cart\n', '/list%2Fcart')).toBe(true);
  });

  it('never lets a URL past a rule that is its own path, byte for byte', () => {
    const octet = fc.integer({ min: 1, max: 255 }).map((byte) => `%${byte.toString(16).padStart(2, '0')}`);
    const piece = fc.oneof(octet, octet, fc.constantFrom('a', '/', '-', '.x', '?', '=', '&', ';', ','));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        const url = new URL(`https://shop.example/${pieces.join('')}`);
        const rule = `Disallow: ${url.pathname}${url.search}`;
        expect(isAllowed(parseRobots(`User-agent: *\n${rule}\n`), url)).toBe(false);
        expect(isAllowed(parseRobots(`User-agent: *\n${rule}$\n`), url)).toBe(false);
        expect(isAllowed(parseRobots(`User-agent: *\n${rule}x\n`), url)).toBe(true);
      }),
      { numRuns: 1000, seed: 93_09 },
    );
  });

  it('counts octets after encoding: the longer rule is the more specific', () => {
    const robots = 'User-agent: *\nAllow: /ツ\nDisallow: /*xyz\n';
    expect(allowed(robots, '/%E3%83%84xyz')).toBe(true);
    expect(allowed(`${robots}Disallow: /*xyz12345\n`, '/%E3%83%84xyz12345')).toBe(true);
    expect(allowed(`${robots}Disallow: /*xyz123456\n`, '/%E3%83%84xyz123456')).toBe(false);
  });
});

describe('RFC 9309 section 2.2.3, special characters', () => {
  it.each([
    ['/path/file-with-a-%2A.html', '/path/file-with-a-*.html', false],
    ['/path/file-with-a-%2A.html', '/path/file-with-a-b.html', true],
    ['/path/foo-%24', '/path/foo-$', false],
    ['/path/foo-%24', '/path/foo-', true],
    ['/this/path/exactly$', '/this/path/exactly', false],
    ['/this/path/exactly$', '/this/path/exactly/not', true],
    ['/this/*/exactly', '/this/is/not/exactly/so', false],
    ['/this/*/exactly', '/this/exactly', true],
    ['/*?', '/list?page=2', false],
    ['/*?', '/list', true],
    ['/*.php$', '/a.php.php', false],
    ['/a*a$', '/a', true],
    ['/a*a$', '/aa', false],
    ['*/cart', '/x/cart', false],
    ['/fish*', '/fishheads/yummy.html', false],
    ['/fish', '/Fish', true],
  ])('Disallow: %s and %s: allowed %s', (rule, path, expected) => {
    expect(allowed(`User-agent: *\nDisallow: ${rule}\n`, path)).toBe(expected);
  });

  it('matches a hostile pattern in no time', () => {
    const rule = `/${'a*'.repeat(2000)}b`;
    const startedAt = performance.now();
    expect(allowed(`User-agent: *\nDisallow: ${rule}\n`, `/${'a'.repeat(6000)}`)).toBe(true);
    expect(performance.now() - startedAt).toBeLessThan(2000);
  });
});

describe('RFC 9309 section 2.2.1, the user-agent line', () => {
  it('combines the groups of one agent, as in the example of that section', () => {
    const robots =
      'user-agent: ExampleBot\ndisallow: /foo\ndisallow: /bar\n\nuser-agent: ExampleBot\ndisallow: /baz\n';
    const paths = ['/foo', '/bar', '/baz', '/other'];
    expect(paths.map((path) => allowed(robots, path, 'examplebot'))).toEqual([false, false, false, true]);
  });

  it('lets a group for several agents count for each of them, and adds it to the others', () => {
    const robots =
      'User-agent: a\nUser-agent: b\nDisallow: /ab\n\nUser-agent: b\nDisallow: /b\n\nUser-agent: *\nDisallow: /\n';
    expect(['/ab', '/b', '/'].map((path) => allowed(robots, path, 'a'))).toEqual([false, true, true]);
    expect(['/ab', '/b', '/'].map((path) => allowed(robots, path, 'b'))).toEqual([false, false, true]);
    expect(allowed(robots, '/', 'c')).toBe(false);
  });

  it('combines the groups for every agent as well', () => {
    const robots =
      'User-agent: *\nDisallow: /a\n\nUser-agent: x\nDisallow: /\n\nUser-agent: *\nDisallow: /b\n';
    expect(['/a', '/b', '/c'].map((path) => allowed(robots, path))).toEqual([false, false, true]);
  });
});

describe('groups', () => {
  it('merges all that name the same agent, in any case, and leaves * to the others', () => {
    const robots =
      'User-agent: FashionD\nDisallow: /a\n\nUser-agent: *\nDisallow: /\n\nuser-agent: fashiond/2.0 (x)\nDisallow: /b\n';
    expect(['/a', '/b', '/c'].map((path) => allowed(robots, path))).toEqual([false, false, true]);
    expect(allowed(robots, '/c', 'other')).toBe(false);
  });

  it('takes a longer name for another agent', () => {
    expect(allowed('User-agent: fashiondog\nDisallow: /\n', '/')).toBe(true);
    expect(allowed('User-agent: fashion\nDisallow: /\n', '/')).toBe(true);
  });

  it('lets allow win a tie', () => {
    expect(allowed('User-agent: *\nDisallow: /page\nAllow: /page\n', '/page')).toBe(true);
    expect(allowed('User-agent: *\nAllow: /page\nDisallow: /page\n', '/page')).toBe(true);
  });

  it('allows everything without a rule, and /robots.txt always', () => {
    expect(allowed('', '/x')).toBe(true);
    expect(allowed('User-agent: *\nDisallow:\n', '/x')).toBe(true);
    expect(allowed('Disallow: /\n', '/x')).toBe(true);
    expect(allowed('User-agent: *\nDisallow: /\n', '/robots.txt')).toBe(true);
    expect(allowed('<html><body>Not found: /</body></html>', '/x')).toBe(true);
  });

  it('is not ended by lines that are no part of the protocol (section 2.2.4)', () => {
    const robots =
      'User-agent: fashiond\nSitemap: https://shop.example/s.xml\nHost: x\n\n# note\nDisallow: /a # why\n';
    expect(allowed(robots, '/a')).toBe(false);
  });

  it.each(['\n', '\r', '\r\n'])('reads lines that end in %j, after a byte order mark', (end) => {
    expect(allowed(`\ufeffUser-agent : *${end}  DISALLOW:\t/a${end}`, '/a')).toBe(false);
  });
});

describe('extensions and bounds', () => {
  it('reads Crawl-delay for the agents named so far', () => {
    const robots = 'User-agent: a\nCrawl-delay: 2.5\nUser-agent: b\nDisallow: /x\n';
    expect(parseRobots(robots, 'a').crawlDelayMs).toBe(2500);
    expect(parseRobots(robots, 'b').crawlDelayMs).toBeNull();
    expect(allowed(robots, '/x', 'a')).toBe(false);
  });

  it.each(['-1', 'soon', '', '1e9'])('ignores Crawl-delay: %s', (value) => {
    expect(parseRobots(`User-agent: *\nCrawl-delay: ${value}\n`).crawlDelayMs).toBeNull();
  });

  it('lists sitemaps wherever they stand', () => {
    const robots = 'Sitemap: https://a.example/1.xml\nUser-agent: x\nDisallow: /\nsitemap:/2.xml\n';
    expect(parseRobots(robots).sitemaps).toEqual(['https://a.example/1.xml', '/2.xml']);
  });

  it('ignores what lies beyond 500 KiB', () => {
    const head = 'User-agent: *\nDisallow: /early\n';
    const filler = '#'.repeat(MAX_ROBOTS_BYTES - head.length - 1);
    const robots = `${head}${filler}\nDisallow: /late\n`;
    expect(allowed(robots, '/early')).toBe(false);
    expect(allowed(robots, '/late')).toBe(true);
  });

  it('reads no part of a line that the bound cuts', () => {
    const head = 'User-agent: *\n';
    const filler = '#'.repeat(MAX_ROBOTS_BYTES - head.length - '\nDisallow: /'.length);
    const robots = `${head}${filler}\nDisallow: /cut-off\n`;
    expect(robots.slice(0, MAX_ROBOTS_BYTES).endsWith('\nDisallow: /')).toBe(true);
    expect(allowed(robots, '/anything')).toBe(true);
    expect(allowed(robots.slice(0, MAX_ROBOTS_BYTES), '/anything')).toBe(false);
  });

  it('reads a rule as long as the file may be', () => {
    const robots = `User-agent: *\nDisallow: /${'a'.repeat(400_000)}\nDisallow: /b\n`;
    expect(allowed(robots, `/${'a'.repeat(399_999)}`)).toBe(true);
    expect(allowed(robots, '/b')).toBe(false);
  });

  // A regular expression that tries every split of the spaces would take hours.
  it.each([' ', 'a ', '\t', ': ', '#', '\0'])('is linear in a file of %j', (unit) => {
    expect(allowed(unit.repeat(MAX_ROBOTS_BYTES / unit.length), '/x')).toBe(true);
  });

  it('takes what it can from a file of noise (section 2.3.1.5)', () => {
    const robots =
      '\u0000\u0001garbage\n<!doctype html>\n:::\nDisallow\n: /\nUser-agent: *\nDisalow: /typo\nDisallow: no-slash\nDisallow: /a\n\ufffd\nDisallow: /b';
    expect(['/a', '/b', '/typo', '/no-slash'].map((path) => allowed(robots, path))).toEqual([
      false,
      false,
      true,
      true,
    ]);
  });
});
