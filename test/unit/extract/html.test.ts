import { Element } from 'domhandler';
import { describe, expect, test } from 'vitest';
import { plainText, priceTextOf, visibleText } from '../../../src/extract/dom-text.js';
import { contains, parseHtml } from '../../../src/extract/html.js';

function first(html: string, name: string): Element {
  return parseHtml(html).elements.find((element) => element.name === name)!;
}

describe('parseHtml', () => {
  test('ten megabytes of nested elements neither overflow the stack nor take time', () => {
    const before = process.cpuUsage();
    const page = parseHtml('<div>'.repeat(2_000_000));
    expect(visibleText(page.root)).toBe('');
    // 50 ms of CPU; the bound tells linear from quadratic, which takes minutes.
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(1000);
    expect(page.truncated).toBe(true);
  });

  test('end tags without a beginning cost no more', () => {
    const before = process.cpuUsage();
    parseHtml('<b>'.repeat(1000) + '</i>'.repeat(2_000_000));
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(5000);
  });

  test('what is nested deeper than the bound is kept, flat', () => {
    const page = parseHtml(`${'<div>'.repeat(400)}<p>deep</p>${'</div>'.repeat(400)}<h1>after</h1>`);
    expect(page.truncated).toBe(false);
    expect(visibleText(page.root)).toBe('deep after');
    const heading = page.elements.find(({ name }) => name === 'h1');
    expect(heading?.parent).toBe(page.root);
  });

  test('knows what lies inside what', () => {
    const page = parseHtml('<div><p>a</p></div><span>b</span>');
    const [div, p, span] = page.elements;
    expect(contains(div!, p!)).toBe(true);
    expect(contains(div!, span!)).toBe(false);
    expect(contains(p!, div!)).toBe(false);
  });
});

describe('text', () => {
  test('blocks stand apart, inline elements do not, scripts and hidden parts are silent', () => {
    const html = `<div>5<b>,390</b>円<br>税込<p>x</p><script>alert(1)</script><i hidden>no</i><i style="display: none">no</i></div>`;
    expect(visibleText(first(html, 'div'))).toBe('5,390円 税込 x');
  });

  test.each([
    ['<p>$49<sup>99</sup></p>', '$49.99'],
    ['<p>$49.<sup>99</sup></p>', '$49.99'],
    ['<p>$49.99<sup>10</sup></p>', '$49.9910'],
    ['<p>49<sup>th</sup></p>', '49th'],
  ])('cents as a superscript: %s', (html, text) => {
    expect(priceTextOf(first(html, 'p'), 100)).toBe(text);
  });

  test('entities and markup inside a value', () => {
    expect(plainText('Wool &amp; silk<br>soft')).toBe('Wool & silk soft');
    expect(plainText('  a\n\tb\u3000c ')).toBe('a b c');
    expect(plainText(' <p> </p> ')).toBeNull();
  });
});
