/**
 * Words that title, brand or SKU hold, as conditions on `products p`.
 *
 * Whether an item holds a word LIKE says, which tells capitals from small letters beyond ASCII. The index of
 * three-character pieces (`item_words`) names the items that may, no fewer: it folds every letter.
 */

export interface Words {
  readonly conditions: readonly string[];
  readonly params: Readonly<Record<string, string>>;
  /** For `item_words MATCH`; null where no word has three characters, which are then looked for in every item. */
  readonly match: string | null;
}

/** More words than this are a text, not a question. */
const MOST_WORDS = 8;
/** Characters of a piece that the index holds. */
const PIECE = 3;

export function wordsOf(text: string | null): Words {
  const wanted = (text ?? '')
    .normalize('NFKC')
    .split(/\s+/)
    .filter((word) => word !== '')
    .slice(0, MOST_WORDS);
  const named = wanted.map((word, index) => [`word${index}`, word] as const);
  const pieces = new Set(wanted.flatMap(piecesOf));
  return {
    conditions: named.map(
      ([name]) =>
        `(p.title LIKE :${name} ESCAPE '\\' OR p.brand LIKE :${name} ESCAPE '\\' OR p.sku LIKE :${name} ESCAPE '\\')`,
    ),
    params: Object.fromEntries(
      named.map(([name, word]) => [name, `%${word.replaceAll(/[\\%_]/g, (mark) => `\\${mark}`)}%`]),
    ),
    match: pieces.size === 0 ? null : [...pieces].map(quoted).join(' AND '),
  };
}

function piecesOf(word: string): string[] {
  const characters = Array.from(word);
  // SQLite takes a text to end there, in LIKE and in the index, each in its way.
  if (characters.includes('\0')) return [];
  return characters.slice(PIECE - 1).map((_, at) => characters.slice(at, at + PIECE).join(''));
}

/** As a string of the language of FTS5, in which nothing else has a meaning. */
function quoted(piece: string): string {
  return `"${piece.replaceAll('"', '""')}"`;
}
