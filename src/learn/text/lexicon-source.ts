/** The lexicon of a text model from the vocabulary of categories and the list of fashion words. */
import { z } from 'zod';
import type { Category } from '../../domain/category.js';
import { FashiondError } from '../../domain/errors.js';
import type { CategoryId } from '../../domain/ids.js';
import { lexiconKey } from '../../model/text/lexicon.js';
import type { Entry, EntryKind } from '../../model/text/lexicon.js';
import { normalised } from '../../model/text/words.js';

const words = z.array(z.string().min(1));

export const fashionWordsSchema = z.strictObject({
  garments: z.record(z.string(), words),
  things: words,
  sets: words,
  parts: words,
  with: words,
  tails: words,
});

export type FashionWords = z.infer<typeof fashionWordsSchema>;

/**
 * Things come first, so that what both lists have is no garment; then the names of the categories, the plainest first.
 * Throws FashiondError `config` for words of a category that there is not.
 */
export function lexiconEntries(categories: readonly Category[], source: FashionWords): Entry[] {
  const known = new Set<string>(categories.map(({ id }) => id));
  const stranger = Object.keys(source.garments).find((id) => !known.has(id));
  if (stranger !== undefined) {
    throw new FashiondError(
      'config',
      `the fashion words name a category ${stranger}, which the vocabulary has not`,
      {
        hint: 'add it to categories.yaml, or correct the name',
      },
    );
  }
  const entries: Entry[] = [];
  const seen = new Set<string>();
  const add = (word: string, kind: EntryKind, category: CategoryId | null = null): void => {
    const key = lexiconKey(word);
    if (seen.has(key)) return;
    seen.add(key);
    entries.push({ word: normalised(word).trim(), kind, category });
  };
  for (const word of source.things) add(word, 'thing');
  for (const word of source.sets) add(word, 'set');
  for (const { id, en, ja, synonyms } of categories) {
    for (const name of namesIn(id, en, ja)) add(name, 'garment', id);
    for (const word of [...synonyms, ...(source.garments[id] ?? [])]) add(word, 'garment', id);
  }
  for (const word of source.parts) add(word, 'part');
  for (const word of source.with) add(word, 'with');
  for (const word of source.tails) add(word, 'tail');
  return entries;
}

/** `Coats & Jackets` and `コート・ジャケット` are two names each. */
function namesIn(id: CategoryId, en: string, ja: string): string[] {
  return [id.replaceAll('-', ' '), ...en.split(/ & | and /), ...ja.split('・')];
}
