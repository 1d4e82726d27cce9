import { describe, expect, test } from 'vitest';
import {
  availabilityOfStockValue,
  availabilityOfTerm,
  availabilityOfWords,
  BUY_WORDS,
} from '../../../src/extract/availability.js';

describe('availability', () => {
  test.each([
    ['https://schema.org/InStock', 'in-stock'],
    ['http://schema.org/OutOfStock', 'sold-out'],
    ['LimitedAvailability', 'low-stock'],
    ['schema:PreOrder', 'pre-order'],
    ['in stock', 'in-stock'],
    ['in_stock', 'in-stock'],
    ['out of stock', 'sold-out'],
    ['oos', 'sold-out'],
    ['Discontinued', 'discontinued'],
    ['backorder', 'back-order'],
    ['whatever', null],
    [null, null],
  ])('term %s', (term, expected) => {
    expect(availabilityOfTerm(term)).toBe(expected);
  });

  test.each([
    ['在庫あり', 'in-stock'],
    ['Vorrätig', 'in-stock'],
    ['Nicht vorrätig', 'sold-out'],
    ['Nicht lieferbar', 'sold-out'],
    ['Non disponibile', 'sold-out'],
    ['Niet op voorraad', 'sold-out'],
    ['Slut i lager', 'sold-out'],
    ['På lager', 'in-stock'],
    ['Sin existencias', 'sold-out'],
    ['在庫有り', 'in-stock'],
    ['残りわずか', 'low-stock'],
    ['残り2点', 'low-stock'],
    ['予約受付中', 'pre-order'],
    ['お取り寄せ', 'back-order'],
    ['売り切れ', 'sold-out'],
    ['売切れました', 'sold-out'],
    ['完売御礼', 'sold-out'],
    ['ＳＯＬＤ　ＯＵＴ', 'sold-out'],
    ['在庫切れ', 'sold-out'],
    ['在庫がございません', 'sold-out'],
    ['再入荷お知らせメール', 'sold-out'],
    ['販売終了', 'discontinued'],
    ['In stock', 'in-stock'],
    ['Only 3 left!', 'low-stock'],
    ['Sold out', 'sold-out'],
    ['Currently unavailable', 'sold-out'],
    ['Pre-order', 'pre-order'],
    ['Ausverkauft', 'sold-out'],
    ['在庫', null],
    ['Stockholm', null],
    ['洗濯機で洗えます', null],
  ])('words %s', (words, expected) => {
    expect(availabilityOfWords(words)).toBe(expected);
  });

  test.each([
    ['○', 'in-stock'],
    ['◎', 'in-stock'],
    ['△', 'low-stock'],
    ['×', 'sold-out'],
    ['12', 'in-stock'],
    ['0', 'sold-out'],
    ['3点', 'in-stock'],
    ['あり', 'in-stock'],
    ['なし', 'sold-out'],
    ['2026/01/01', null],
    ['-', null],
  ])('stock row %s', (value, expected) => {
    expect(availabilityOfStockValue(value)).toBe(expected);
  });

  test.each([
    'カートに入れる',
    '買い物かごに入れる',
    'カゴに入れる',
    '今すぐ購入',
    'Add to cart',
    'ADD TO BAG',
    'Buy now',
    'In den Warenkorb',
  ])('%s buys', (text) => {
    expect(BUY_WORDS.test(text)).toBe(true);
  });

  test.each([
    'カートを見る',
    '買い物かごを見る',
    'View cart (2)',
    'Checkout',
    'Continue shopping',
    'ログイン',
  ])('%s does not', (text) => {
    expect(BUY_WORDS.test(text)).toBe(false);
  });
});
