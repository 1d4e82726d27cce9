/**
 * An item's words as features of a linear model. Each feature is a name with the words it came from, so that a
 * prediction can say which decided.
 *
 * Of the title: the head with its category and word, other mentions by role, words, the last word's end. Of the
 * breadcrumbs: mentions and words, the innermost crumb apart. Of the description: mentions by role, each category once.
 */
import type { ItemText, TextField } from '../../domain/item-text.js';
import { atomsOf } from './atoms.js';
import type { Atoms } from './atoms.js';
import type { Lexicon } from './lexicon.js';
import { headOf, mentionsIn } from './mentions.js';
import type { Mention } from './mentions.js';
import type { Analyse } from './morphology.js';
import { normalised } from './words.js';

export interface Feature {
  readonly name: string;
  readonly field: TextField;
  /** As it stands in the normalised text; empty for what no single word says. */
  readonly word: string;
}

/** A description's first sentences say what the item is; the rest is care, size and delivery. */
const DESCRIPTION_LENGTH = 600;

export function featuresOf(item: ItemText, lexicon: Lexicon, analyse: Analyse): Feature[] {
  const found = new Map<string, Feature>();
  const add = (field: TextField, name: string, word = ''): void => {
    if (!found.has(name)) found.set(name, { name, field, word });
  };
  add('title', 'bias');
  titleFeatures(atomsOf(withoutBrand(item), analyse), lexicon, (name, word) => add('title', name, word));
  for (const [index, crumb] of item.breadcrumbs.entries()) {
    const place = index === item.breadcrumbs.length - 1 ? 'crumb' : 'crumbs';
    const read = atomsOf(crumb, analyse);
    crumbFeatures(read, lexicon, (name, word) => add('breadcrumbs', `${place} ${name}`, word));
  }
  if (item.breadcrumbs.length === 0) add('breadcrumbs', 'crumb none');
  const description = atomsOf((item.description ?? '').slice(0, DESCRIPTION_LENGTH), analyse);
  for (const mention of mentionsIn(description, lexicon)) {
    if (mention.entry.kind === 'with' || mention.entry.kind === 'tail') continue;
    add('description', `text ${mention.role} ${meaningOf(mention)}`, wordOf(mention, description));
  }
  return [...found.values()];
}

/** A brand may be called `Dress Code`; what it is called says nothing of the item. */
function withoutBrand({ title, brand }: ItemText): string {
  const [text, name] = [normalised(title), normalised(brand ?? '').trim()];
  if (name === '' || !text.startsWith(name) || text.length === name.length) return text;
  const rest = text.slice(name.length);
  // `GU` is no part of `Gurkha`; Japanese sets no space after a name.
  return /^[a-z0-9]/i.test(rest) && /[a-z0-9]$/i.test(name) ? text : rest;
}

type Add = (name: string, word: string) => void;

function titleFeatures(title: Atoms, lexicon: Lexicon, add: Add): void {
  const mentions = mentionsIn(title, lexicon);
  const head = headOf(mentions);
  if (head === null) add('head none', '');
  else {
    const word = wordOf(head, title);
    add(`head ${meaningOf(head)}`, word);
    add(`head word ${head.entry.word}`, word);
    add(`after head ${unknownAfter(title, mentions, head)}`, '');
  }
  for (const mention of mentions) {
    const word = wordOf(mention, title);
    if (mention.entry.kind === 'set') add(`set ${mention.entry.word}`, word);
    if (mention.entry.kind === 'set') add(`set ${mention.role}`, word);
    if (mention.entry.kind === 'garment' || mention.entry.kind === 'thing') {
      add(`${mention === head ? 'named' : mention.role} ${meaningOf(mention)}`, word);
    }
    if (mention.entry.kind === 'part') add(`part ${mention.entry.word}`, word);
  }
  if (namesSeveral(title, mentions)) add('several joined', '');
  wordFeatures(title, mentions, add);
}

const JOINED = /^\s*(&|\+|and|と|×|x|plus)\s*$/;

/** Two garments of different categories with nothing but `and` between them. */
function namesSeveral({ text, atoms }: Atoms, mentions: readonly Mention[]): boolean {
  return mentions.some((mention, at) => {
    const next = mentions[at + 1];
    if (next?.entry.kind !== 'garment' || mention.entry.kind !== 'garment') return false;
    if (next.role === 'other' && mention.role === 'other') return false;
    const between = text.slice(atoms[mention.to - 1]?.end, atoms[next.from]?.start);
    return JOINED.test(between) && mention.entry.category !== next.entry.category;
  });
}

/** Words that the lexicon does not know, and how the last word ends. */
function wordFeatures(title: Atoms, mentions: readonly Mention[], add: Add): void {
  for (const { word, last } of unknownWords(title, mentions)) {
    add(`word ${word}`, word);
    if (last) for (const size of [2, 3]) add(`ends ${word.slice(-size)}`, word);
  }
}

function unknownWords(
  { atoms, morphemes }: Atoms,
  mentions: readonly Mention[],
): { readonly word: string; readonly at: number; readonly last: boolean }[] {
  const covered = new Set(
    mentions.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, at) => from + at)),
  );
  const words: { word: string; at: number }[] = [];
  let seen = -1;
  for (const [at, atom] of atoms.entries()) {
    if (atom.kind === 'word' && !covered.has(at) && !/^\d+$/.test(atom.text))
      words.push({ word: atom.text, at });
    if (atom.kind !== 'kana' || atom.morpheme === seen || covered.has(at)) continue;
    seen = atom.morpheme;
    const morpheme = morphemes[atom.morpheme];
    if (morpheme !== undefined && /^(名詞|動詞|形容詞|UNK)$/.test(morpheme.pos)) {
      words.push({ word: morpheme.base, at });
    }
  }
  const lastAtom = atoms.findLastIndex(({ kind }) => kind === 'word' || kind === 'kana');
  return words.map(({ word, at }, index) => ({
    word,
    at,
    last: index === words.length - 1 && !covered.has(lastAtom),
  }));
}

/** Whether the head is followed by a noun that nobody knows: `boot scraper` is no boot. */
function unknownAfter(title: Atoms, mentions: readonly Mention[], head: Mention): 'nothing' | 'words' {
  const segmentEnd = mentions.find(
    ({ from, entry, segment }) => from >= head.to && (entry.kind === 'with' || segment !== head.segment),
  )?.from;
  const next = title.atoms.findIndex(
    ({ kind }, at) => at >= head.to && (kind === 'mark' || kind === 'space'),
  );
  const end = Math.min(segmentEnd ?? Infinity, next === -1 ? Infinity : next);
  return unknownWords(title, mentions).some(({ at }) => at >= head.to && at < end) ? 'words' : 'nothing';
}

function crumbFeatures(crumb: Atoms, lexicon: Lexicon, add: Add): void {
  const mentions = mentionsIn(crumb, lexicon);
  for (const mention of mentions) {
    if (mention.entry.kind === 'tail' || mention.entry.kind === 'with') continue;
    add(`${mention.role} ${meaningOf(mention)}`, wordOf(mention, crumb));
  }
  for (const { word } of unknownWords(crumb, mentions)) add(`word ${word}`, word);
}

function meaningOf({ entry }: Mention): string {
  return entry.category ?? entry.kind;
}

function wordOf({ from, to }: Mention, { text, atoms }: Atoms): string {
  return text.slice(atoms[from]?.start ?? 0, atoms[to - 1]?.end ?? 0);
}
