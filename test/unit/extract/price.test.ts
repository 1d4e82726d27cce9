import { array, assert, constantFrom, integer, oneof, property, string } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { currencyExponent, toDecimal } from '../../../src/domain/money.js';
import { parseMarkupPrice, parsePrice } from '../../../src/extract/price.js';
import type { PriceReading } from '../../../src/extract/price.js';

/** `JPY 5390`, `JPY 3850 < 5500` (before a reduction), `net`/`gross` where the text says so; `-` for no price. */
function told(reading: PriceReading): string {
  if (reading.kind === 'none') return '-';
  if (reading.kind === 'no-currency') return '?';
  const { price, listPrice, taxIncluded } = reading;
  const parts = [
    price === null ? 'list' : `${price.currency} ${toDecimal(price)}`,
    listPrice === null ? '' : `< ${toDecimal(listPrice)}`,
    taxIncluded === null ? '' : taxIncluded ? 'gross' : 'net',
  ];
  return parts.filter((part) => part !== '').join(' ');
}

function read(text: string, language: string | null, shop: string | null = null): string {
  return told(parsePrice(text, { markup: null, language, shop }, true));
}

const JAPANESE: readonly (readonly [text: string, expected: string])[] = [
  ['5,390円', 'JPY 5390'],
  ['¥5,390', 'JPY 5390'],
  ['￥5,390', 'JPY 5390'],
  ['５，３９０円', 'JPY 5390'],
  ['￥５３９０', 'JPY 5390'],
  ['5390円', 'JPY 5390'],
  ['5,390', 'JPY 5390'],
  ['価格：5,390円', 'JPY 5390'],
  ['販売価格 5,390円(税込)', 'JPY 5390 gross'],
  ['5,390円（税込）', 'JPY 5390 gross'],
  ['税込5,390円', 'JPY 5390 gross'],
  ['税込価格：¥5,390', 'JPY 5390 gross'],
  ['4,900円(税抜)', 'JPY 4900 net'],
  ['4,900円+税', 'JPY 4900 net'],
  ['本体価格 4,900円', 'JPY 4900 net'],
  ['4,900円（税別）', 'JPY 4900 net'],
  ['4,900円 (税込5,390円)', 'JPY 5390 gross'],
  ['本体4,900円　税込5,390円', 'JPY 5390 gross'],
  ['4,900円(税抜) 5,390円(税込)', 'JPY 5390 gross'],
  ['税抜 ¥4,900 / 税込 ¥5,390', 'JPY 5390 gross'],
  ['¥4,900＋税（税込¥5,390）', 'JPY 5390 gross'],
  ['定価 7,700円 → 販売価格 5,390円', 'JPY 5390 < 7700'],
  ['通常価格：7,700円(税込) セール価格：5,390円(税込)', 'JPY 5390 < 7700 gross'],
  ['通常販売価格 7,700円 特別価格 5,390円', 'JPY 5390 < 7700'],
  ['メーカー希望小売価格 7,700円 当店価格 5,390円', 'JPY 5390 < 7700'],
  ['SALE 30%OFF ¥3,773', 'JPY 3773'],
  ['¥5,390 30%OFF ¥3,773', 'JPY 3773 < 5390'],
  ['30％割引 3,773円', 'JPY 3773'],
  ['5,390円～7,700円', 'JPY 5390'],
  ['5,390円〜', 'JPY 5390'],
  ['¥5,390-', 'JPY 5390'],
  ['￥5,390 ～ ￥7,700（税込）', 'JPY 5390 gross'],
  ['5,390円 53ポイント', 'JPY 5390'],
  ['5,390円 (53pt還元)', 'JPY 5390'],
  ['獲得ポイント：53円分', '-'],
  ['53pt', '-'],
  ['月々1,797円×3回', '-'],
  ['3回払いで 1,797円', '-'],
  ['5,390円 または分割払い 月々1,797円', 'JPY 5390'],
  ['送料550円', '-'],
  ['送料無料 5,390円(税込)', 'JPY 5390 gross'],
  ['5,390円(税込) 送料別', 'JPY 5390 gross'],
  ['5,000円以上で送料無料', '-'],
  ['500円引き', '-'],
  ['1,000円OFFクーポン', '-'],
  ['30%OFF', '-'],
  ['1万2,800円', 'JPY 12800'],
  ['2万円', 'JPY 20000'],
  ['12,800円　クーポン利用で11,800円', 'JPY 12800'],
  ['会員価格 4,851円 通常価格 5,390円', 'list < 5390'],
  ['5,390円（10%税込）', 'JPY 5390 gross'],
  ['価格 ¥5,390 (本体 ¥4,900)', 'JPY 5390'],
  ['12.34.567円', '-'],
  ['5着', '-'],
  ['在庫 3点', '-'],
  ['USD 49.90', 'USD 49.90'],
  ['$49.90', 'USD 49.90'],
  ['5,390 yen', 'JPY 5390'],
  ['JPY 5,390', 'JPY 5390'],
  ['3点で5,000円', '-'],
];

