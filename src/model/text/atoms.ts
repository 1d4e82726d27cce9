/**
 * Text as a row of atoms that a lexicon can be matched on: a Latin word or a number is one atom, a Japanese character
 * is one, and a mark is one. So `knit hat`, `tシャツ` and `ケーブルニット帽` are all found the same way.
 */
import type { Analyse, Morpheme } from './morphology.js';
import { englishWords, normalised } from './words.js';

export interface Atom {
  readonly kind: 'word' | 'kana' | 'mark' | 'space';
  /** The stem of a word, the character of Japanese text, the mark itself. */
  readonly text: string;
  /** Offsets in the normalised text. */
  readonly start: number;
  readonly end: number;
  /** Whether a word may begin before it, and end after it. */
  readonly opens: boolean;
  readonly closes: boolean;
  /** Which of `morphemes` it is a part of; -1 outside Japanese text. */
  readonly morpheme: number;
}

export interface Atoms {
  /** Normalised. */
  readonly text: string;
  readonly atoms: readonly Atom[];
  readonly morphemes: readonly Morpheme[];
}

const JAPANESE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー々〆]+/gu;

export function atomsOf(raw: string, analyse: Analyse): Atoms {
  const text = normalised(raw);
  const atoms: Atom[] = [];
  const morphemes: Morpheme[] = [];
  let from = 0;
  for (const match of text.matchAll(JAPANESE)) {
    pushOther(atoms, text, from, match.index);
    pushJapanese(atoms, morphemes, match[0], match.index, analyse);
    from = match.index + match[0].length;
  }
  pushOther(atoms, text, from, text.length);
  return { text, atoms, morphemes };
}

/**
 * Words may begin and end where morphemes do, and anywhere within what the dictionary does not know, for it takes
 * コクーンコート for one unknown word.
 */
function pushJapanese(
  atoms: Atom[],
  morphemes: Morpheme[],
  run: string,
  offset: number,
  analyse: Analyse,
): void {
  let start = offset;
  for (const morpheme of analyse(run)) {
    const characters = Array.from(morpheme.surface);
    for (const [at, text] of characters.entries()) {
      atoms.push({
        kind: 'kana',
        text,
        start,
        end: start + text.length,
        opens: at === 0 || !morpheme.known,
        closes: at === characters.length - 1 || !morpheme.known,
        morpheme: morphemes.length,
      });
      start += text.length;
    }
    morphemes.push(morpheme);
  }
}

/** Latin words and marks. A space or a hyphen between two Latin words is nothing: `t-shirt` is `t shirt`. */
function pushOther(atoms: Atom[], text: string, from: number, to: number): void {
  let at = from;
  for (const { stem, start, end } of englishWords(text.slice(from, to))) {
    pushMarks(atoms, text, at, from + start);
    atoms.push({
      kind: 'word',
      text: stem,
      start: from + start,
      end: from + end,
      opens: true,
      closes: true,
      morpheme: -1,
    });
    at = from + end;
  }
  pushMarks(atoms, text, at, to);
}

function pushMarks(atoms: Atom[], text: string, from: number, to: number): void {
  const between = text.slice(from, to);
  const betweenWords = atoms.at(-1)?.kind === 'word' && to < text.length && !isJapaneseAt(text, to);
  if (between === '' || (betweenWords && /^(\s+|-)$/.test(between))) return;
  const edges = { opens: true, closes: true, morpheme: -1 };
  const marks = [...between.matchAll(/\S/gu)];
  if (marks.length === 0) atoms.push({ kind: 'space', text: '', start: from, end: to, ...edges });
  for (const { 0: mark, index } of marks) {
    const start = from + index;
    atoms.push({ kind: 'mark', text: mark, start, end: start + mark.length, ...edges });
  }
}

function isJapaneseAt(text: string, at: number): boolean {
  return text.slice(at, at + 2).search(JAPANESE) === 0;
}
