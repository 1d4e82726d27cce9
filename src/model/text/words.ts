/** The form in which words are compared, and the words of English text. */
import { singularize } from 'inflection';

const ENGLISH = new Intl.Segmenter('en', { granularity: 'word' });

/** Width, case and typographic quotes do not count. Has as many characters as `text` only by chance. */
export function normalised(text: string): string {
  return text.normalize('NFKC').toLowerCase().replaceAll('’', "'");
}

export interface Word {
  /** Stemmed. */
  readonly stem: string;
  readonly start: number;
  readonly end: number;
}

/** Words of text without Japanese, as the platform's segmenter (Unicode, UAX 29) finds them. */
export function englishWords(text: string): Word[] {
  const words: Word[] = [];
  for (const { segment, index, isWordLike } of ENGLISH.segment(text)) {
    if (isWordLike !== true) continue;
    // The segmenter keeps `women's`, `u.s` and `1,000` together.
    const stem = stemOf(segment.replace(/'s$/, ''));
    words.push({ stem, start: index, end: index + segment.length });
  }
  return words;
}

/** The singular, with what the rules for plurals do to `shoes` and `ties` done to `shoe` and `tie` as well. */
function stemOf(word: string): string {
  const singular = word.length > 3 ? singularize(word) : word;
  return singular.replace(/ie$/, 'y').replace(/oe$/, 'o');
}
