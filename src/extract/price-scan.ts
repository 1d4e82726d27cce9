/** Finds the amounts in a text and what the words around each say of it. Pure; knows no currency's decimals. */
import { markAfter, markBefore } from './currency.js';
import {
  INSTALMENT_BEFORE,
  LIST_PRICE,
  LOWEST_BEFORE,
  NOT_PRICE_AFTER,
  NOT_PRICE_BEFORE,
  RANGE,
  SALE_PRICE,
  SEVERAL_FOR,
  TAX_EXCLUDED,
  TAX_INCLUDED,
  UNIT_AFTER,
} from './price-words.js';

export interface ScannedAmount {
  /** ASCII digits with their marks (`.`, `,`, `'`, space). */
  readonly digits: string;
  /** The currency's mark beside it, or null. */
  readonly mark: string | null;
  /** `other`: known to be no price. */
  readonly role: 'price' | 'sale' | 'list' | 'other';
  readonly tax: boolean | null;
  /** Followed by a unit of something else: no price unless a currency stands beside it. */
  readonly unit: boolean;
}

interface Token {
  readonly start: number;
  readonly end: number;
  readonly digits: string;
}

/** First digit of each decimal digit block besides ASCII that shops use. */
const DIGIT_ZEROS = [0x0660, 0x06f0, 0x0966, 0x09e6, 0x0e50];

const PLAIN = /^[\x20-\x7e]*$/;

