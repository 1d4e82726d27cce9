/** The page's words by language. One that the other language lacks does not compile. */
import { en } from './words-en.js';
import { ja } from './words-ja.js';

export type Language = 'en' | 'ja';
export type Words = Readonly<Record<keyof typeof en, string>>;

export const WORDS: Readonly<Record<Language, Words>> = { en, ja };
