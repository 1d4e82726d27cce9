/** Money as integers: an amount in the currency's minor unit, so that no price is ever rounded twice. */

export interface Money {
  /** Minor units: cents for USD, whole yen for JPY. */
  readonly minor: number;
  /** ISO 4217 alphabetic code. */
  readonly currency: string;
}

/** ISO 4217 currencies whose minor unit is not a hundredth. */
const EXPONENTS: Readonly<Record<string, number>> = {
  ...Object.fromEntries(
    'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'.split(' ').map((code) => [code, 0]),
  ),
  ...Object.fromEntries('BHD IQD JOD KWD LYD OMR TND'.split(' ').map((code) => [code, 3])),
};

/** Digits after the decimal mark in the currency's minor unit (ISO 4217). */
export function currencyExponent(currency: string): number {
  return EXPONENTS[currency] ?? 2;
}

/** `amount` in whole units, such as 49.9 dollars. */
export function moneyOf(amount: number, currency: string): Money {
  return { minor: Math.round(amount * 10 ** currencyExponent(currency)), currency };
}

/** The amount as a plain decimal string, such as `49.90` or `5390`. */
export function toDecimal(money: Money): string {
  const exponent = currencyExponent(money.currency);
  const digits = String(Math.abs(money.minor)).padStart(exponent + 1, '0');
  const sign = money.minor < 0 ? '-' : '';
  if (exponent === 0) return sign + digits;
  return `${sign}${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
}

/** For people: `USD 49.90`, `JPY 5390`. */
export function formatMoney(money: Money): string {
  return `${money.currency} ${toDecimal(money)}`;
}
