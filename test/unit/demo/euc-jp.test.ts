import { expect, it } from 'vitest';
import { eucJpBytes, eucJpEscaped, eucJpUnescaped } from '../../../src/demo/euc-jp.js';

it('escapes as old shop programs do', () => {
  expect(eucJpEscaped('ニット')).toBe('%A5%CB%A5%C3%A5%C8');
  expect(eucJpEscaped('a-1 b')).toBe('a-1%20b');
});

it('reads escapes of either case and form spaces', () => {
  expect(eucJpUnescaped('%a5%cb%A5%C3%a5%C8')).toBe('ニット');
  expect(eucJpUnescaped('a+b')).toBe('a b');
  for (const text of ['小物・ニット', 'ワンピース・スカート', 'くつ・バッグ', '100%']) {
    expect(eucJpUnescaped(eucJpEscaped(text))).toBe(text);
  }
});

it('agrees with the platform on every character of the pages', () => {
  const text = '【再入荷】≪SALE≫　５，３９０円（税込）￥5,390｜▲・「」～ＭＳ Ｐゴシック';
  expect(new TextDecoder('euc-jp', { fatal: true }).decode(eucJpBytes(text))).toBe(text);
});

it('refuses what EUC-JP cannot say', () => {
  expect(() => eucJpBytes('ニット😀')).toThrow(/😀/);
});
