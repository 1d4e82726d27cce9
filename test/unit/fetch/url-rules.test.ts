import { describe, expect, it } from 'vitest';
import type { UrlRules } from '../../../src/domain/shop.js';
import { shopUrl } from '../../../src/fetch/url-rules.js';
import { shopOf } from './fixtures.js';

function query(search: string, rules: Partial<UrlRules> = {}): string | null {
  const shop = shopOf(['shop.example'], {
    urls: { dropParameters: [], keepParameters: null, ...rules },
  });
  const canonical = shopUrl(shop, `https://shop.example/p${search}`);
  expect(shopUrl(shop, canonical ?? '')).toBe(canonical);
  return canonical === null ? null : canonical.slice('https://shop.example/p'.length);
}

describe('shopUrl', () => {
  it.each<readonly [string, Partial<UrlRules>, string]>([
    ['?id=1&sid=abc&utm_source=x', {}, '?id=1&sid=abc'],
    ['?id=1&sid=abc', { dropParameters: ['sid'] }, '?id=1'],
    ['?id=1&SID=abc&side=2', { dropParameters: ['sid'] }, '?id=1&side=2'],
    ['?id=1&trk_a=1&trk_b&trick=2', { dropParameters: ['trk_*'] }, '?id=1&trick=2'],
    ['?id=1&sort=price&color=red', { keepParameters: ['id', 'color'] }, '?color=red&id=1'],
    ['?id=1&a=2', { keepParameters: [] }, ''],
    // What a shop keeps by name it means, though others follow clicks with it.
    ['?gclid=7&utm_id=1', { keepParameters: ['gclid'] }, '?gclid=7'],
    ['?id=1&idx=2', { keepParameters: ['id*'], dropParameters: ['idx'] }, '?id=1'],
    // A name is compared as it stands in the URL, in whatever encoding.
    ['?%e8%89%b2=1&id=2', { dropParameters: ['色'] }, '?id=2'],
    ['?%BF%A7=1&id=2', { dropParameters: ['%bf%a7'] }, '?id=2'],
    ['?%BF%A7=1&id=2', { dropParameters: ['色'] }, '?%BF%A7=1&id=2'],
    ['?%73id=1&id=2', { dropParameters: ['sid'] }, '?id=2'],
  ])('%s with %j is %s', (search, rules, expected) => {
    expect(query(search, rules)).toBe(expected);
  });
});