const WESTERN: readonly (readonly [text: string, language: string | null, expected: string])[] = [
  ['$49.90', 'en', 'USD 49.90'],
  ['$49', 'en-US', 'USD 49.00'],
  ['US$1,234.56', 'en', 'USD 1234.56'],
  ['$1,234.56', 'en-CA', 'CAD 1234.56'],
  ['$49.00 AUD', 'en', 'AUD 49.00'],
  ['A$49.00', 'en', 'AUD 49.00'],
  ['£39.99', 'en-GB', 'GBP 39.99'],
  ['1.234,56 €', 'de', 'EUR 1234.56'],
  ['€ 1.234,56', 'nl', 'EUR 1234.56'],
  ['1 234,56 €', 'fr', 'EUR 1234.56'],
  ['1\u202f234,56\u00a0€', 'fr', 'EUR 1234.56'],
  ["CHF 1'234.50", 'de-CH', 'CHF 1234.50'],
  ['CHF 1’234.–', 'de-CH', 'CHF 1234.00'],
  ['49,- €', 'de', 'EUR 49.00'],
  ['49,95 €*', 'de', 'EUR 49.95'],
  ['1.299 €', 'de', 'EUR 1299.00'],
  ['1 299 kr', 'sv', 'SEK 1299.00'],
  ['1.299 kr.', 'da', 'DKK 1299.00'],
  ['1 299,00 zł', 'pl', 'PLN 1299.00'],
  ['R$ 1.234,56', 'pt-BR', 'BRL 1234.56'],
  ['₹12,34,567.00', 'en-IN', 'INR 1234567.00'],
  ['₩59,000', 'ko', 'KRW 59000'],
  ['59,000원', 'ko', 'KRW 59000'],
  ['¥299.00', 'zh-CN', 'CNY 299.00'],
  ['NT$1,280', 'zh-TW', 'TWD 1280.00'],
  ['KWD 12.345', 'en', 'KWD 12.345'],
  ['Was $70.00 Now $49.00', 'en', 'USD 49.00 < 70.00'],
  ['$49.00 (was $70.00)', 'en', 'USD 49.00 < 70.00'],
  ['$70.00 $49.00', 'en', 'USD 49.00 < 70.00'],
  ['RRP £70.00 Our price £49.00', 'en-GB', 'GBP 49.00 < 70.00'],
  ['statt 70,00 € jetzt 49,00 €', 'de', 'EUR 49.00 < 70.00'],
  ['SALE $49.00 30% OFF', 'en', 'USD 49.00'],
  ['Save $21', 'en', '-'],
  ['$21 off', 'en', '-'],
  ['30% off', 'en', '-'],
  ['4 payments of $12.25', 'en', '-'],
  ['$49.00 or 4 interest-free payments of $12.25', 'en', 'USD 49.00'],
  ['$12.25/month', 'en', '-'],
  ['$49 - $79', 'en', 'USD 49.00'],
  ['$49–79', 'en', 'USD 49.00'],
  ['From $49.00', 'en', 'USD 49.00'],
  ['2 for $60', 'en', '-'],
  ['Free shipping on orders over $50', 'en', '-'],
  ['$49.00 incl. VAT', 'en', 'USD 49.00 gross'],
  ['£40.00 ex. VAT', 'en-GB', 'GBP 40.00 net'],
  ['49,00 € inkl. MwSt.', 'de', 'EUR 49.00 gross'],
  ['49,00 € TTC', 'fr', 'EUR 49.00 gross'],
  ['-$5.00', 'en', '-'],
  ['Free', 'en', '-'],
  ['49.90', 'en', '?'],
  ['49.90', 'sv', 'SEK 49.90'],
  ['4.5 stars', 'en', '-'],
  ['12.34.567 €', 'de', '-'],
  ['', 'en', '-'],
];

