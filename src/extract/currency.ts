/**
 * Which currency an amount is in. Order: what the markup says, the symbol beside the amount, the page's
 * language, the shop's config. An ambiguous symbol ($, ¥, kr) is settled by the first of these that is one of
 * the symbol's currencies, else by its commonest one. Nothing else: a price without a currency is no price.
 */

export interface MoneyContext {
  /** ISO 4217, from the markup that holds the amount. */
  readonly markup: string | null;
  /** BCP 47 tag of the page, such as `ja` or `en-GB`. */
  readonly language: string | null;
  /** ISO 4217, from the shop's config. */
  readonly shop: string | null;
}

export interface FoundCurrency {
  readonly currency: string;
  readonly from: 'mark' | 'markup' | 'language' | 'shop';
}

const CODES = new Set(
  (
    'AED ARS AUD BDT BGN BHD BIF BRL CAD CHF CLF CLP CNY COP CRC CZK DKK DOP EGP EUR GBP GEL GHS GTQ HKD HRK HUF ' +
    'IDR ILS INR IQD ISK JOD JPY KES KRW KWD KZT LKR LYD MAD MOP MXN MYR NGN NOK NPR NZD OMR PEN PHP PKR PLN PYG ' +
    'QAR RON RSD RUB SAR SEK SGD THB TND TRY TWD UAH UGX USD UYU VND XAF XOF XPF ZAR'
  ).split(' '),
);

/** Mark -> its currencies, the commonest first. Keys are lower-case and in NFKC. */
const MARKS: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    $: 'USD CAD AUD NZD SGD HKD TWD MXN ARS CLP COP UYU',
    us$: 'USD',
    c$: 'CAD',
    ca$: 'CAD',
    a$: 'AUD',
    au$: 'AUD',
    nz$: 'NZD',
    hk$: 'HKD',
    nt$: 'TWD',
    s$: 'SGD',
    sg$: 'SGD',
    mx$: 'MXN',
    r$: 'BRL',
    dollars: 'USD CAD AUD NZD SGD HKD',
    dollar: 'USD CAD AUD NZD SGD HKD',
    '€': 'EUR',
    euro: 'EUR',
    euros: 'EUR',
    '£': 'GBP EGP',
    '¥': 'JPY CNY',
    'jp¥': 'JPY',
    'cn¥': 'CNY',
    円: 'JPY',
    yen: 'JPY',
    元: 'CNY TWD',
    rmb: 'CNY',
    '₩': 'KRW',
    원: 'KRW',
    '₹': 'INR',
    rs: 'INR PKR LKR NPR',
    'rs.': 'INR PKR LKR NPR',
    kr: 'SEK NOK DKK ISK',
    'kr.': 'DKK NOK SEK ISK',
    zł: 'PLN',
    kč: 'CZK',
    ft: 'HUF',
    lei: 'RON',
    'fr.': 'CHF',
    sfr: 'CHF',
    '₺': 'TRY',
    tl: 'TRY',
    '₽': 'RUB',
    'руб.': 'RUB',
    руб: 'RUB',
    '₴': 'UAH',
    грн: 'UAH',
    '₪': 'ILS',
    '฿': 'THB',
    บาท: 'THB',
    '₫': 'VND',
    đ: 'VND',
    '₱': 'PHP',
    rp: 'IDR',
    rm: 'MYR',
    'د.إ.': 'AED',
    'ج.م.': 'EGP',
    'ر.س.': 'SAR',
    'د.ك.': 'KWD',
  }).map(([mark, codes]) => [mark, codes.split(' ')]),
);

const isMark = (text: string): boolean => {
  const key = text.toLowerCase();
  return MARKS.has(key) || CODES.has(key.toUpperCase());
};
/** Marks of one character that need no word boundary. */
const SYMBOLS = new Set([...MARKS.keys()].filter((mark) => /^(?:[^\p{L}]|[円元원])$/u.test(mark)));
const LONGEST_MARK = 7;
const WORD = /[\p{L}.]/u;

/** The currency's mark directly before an amount, given the text that ends there (NFKC). */
export function markBefore(text: string): string | null {
  const end = text.replace(/\s*:?\s*$/, '').length;
  const last = text[end - 1] ?? '';
  if (SYMBOLS.has(last)) {
    const letters = /(?<![a-z])[a-z]{1,2}$/i.exec(text.slice(Math.max(0, end - 4), end - 1))?.[0] ?? '';
    return letters !== '' && isMark(letters + last) ? letters + last : last;
  }
  let start = end;
  while (start > 0 && end - start <= LONGEST_MARK && WORD.test(text[start - 1] ?? '')) start -= 1;
  const word = text.slice(start, end);
  return word !== '' && isMark(word) ? word : null;
}

