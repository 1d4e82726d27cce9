/** The page's words by language. One that the other language lacks does not compile. */
import type { CodeWords } from './code-words.js';
import { codesEn } from './code-words-en.js';
import { codesJa } from './code-words-ja.js';
import { en } from './words-en.js';
import { ja } from './words-ja.js';

export type Language = 'en' | 'ja';
export type Words = Readonly<Record<keyof typeof en, string>>;

export const WORDS: Readonly<Record<Language, Words>> = { en, ja };
export const CODE_WORDS: Readonly<Record<Language, CodeWords>> = { en: codesEn, ja: codesJa };
