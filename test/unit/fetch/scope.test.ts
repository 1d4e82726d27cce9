import { describe, expect, it } from 'vitest';
import { inScope, mayUseLoopback } from '../../../src/fetch/scope.js';
import { shopOf } from './fixtures.js';

describe('inScope', () => {
  const shop = shopOf(['shop.example', 'local.example:8080'], {
    start: ['https://shop.example/welcome'],
    scope: {
      imageHosts: ['cdn.example'],
      include: ['^/products/', '^/c/'],
      exclude: ['/reviews$'],
    },
  });

  it.each([
    ['https://shop.example/products/1', true],
    ['http://shop.example/c/knit?page=2', true],
    ['https://SHOP.example:443/products/1', true],
    ['http://local.example:8080/products/1', true],
    ['https://shop.example/welcome', true],
    ['https://shop.example/welcome/other', false],
    ['https://shop.example/products/1/reviews', false],
    ['https://shop.example:8443/products/1', false],
    ['http://local.example/products/1', false],
    ['https://www.shop.example/products/1', false],
    ['https://shop.example.evil.example/products/1', false],
    ['https://shop.example@evil.example/products/1', false],
    ['https://cdn.example/products/1', false],
    ['ftp://shop.example/products/1', false],
  ])('page %s: %s', (url, expected) => {
    expect(inScope(shop, url, 'page')).toBe(expected);
  });

  it.each([
    ['https://cdn.example/1.jpg', true],
    ['https://shop.example/img/1.jpg', true],
    ['https://elsewhere.example/1.jpg', false],
  ])('picture %s: %s', (url, expected) => {
    expect(inScope(shop, url, 'image')).toBe(expected);
  });

  it('names a bad pattern', () => {
    const bad = shopOf(['shop.example'], { scope: { include: ['(['] } });
    expect(() => inScope(bad, 'https://shop.example/', 'page')).toThrow(/test-shop: bad pattern \(\[/);
  });
});

describe('mayUseLoopback', () => {
  it('needs both the permission and a host the shop lists', () => {
    const url = new URL('http://127.0.0.1:8080/');
    expect(mayUseLoopback(shopOf(['127.0.0.1:8080']), url)).toBe(true);
    expect(mayUseLoopback(shopOf(['127.0.0.1:8080'], { allowLoopback: false }), url)).toBe(false);
    expect(mayUseLoopback(shopOf(['127.0.0.1:9090']), url)).toBe(false);
  });
});