/** The currency's mark directly after an amount, given the text that begins there (NFKC). */
export function markAfter(text: string): string | null {
  const start = text[0] === ' ' || text[0] === "'" ? 1 : 0;
  const first = text[start] ?? '';
  if (SYMBOLS.has(first)) return first;
  let end = start;
  while (end < text.length && end - start <= LONGEST_MARK && WORD.test(text[end] ?? '')) end += 1;
  const word = text.slice(start, end);
  if (word === '') return null;
  if (isMark(word)) return word;
  const bare = word.replace(/\.$/, '');
  return isMark(bare) ? bare : null;
}

const REGIONS: Readonly<Record<string, string>> = {
  US: 'USD',
  CA: 'CAD',
  AU: 'AUD',
  NZ: 'NZD',
  GB: 'GBP',
  JP: 'JPY',
  CN: 'CNY',
  HK: 'HKD',
  TW: 'TWD',
  SG: 'SGD',
  KR: 'KRW',
  IN: 'INR',
  MX: 'MXN',
  BR: 'BRL',
  AR: 'ARS',
  CL: 'CLP',
  CO: 'COP',
  CH: 'CHF',
  LI: 'CHF',
  SE: 'SEK',
  NO: 'NOK',
  DK: 'DKK',
  IS: 'ISK',
  PL: 'PLN',
  CZ: 'CZK',
  HU: 'HUF',
  RO: 'RON',
  TR: 'TRY',
  IL: 'ILS',
  TH: 'THB',
  VN: 'VND',
  ID: 'IDR',
  MY: 'MYR',
  PH: 'PHP',
  ZA: 'ZAR',
  RU: 'RUB',
  UA: 'UAH',
  AE: 'AED',
  SA: 'SAR',
  EG: 'EGP',
  KW: 'KWD',
  BH: 'BHD',
  PK: 'PKR',
  LK: 'LKR',
  NP: 'NPR',
  PE: 'PEN',
  ...Object.fromEntries(
    'DE AT FR IT ES NL BE PT FI GR LU SK SI EE LV LT IE MT CY HR'.split(' ').map((r) => [r, 'EUR']),
  ),
};

/** Languages spoken, as far as shops go, in one currency. */
const LANGUAGES: Readonly<Record<string, string>> = {
  ja: 'JPY',
  ko: 'KRW',
  sv: 'SEK',
  da: 'DKK',
  nb: 'NOK',
  nn: 'NOK',
  no: 'NOK',
  pl: 'PLN',
  cs: 'CZK',
  hu: 'HUF',
  th: 'THB',
  vi: 'VND',
  tr: 'TRY',
  he: 'ILS',
  uk: 'UAH',
  ro: 'RON',
  id: 'IDR',
  fi: 'EUR',
  it: 'EUR',
  nl: 'EUR',
  el: 'EUR',
  sk: 'EUR',
  et: 'EUR',
  lv: 'EUR',
  lt: 'EUR',
  sl: 'EUR',
};

/** The currency a page in this language most likely means, or null where that would be a guess. */
function currencyOfLanguage(language: string | null): string | null {
  if (language === null) return null;
  const [base, ...subtags] = language.trim().replaceAll('_', '-').split('-');
  const region = subtags.find((tag) => /^[a-z]{2}$/i.test(tag))?.toUpperCase();
  if (region !== undefined) return REGIONS[region] ?? null;
  return LANGUAGES[base?.toLowerCase() ?? ''] ?? null;
}

/** ISO 4217 code of what structured data gives as its currency, or null. */
export function currencyCode(text: string | null): string | null {
  const trimmed = text?.normalize('NFKC').trim() ?? '';
  const upper = trimmed.toUpperCase();
  if (CODES.has(upper)) return upper;
  return MARKS.get(trimmed.toLowerCase())?.[0] ?? null;
}

/** `mark` is what stands beside the amount, or null when nothing does. */
export function resolveCurrency(mark: string | null, context: MoneyContext): FoundCurrency | null {
  const language = currencyOfLanguage(context.language);
  if (mark !== null) {
    const key = mark.toLowerCase();
    const family = CODES.has(mark.toUpperCase()) ? [mark.toUpperCase()] : (MARKS.get(key) ?? []);
    const hinted = [context.markup, language, context.shop].find(
      (code) => code !== null && family.includes(code),
    );
    const currency = hinted ?? family[0];
    if (currency !== undefined) return { currency, from: 'mark' };
  }
  if (context.markup !== null) return { currency: context.markup, from: 'markup' };
  if (language !== null) return { currency: language, from: 'language' };
  return context.shop === null ? null : { currency: context.shop, from: 'shop' };
}
