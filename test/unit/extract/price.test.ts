import { readFileSync } from 'node:fs';
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

/** Language, text and what it tells, a case a line. */
const CASES = readFileSync(new URL('price-cases.tsv', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .slice(1)
  .map((line) => line.split('\t') as [language: string, text: string, expected: string]);

describe('parsePrice', () => {
  test('there are at least 300 cases, 120 of them Japanese', () => {
    expect(CASES.length).toBeGreaterThanOrEqual(300);
    expect(CASES.filter(([language]) => language === 'ja').length).toBeGreaterThanOrEqual(120);
    expect(new Set(CASES.map(([language, text]) => `${language} ${text}`)).size).toBe(CASES.length);
  });

  test.each(CASES)('%s: %s', (language, text, expected) => {
    expect(read(text, language)).toBe(expected);
  });

  test('an empty text is no price', () => {
    expect(read('', 'en')).toBe('-');
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