/** NFKC, ASCII digits, no invisible marks; a narrow or fixed space between groups of three becomes `'`. */
function normalizePriceText(text: string): string {
  if (PLAIN.test(text)) return text.replaceAll('`', "'");
  return text
    .replaceAll(/[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/g, '')
    .replaceAll(/[\u0660-\u0669\u06f0-\u06f9\u0966-\u096f\u09e6-\u09ef\u0e50-\u0e59]/g, (digit) => {
      const code = digit.codePointAt(0) ?? 0;
      return String(code - (DIGIT_ZEROS.findLast((zero) => zero <= code) ?? code));
    })
    .replaceAll(/(?<=\d)[⁰¹²³⁴-⁹]{2}(?![⁰¹²³⁴-⁹])/g, (cents) => `.${cents.normalize('NFKC')}`)
    .replaceAll('٫', '.')
    .replaceAll(/[٬’‘`´]/g, (mark) => (mark === '٬' ? ',' : "'"))
    .replaceAll(/(?<=\d)[\u00a0\u2006\u2007\u2009\u202f](?=\d{3}(?!\d))/g, "'")
    .normalize('NFKC')
    .replaceAll(/\s+/g, ' ');
}

const NUMBER = /\d+(?:[.,']\d+)*/g;
/** Spaces as thousands marks; safe only where a currency that is written so follows or precedes. */
const SPACED = /(?<![\d.,])\d{1,3}(?: \d{3})+(?:[.,]\d{1,2})?(?![\d.,]?\d)/g;
const SPACED_CURRENCY = /(?:円|kr\.?|sek|nok|dkk|zł|pln|kč|czk|ft|huf|₽|руб|rub|₴|грн|uah|€|eur|лв|zar|chf)/i;

export function findAmounts(text: string): ScannedAmount[] {
  const plain = joinMyriads(mendShorthand(normalizePriceText(text)));
  const tokens = tokenize(plain);
  const marks = findMarks(plain, tokens);
  return tokens.map((token, i) => {
    const words = describe(plain, tokens, marks, i);
    const mark = marks[i] ?? null;
    const previous = marks[i - 1] ?? null;
    const isHigh = isRange(plain, tokens, marks, i - 1);
    const high = isRange(plain, tokens, marks, i) ? describe(plain, tokens, marks, i + 1) : null;
    const severalFor =
      previous === null && i > 0 && SEVERAL_FOR.test(plain.slice(tokens[i - 1]?.end, token.start));
    const isOther = isHigh || severalFor || isNegative(plain, token, mark?.text ?? null);
    return {
      digits: token.digits,
      mark: mark?.text ?? (high === null ? null : (marks[i + 1]?.text ?? null)),
      role: isOther ? 'other' : roleOf(words),
      // A remark after the upper end of a range speaks of both ends.
      tax: taxOf(words) ?? (high === null ? null : taxOf(high)),
      unit: UNIT_AFTER.test(plain.slice(token.end)) || /[a-z_]$/i.test(plain.slice(0, token.start)),
    };
  });
}

/** Whether number `i` and the next are the ends of a range. */
function isRange(
  text: string,
  tokens: readonly Token[],
  marks: readonly (Mark | null)[],
  i: number,
): boolean {
  const [low, high] = [tokens[i], tokens[i + 1]];
  if (low === undefined || high === undefined) return false;
  const mark = marks[i + 1] ?? null;
  const gap = text.slice(low.end + markLength(text, low, marks[i] ?? null), high.start);
  const between = gap.replace(/^\s*\([^)\d]*\)/, '');
  return RANGE.test(mark?.before === true ? between.replace(mark.text, '') : between);
}

/** `$.99`, `12€50`, and the rate inside a remark of tax (`inkl. 19 % MwSt.`), which is no amount. */
function mendShorthand(text: string): string {
  return text
    .replaceAll(/(?<=[$€£]\s?)\.(?=\d{2}(?!\d))/g, '0.')
    .replaceAll(/(?<=\d)€(\d{2})(?!\d)/g, ',$1€')
    .replaceAll(
      /\d{1,2}(?:[.,]\d)?\s?%\s?(?=(?:ges\S* )?(?:mwst|ust|vat|gst|moms|iva|tva|btw)(?![a-z]))/gi,
      '',
    );
}

/** `2万9,800円` -> `29800円`: ten thousands are a digit group of their own in Japanese. */
function joinMyriads(text: string): string {
  return text.replaceAll(
    /(\d{1,4}(?:\.\d)?)万(?:(\d{1,3}(?:,\d{3})|\d{1,4})(?!\d))?/g,
    (_, high: string, low?: string) =>
      String(Math.round(Number(high) * 10_000) + Number((low ?? '0').replaceAll(',', ''))),
  );
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  const spaced = SPACED_CURRENCY.test(text) ? [...text.matchAll(SPACED)] : [];
  for (const match of spaced) tokens.push(token(match[0], match.index));
  for (const match of text.matchAll(NUMBER)) {
    const inside = tokens.some(({ start, end }) => match.index >= start && match.index < end);
    if (!inside) tokens.push(token(match[0], match.index));
  }
  return tokens.sort((a, b) => a.start - b.start);
}

function token(digits: string, start: number): Token {
  return { start, end: start + digits.length, digits };
}

interface Mark {
  readonly text: string;
  readonly before: boolean;
}

/** Each number's mark: the one before it, else the one after it; a code after it is surer than `$` before it. */
function findMarks(text: string, tokens: readonly Token[]): (Mark | null)[] {
  const marks: (Mark | null)[] = [];
  let from = 0;
  for (const [i, token] of tokens.entries()) {
    const before = markBefore(text.slice(Math.max(from, token.start - 12), token.start));
    const gap = text
      .slice(token.end, tokens[i + 1]?.start ?? text.length)
      .replace(/^[.,]?[-–]{1,2}(?=\s*\D)/, '');
    const after = markAfter(gap);
    const belongsToNext =
      after !== null &&
      tokens[i + 1] !== undefined &&
      gap.trim() === after &&
      /^\s/.test(gap) &&
      !/\s$/.test(gap);
    from = token.end;
    if (before !== null && !(before === '$' && after !== null && /^[a-z]{3}$/i.test(after))) {
      marks.push({ text: before, before: true });
    } else if (after !== null && !belongsToNext) {
      marks.push({ text: after, before: false });
      from = token.end + text.slice(token.end).indexOf(after) + after.length;
    } else marks.push(null);
  }
  return marks;
}

/** How far words beside an amount reach. */
const REACH = 24;

interface Words {
  /** Up to the amount, since the last one. */
  readonly before: string;
  /** From the amount's end, mark included, as far as it speaks of this amount. */
  readonly after: string;
  /** Everything before and after, the next amounts included. */
  readonly lead: string;
  readonly rest: string;
}

function describe(text: string, tokens: readonly Token[], marks: readonly (Mark | null)[], i: number): Words {
  const token = tokens[i] ?? { start: 0, end: 0, digits: '' };
  const previous = tokens[i - 1];
  const since = previous === undefined ? 0 : previous.end + tail(text, previous, marks[i - 1] ?? null);
  const end = token.end + markLength(text, token, marks[i] ?? null);
  const next = tokens[i + 1];
  return {
    before: text.slice(Math.max(since, token.start - REACH), token.start),
    after: ownSuffix(text.slice(end, Math.min(end + REACH, next?.start ?? text.length)), next !== undefined),
    lead: text.slice(Math.max(0, token.start - REACH * 2), token.start),
    rest: text.slice(end, end + REACH * 2),
  };
}

/** Length of a mark after the number, with the space before it. */
function markLength(text: string, token: Token, mark: Mark | null): number {
  return mark === null || mark.before ? 0 : text.slice(token.end).indexOf(mark.text) + mark.text.length;
}

/** Length of what follows a number and belongs to it: its mark and its suffix. */
function tail(text: string, token: Token, mark: Mark | null): number {
  const consumed = markLength(text, token, mark);
  const gap = text.slice(token.end + consumed, token.end + consumed + REACH).replace(/\d[\s\S]*$/, '');
  return consumed + ownSuffix(gap, true).length;
}

/**
 * The part of the text between two amounts that speaks of the first: a remark in brackets, what stands before a
 * separator, or a word attached without a space. The rest leads up to the second (`4,900円 税込5,390円`).
 */
function ownSuffix(gap: string, followed: boolean): string {
  if (!followed) return gap;
  const patterns = [
    /^\s*%\s*(?:割引|off|引き?|オフ)?/i,
    NOT_PRICE_AFTER,
    /^\s*[([][^)\]]*[)\]]/,
    // A word of tax that follows an amount speaks of it.
    /^\s*(?:inc|incl|ex|excl|inkl|exkl|zzgl|ttc|ht)(?![a-z])[^([/|]*/i,
    /^[^/|・、;]*[/|・、;]/,
    /^[^\s([]+(?=[\s([])/,
  ];
  for (const pattern of patterns) {
    const own = pattern.exec(gap)?.[0];
    if (own !== undefined) return own;
  }
  return '';
}

function roleOf({ before, lead, rest }: Words): ScannedAmount['role'] {
  if (
    NOT_PRICE_AFTER.test(rest) ||
    NOT_PRICE_AFTER.test(rest.replace(/^\s*\([^)\d]*\)/, '')) ||
    NOT_PRICE_BEFORE.test(before) ||
    INSTALMENT_BEFORE.test(lead) ||
    LOWEST_BEFORE.test(lead)
  )
    return 'other';
  const listAt = before.search(LIST_PRICE);
  const saleAt = before.search(SALE_PRICE);
  if (listAt >= 0 && listAt >= saleAt) return 'list';
  if (saleAt >= 0) return 'sale';
  return 'price';
}

/** A remark in brackets that holds no amount of its own, such as `(10%税込)`. */
const REMARK = /^\s*\((?:[^\d)]|\d+\s?%)*\)/;

function taxOf({ before, after, rest }: Words): boolean | null {
  for (const words of [REMARK.exec(rest)?.[0] ?? after, before]) {
    if (TAX_EXCLUDED.test(words)) return false;
    if (TAX_INCLUDED.test(words)) return true;
  }
  return null;
}

/** What a text without an amount of its own says of tax. */
export function taxRemark(text: string): boolean | null {
  const plain = normalizePriceText(text);
  if (/\d/.test(plain.replaceAll(/\d+(?:[.,]\d+)?\s?%/g, ''))) return null;
  return TAX_EXCLUDED.test(plain) ? false : TAX_INCLUDED.test(plain) ? true : null;
}

/** A minus sign before the amount or its mark: a reduction, unless something before makes it a range. */
function isNegative(text: string, token: Token, mark: string | null): boolean {
  const before = text.slice(0, token.start).trimEnd();
  const bare = mark !== null && before.endsWith(mark) ? before.slice(0, -mark.length) : before;
  return /(?:^|[\s(:])[-−]\s?$/.test(bare) && !/\d\s*[-−]\s?$/.test(bare);
}
