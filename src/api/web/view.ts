/** What every page is made with: language, caller, names of categories, and how amounts and times are written. */
import type { FastifyRequest } from 'fastify';
import { SCOPES } from '../../config/api-schema.js';
import type { BrowseStore } from '../../domain/browse.js';
import type { Category } from '../../domain/category.js';
import type { ShopId } from '../../domain/ids.js';
import { isTextRefusal } from '../../domain/item-text.js';
import { currencyExponent } from '../../domain/money.js';
import type { Money } from '../../domain/money.js';
import type { Caller } from '../access.js';
import type { CodeWords } from './code-words.js';
import { CODE_WORDS, WORDS } from './words.js';
import type { Language, Words } from './words.js';

export interface View {
  readonly language: Language;
  readonly words: Words;
  readonly codes: CodeWords;
  readonly caller: Caller | null;
  readonly mayReview: boolean;
  readonly mayAdminister: boolean;
  /** Whether there are tokens, so that people sign in and out. */
  readonly hasTokens: boolean;
  /** Path and query, for links that come back. */
  readonly here: string;
  /** Names of the assets with their hash. */
  readonly assets: { readonly css: string; readonly js: string };
  /** Also what words say in place of a category. */
  categoryName(id: string | null): string;
  /** As the config calls it; the id where the shop is not known. */
  shopName(id: ShopId): string;
  money(money: Money | null): string;
  /** Day and time. */
  date(iso: string): string;
  day(iso: string): string;
  number(value: number): string;
}

export function viewOf(
  request: FastifyRequest,
  settings: {
    readonly categories: readonly Category[];
    readonly hasTokens: boolean;
    readonly assets: View['assets'];
    readonly shopName: BrowseStore['shopName'];
  },
): View {
  const language = languageOf(request);
  const locale = LOCALES[language];
  const words = WORDS[language];
  const codes = CODE_WORDS[language];
  const { caller } = request;
  const names = new Map<string, string>(
    settings.categories.map((category) => [category.id, category[language]]),
  );
  return {
    language,
    words,
    codes,
    caller,
    mayReview: caller !== null && SCOPES.indexOf(caller.scope) >= SCOPES.indexOf('review'),
    mayAdminister: caller?.scope === 'admin',
    hasTokens: settings.hasTokens,
    here: request.url,
    assets: settings.assets,
    categoryName: (id) => {
      if (id === null) return words.unknown;
      return names.get(id) ?? (isTextRefusal(id) ? codes.textRefusal[id] : id);
    },
    shopName: (id) => settings.shopName(id) ?? id,
    money: (money) => (money === null ? words.noPrice : formatted(money, locale)),
    date: (iso) => `${TIMES[language].format(new Date(iso))} UTC`,
    day: (iso) => DAYS[language].format(new Date(iso)),
    number: (value) => value.toLocaleString(locale),
  };
}

const LOCALES = { en: 'en-GB', ja: 'ja-JP' } as const;
const byLanguage = (options: Intl.DateTimeFormatOptions): Readonly<Record<Language, Intl.DateTimeFormat>> => {
  const of = (locale: string): Intl.DateTimeFormat =>
    new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' });
  return { en: of(LOCALES.en), ja: of(LOCALES.ja) };
};
const DAYS = byLanguage({ dateStyle: 'medium' });
const TIMES = byLanguage({ dateStyle: 'medium', timeStyle: 'short' });

function formatted({ minor, currency }: Money, locale: string): string {
  const amount = minor / 10 ** currencyExponent(currency);
  try {
    return amount.toLocaleString(locale, { style: 'currency', currency });
  } catch {
    return `${currency} ${amount}`;
  }
}

export const LANGUAGE_COOKIE = 'fashiond_language';

function languageOf(request: FastifyRequest): Language {
  const [, chosen] =
    new RegExp(`(?:^|; *)${LANGUAGE_COOKIE}=(en|ja)(?:;|$)`).exec(request.headers.cookie ?? '') ?? [];
  if (chosen === 'en' || chosen === 'ja') return chosen;
  return /^\s*ja\b/i.test(request.headers['accept-language'] ?? '') ? 'ja' : 'en';
}
