/**
 * Digits -> an integer in minor units, for the thousands and decimal marks of every locale.
 *
 * Two kinds of marks: the last is the decimal one. One kind, several times: thousands. One mark once: thousands
 * when exactly three digits follow, unless the currency has three decimals or the number could not be grouped
 * so. Groups must be whole; `12.34.567` is no number.
 */
import { currencyExponent } from '../domain/money.js';

const LARGEST = 1e13;

/** Minor units, or null when `token` is no amount. `language` settles `1.234 KWD`; BCP 47 or null. */
export function parseAmount(token: string, currency: string, language: string | null): number | null {
  const exponent = currencyExponent(currency);
  const marks = [...new Set(token.match(/[.,' ]/g))];
  const last = marks.length === 0 ? null : (/[.,' ](?=\d*$)/.exec(token)?.[0] ?? null);
  if (last === null) return toMinor(token, '', exponent);
  const groups = token.split(last);
  const fraction = groups[groups.length - 1] ?? '';
  if (marks.length === 1) {
    const [whole = ''] = groups;
    if (groups.length === 2 && isDecimal(whole, fraction, last, exponent, language)) {
      return toMinor(whole, fraction, exponent);
    }
    return areGroups(groups, last) ? toMinor(groups.join(''), '', exponent) : null;
  }
  const group = marks.find((mark) => mark !== last);
  if (marks.length > 2 || group === undefined || groups.length !== 2 || !/[.,]/.test(last)) return null;
  const thousands = (groups[0] ?? '').split(group);
  if (!areGroups(thousands, group) || (fraction.length > 2 && fraction.length > exponent)) return null;
  return toMinor(thousands.join(''), fraction, exponent);
}

function isDecimal(
  whole: string,
  fraction: string,
  mark: string,
  exponent: number,
  language: string | null,
): boolean {
  if (mark !== '.' && mark !== ',') return false;
  if (fraction.length !== 3 || whole === '0' || whole.length > 3) return true;
  return exponent === 3 && mark === decimalMark(language);
}

/** Threes, or the twos before the last three of South Asia (`12,34,567`). */
function areGroups(groups: readonly string[], mark: string): boolean {
  const [first = '', ...rest] = groups;
  if (first.length < 1 || first.length > 3) return false;
  if (rest.every((group) => group.length === 3)) return true;
  const middle = rest.slice(0, -1);
  return (
    mark === ',' &&
    first.length <= 2 &&
    rest.at(-1)?.length === 3 &&
    middle.every((group) => group.length === 2)
  );
}

/** A plain number of structured data: the point is the decimal mark; more digits than the currency has are rounded. */
export function parsePlainAmount(text: string, currency: string): number | null {
  const match = /^(\d{1,13})(?:\.(\d{1,12}))?$/.exec(text.trim());
  if (match === null) return null;
  const [, whole = '', fraction = ''] = match;
  const exponent = currencyExponent(currency);
  // `1.234` in a currency of two decimals was meant as thousands; `49.900` was not.
  if (
    fraction.length === 3 &&
    exponent < 3 &&
    whole.length <= 3 &&
    whole !== '0' &&
    !fraction.endsWith('0')
  ) {
    return toMinor(whole + fraction, '', exponent);
  }
  return toMinor(whole, fraction, exponent, true);
}

function toMinor(whole: string, fraction: string, exponent: number, round = false): number | null {
  const kept = fraction.slice(0, exponent).padEnd(exponent, '0');
  const cut = fraction.slice(exponent);
  if (!round && /[1-9]/.test(cut)) return null;
  const minor = Number(whole + kept) + (/^[5-9]/.test(cut) ? 1 : 0);
  return Number.isSafeInteger(minor) && minor < LARGEST ? minor : null;
}

const decimalMarks = new Map<string, string>();

/** From the platform's locale data (CLDR). */
function decimalMark(language: string | null): string {
  if (language === null) return '.';
  const known = decimalMarks.get(language);
  if (known !== undefined) return known;
  let mark = '.';
  try {
    const parts = new Intl.NumberFormat(language).formatToParts(1.5);
    if (parts.some(({ type, value }) => type === 'decimal' && value === ',')) mark = ',';
  } catch {
    // Pages carry malformed language tags; the point is the commonest mark.
  }
  if (decimalMarks.size < 200) decimalMarks.set(language, mark);
  return mark;
}
