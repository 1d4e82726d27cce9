import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gtin14, isGlobal } from '../../../src/domain/gtin.js';

/** The check digit as GS1 writes it down: from the right, weights 3, 1, 3, ... on the digits before it. */
function withCheckDigit(body: string): string {
  let sum = 0;
  for (let at = 0; at < body.length; at += 1) {
    sum += Number(body[body.length - 1 - at]) * (at % 2 === 0 ? 3 : 1);
  }
  return body + String((10 - (sum % 10)) % 10);
}

const bodyOf = (length: number): fc.Arbitrary<string> =>
  fc
    .array(fc.integer({ min: 0, max: 9 }), { minLength: length - 1, maxLength: length - 1 })
    .map((digits) => digits.join(''))
    .filter((digits) => /[1-9]/.test(digits));

describe('gtin14', () => {
  it.each([
    ['4006381333931', '04006381333931'],
    ['036000291452', '00036000291452'],
    ['96385074', '00000096385074'],
    ['10614141000415', '10614141000415'],
    ['4 006381-333931', '04006381333931'],
    ['４００６３８１３３３９３１', '04006381333931'],
  ])('reads %s', (text, expected) => {
    expect(gtin14(text)).toBe(expected);
  });

  it.each(['', '4006381333932', '123', '0000000000000', '40063813339310', 'ISBN', '400638133393X'])(
    'refuses %j',
    (text) => {
      expect(gtin14(text)).toBeNull();
    },
  );

  it('takes any number with the right check digit, and none whose last digit is another', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(8, 12, 13, 14).chain(bodyOf),
        fc.integer({ min: 1, max: 9 }),
        (body, step) => {
          const right = withCheckDigit(body);
          expect(gtin14(right)).toBe(right.padStart(14, '0'));
          expect(gtin14(body + String((Number(right.at(-1)) + step) % 10))).toBeNull();
        },
      ),
    );
  });
});

describe('isGlobal', () => {
  it.each([
    ['04006381333931', true],
    ['00000096385074', true],
    ['02012345678900', false],
    ['00212345678902', false],
    ['00412345678900', false],
    ['09901234567896', false],
    ['00000021234560', false],
  ])('%s: %s', (gtin, expected) => {
    expect(isGlobal(gtin)).toBe(expected);
  });
});
