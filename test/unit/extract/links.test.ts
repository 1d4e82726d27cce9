import { describe, expect, test } from 'vitest';
import { parseHtml } from '../../../src/extract/html.js';
import { pageLinks, resolveLink } from '../../../src/extract/links.js';

const BASE = 'https://shop.example/a/b?c=d';

describe('resolveLink', () => {
  // What Chromium and Firefox send for these references on pages in these encodings.
  test.each([
    ['/list?q=帽子', 'utf-8', 'https://shop.example/list?q=%E5%B8%BD%E5%AD%90'],
    ['/list?q=帽子', 'euc-jp', 'https://shop.example/list?q=%CB%B9%BB%D2'],
    ['/list?q=帽子', 'shift_jis', 'https://shop.example/list?q=%96X%8Eq'],
    ['/帽子?q=帽子', 'euc-jp', 'https://shop.example/%E5%B8%BD%E5%AD%90?q=%CB%B9%BB%D2'],
    ['/list?q=%CB%B9%BB%D2', 'euc-jp', 'https://shop.example/list?q=%CB%B9%BB%D2'],
    ['/list?q=😀', 'euc-jp', 'https://shop.example/list?q=%26%23128512%3B'],
    ['/list?q=é', 'windows-1252', 'https://shop.example/list?q=%E9'],
    ['?page=2', 'euc-jp', 'https://shop.example/a/b?page=2'],
    ['#top', 'utf-8', 'https://shop.example/a/b?c=d'],
    ['x#frag', 'utf-8', 'https://shop.example/a/x'],
    [' /sp ace ', 'utf-8', 'https://shop.example/sp%20ace'],
    ['//cdn.example/x', 'utf-8', 'https://cdn.example/x'],
    ['/a\nb', 'utf-8', 'https://shop.example/ab'],
  ])('%s on a %s page', (reference, encoding, expected) => {
    expect(resolveLink(reference, BASE, encoding)).toBe(expected);
  });

  test.each([
    'javascript:void(0)',
    'mailto:a@b.example',
    'data:text/html,x',
    'tel:123',
    'http://',
    'ftp://x.example/',
  ])('%s leads nowhere', (reference) => {
    expect(resolveLink(reference, BASE, 'utf-8')).toBeNull();
  });
});

describe('pageLinks', () => {
  test('the next page that only the head names', () => {
    const page = parseHtml(
      '<head><link rel="stylesheet" href="/s.css"><link rel="prefetch next" href="?page=2"></head><a href="/x">x</a>',
    );
    expect(pageLinks(page, BASE, 'utf-8')).toEqual([
      'https://shop.example/x',
      'https://shop.example/a/b?page=2',
    ]);
  });

  test('anchors and areas in order, each once, without nofollow', () => {
    const page = parseHtml(
      '<a href=/1>1</a><a href="/2" rel="noopener nofollow">2</a><area href=/3><a href="/1#x">1</a><a>none</a><a href="/4" rel=next>4</a>',
    );
    expect(pageLinks(page, BASE, 'utf-8')).toEqual(
      ['1', '3', '4'].map((path) => `https://shop.example/${path}`),
    );
  });
});