describe('parsePrice', () => {
  test.each(JAPANESE)('Japanese: %s', (text, expected) => {
    expect(read(text, 'ja')).toBe(expected);
  });

  test.each(WESTERN)('%s (%s)', (text, language, expected) => {
    expect(read(text, language)).toBe(expected);
  });

  test('takes the shop currency only where nothing else names one', () => {
    expect(read('49.90', 'en', 'GBP')).toBe('GBP 49.90');
    expect(read('49.90', 'ja', 'GBP')).toBe('-');
    expect(read('$49.90', 'en', 'AUD')).toBe('AUD 49.90');
    expect(read('£49.90', 'en', 'AUD')).toBe('GBP 49.90');
  });

  test('a number without a currency counts only where the text is known to be a price', () => {
    expect(told(parsePrice('5,390', { markup: null, language: 'ja', shop: null }, false))).toBe('-');
  });

  test('what Intl.NumberFormat writes is read back, in every locale and currency', () => {
    const pairs = constantFrom(
      ...[
        'en-US USD',
        'en-GB GBP',
        'en-IN INR',
        'en-CA CAD',
        'de-DE EUR',
        'de-CH CHF',
        'de-AT EUR',
        'fr-FR EUR',
        'fr-CH CHF',
        'it-IT EUR',
        'es-ES EUR',
        'es-MX MXN',
        'nl-NL EUR',
        'pt-BR BRL',
        'pt-PT EUR',
        'sv-SE SEK',
        'nb-NO NOK',
        'da-DK DKK',
        'fi-FI EUR',
        'pl-PL PLN',
        'cs-CZ CZK',
        'hu-HU HUF',
        'ja-JP JPY',
        'ko-KR KRW',
        'zh-CN CNY',
        'zh-TW TWD',
        'zh-HK HKD',
        'th-TH THB',
        'vi-VN VND',
        'tr-TR TRY',
        'ru-RU RUB',
        'uk-UA UAH',
        'he-IL ILS',
        'ar-EG EGP',
        'hi-IN INR',
        'id-ID IDR',
        'en-US JPY',
        'en-US KWD',
        'de-DE KWD',
        'de-DE JPY',
        'fr-FR USD',
        'ja-JP USD',
        'ar-KW KWD',
      ].map((pair) => pair.split(' ') as [string, string]),
    );
    assert(
      property(pairs, integer({ min: 1, max: 99_999_999 }), ([locale, currency], minor) => {
        const amount = minor / 10 ** currencyExponent(currency);
        const format = {
          style: 'currency',
          currency,
          minimumFractionDigits: currencyExponent(currency),
        } as const;
        const text = new Intl.NumberFormat(locale, format).format(amount);
        const reading = parsePrice(text, { markup: null, language: locale, shop: null }, false);
        expect(`${text}: ${told(reading)}`).toBe(`${text}: ${currency} ${toDecimal({ minor, currency })}`);
      }),
      { numRuns: 2000 },
    );
  });

  test('never throws and never gives a price without a known currency', () => {
    const piece = constantFrom(
      ...'0 1 9 5,390 49.90 円 ¥ $ € kr % OFF 税込 ( ) ~ - 定価 was pt 回 × . , 万 /'.split(' '),
      ' ',
    );
    assert(
      property(
        oneof(
          string({ unit: 'binary' }),
          array(piece).map((p) => p.join('')),
        ),
        (text) => {
          const reading = parsePrice(text, { markup: null, language: null, shop: null }, true);
          const price = reading.kind === 'price' ? reading.price : null;
          expect(price === null || (/^[A-Z]{3}$/.test(price.currency) && price.minor > 0)).toBe(true);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('parseMarkupPrice', () => {
  test.each([
    ['49.90', 'USD', 'USD 49.90'],
    [49.9, 'USD', 'USD 49.90'],
    ['49.9000', 'USD', 'USD 49.90'],
    ['5390', 'JPY', 'JPY 5390'],
    ['5390.0', 'JPY', 'JPY 5390'],
    ['5390.00', 'JPY', 'JPY 5390'],
    [5389.9999, 'JPY', 'JPY 5390'],
    ['5,390', 'JPY', 'JPY 5390'],
    ['¥5,390', 'JPY', 'JPY 5390'],
    ['1.234', 'EUR', 'EUR 1234.00'],
    ['1.234,56', 'EUR', 'EUR 1234.56'],
    ['1,234.56', 'USD', 'USD 1234.56'],
    ['49,90', 'EUR', 'EUR 49.90'],
    ['0', 'USD', '-'],
    ['', 'USD', '-'],
    ['N/A', 'USD', '-'],
    ['1e3', 'USD', '-'],
  ])('%s in %s', (value, markup, expected) => {
    expect(told(parseMarkupPrice(value, { markup, language: 'en', shop: null }))).toBe(expected);
  });

  test('without any currency it is no price', () => {
    expect(told(parseMarkupPrice('49.90', { markup: null, language: 'en', shop: null }))).toBe('?');
  });
});
