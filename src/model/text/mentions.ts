/**
 * What a text names, and what it says of it: which words are of the item itself, which modify others (`shirt dress`)
 * and which are of something else that it goes with (`スカートにも合う`, `pairs with jeans`).
 */
import type { Atom, Atoms } from './atoms.js';
import type { Entry, Lexicon } from './lexicon.js';

/** `plain`: may be the item; `modifier`: another noun follows; `other`: something that the item is not. */
type Role = 'plain' | 'modifier' | 'other';

export interface Mention {
  readonly entry: Entry;
  /** Atoms, the end excluded. */
  readonly from: number;
  readonly to: number;
  readonly role: Role;
  /** Which part of the text, as marks divide it; in order. */
  readonly segment: number;
  /** Within brackets or quotes. */
  readonly aside: boolean;
  /** A space of Japanese text stands between it and the mention before. */
  readonly apart: boolean;
}

const BREAKS = new Set('|/:;,.、。,!?～~()[]【】「」『』〈〉<>・–—-&+×"'.split('').concat('⁄', '…'));
const OPENING = new Set('([【「『〈<'.split(''));
const CLOSING = new Set(')]】」』〉>'.split(''));
const QUOTE = '"';
/** Particles after which the word before is not the item: スカートに, デニムと, コートの中. */
const OTHER_PARTICLES = new Set([
  'に',
  'と',
  'や',
  'へ',
  'から',
  'より',
  'も',
  'でも',
  'にも',
  'とも',
  'を',
  'が',
  'で',
  'は',
]);
/** Nouns after の that say where the item is worn, not what it is. */
const PLACES =
  /^(下|中|上|裏|内側|外側|裾|袖口|首元|襟元|足元|胸元|インナー|お供|アクセント|差し色|相棒|ような|よう|ポイント|季節|合間|隙間)/;
/** Endings that make a word say something about another one. */
const ENDINGS =
  /^(用|風|柄|型|付き|付|つき|専用|モチーフ|見え|ライク|コーデ|スタイル|合わせ|映え|対応|丈|地|素材|生地|感覚|要らず|いらず|代わり)/;

export function mentionsIn({ text, atoms, morphemes }: Atoms, lexicon: Lexicon): Mention[] {
  const found = matches(atoms, lexicon);
  const segments = segmentsOf(atoms);
  const after = (mention: Match): string => text.slice(atoms[mention.to - 1]?.end ?? text.length);
  let withFrom = -1;
  return found.map((match, index): Mention => {
    const { segment = 0, aside = false } = segments[match.from] ?? {};
    const { entry } = match;
    if (entry.kind === 'with' && !startsSegment(segments, match.from) && !isHyphened(text, atoms, match)) {
      withFrom = segment;
    }
    const next = found[index + 1];
    const nextAtom = atoms[match.to];
    const particle = nextAtom?.kind === 'kana' ? morphemes[nextAtom.morpheme] : undefined;
    const isOther =
      withFrom === segment ||
      (particle?.pos === '助詞' && OTHER_PARTICLES.has(particle.surface)) ||
      (particle?.surface === 'の' && PLACES.test(after(match).slice(1))) ||
      /^(用|専用|コーデ|に合)/.test(after(match));
    const isModifier =
      particle?.surface === 'の' ||
      ENDINGS.test(after(match)) ||
      (next !== undefined &&
        next.from === match.to &&
        next.entry.kind !== 'tail' &&
        next.entry.kind !== 'with');
    const role = isOther ? 'other' : isModifier ? 'modifier' : 'plain';
    const before = found[index - 1]?.to ?? match.from;
    const apart = atoms.slice(before, match.from).some(({ kind }) => kind === 'space');
    return { ...match, role, segment, aside, apart };
  });
}

interface Match {
  readonly entry: Entry;
  readonly from: number;
  readonly to: number;
}

function matches(atoms: readonly Atom[], lexicon: Lexicon): Match[] {
  const found: Match[] = [];
  for (let at = 0; at < atoms.length;) {
    const match = reachingFurthest(atoms, lexicon, at);
    if (match !== null) found.push(match);
    at = match?.to ?? at + 1;
  }
  return found;
}

/**
 * The longest word at a place, or one that begins within it and reaches further: the last part of a compound says what
 * it is. リブニットキャップ is リブ and ニットキャップ, not リブニット and キャップ.
 */
function reachingFurthest(atoms: readonly Atom[], lexicon: Lexicon, at: number): Match | null {
  let best = matchAt(atoms, lexicon, at);
  for (let from = at + 1; best !== null && from < best.to; from += 1) {
    const other = matchAt(atoms, lexicon, from);
    if (other !== null && other.to > best.to) best = other;
  }
  return best;
}

function matchAt(atoms: readonly Atom[], lexicon: Lexicon, from: number): Match | null {
  const longest = lexicon.longestAt(atoms, from);
  if (longest === null || isTornOff(atoms, from, longest.end)) return null;
  return { entry: longest.entry, from, to: longest.end };
}

/** A word of one or two characters out of the middle of an unknown one is chance. */
function isTornOff(atoms: readonly Atom[], from: number, to: number): boolean {
  const [first, last] = [atoms[from], atoms[to - 1]];
  if (first?.kind !== 'kana' || last?.kind !== 'kana' || to - from > 3) return false;
  const before = atoms[from - 1];
  const after = atoms[to];
  const tornBefore = before?.kind === 'kana' && before.morpheme === first.morpheme;
  const tornAfter = after?.kind === 'kana' && after.morpheme === last.morpheme;
  return tornAfter || (tornBefore && to - from < 3);
}

function segmentsOf(atoms: readonly Atom[]): { readonly segment: number; readonly aside: boolean }[] {
  let segment = 0;
  let depth = 0;
  let quoted = false;
  return atoms.map(({ kind, text }) => {
    if (kind === 'mark') {
      if (OPENING.has(text)) depth += 1;
      else if (CLOSING.has(text)) depth = Math.max(0, depth - 1);
      else if (text === QUOTE) quoted = !quoted;
      if (BREAKS.has(text)) segment += 1;
    }
    return { segment, aside: depth > 0 || quoted };
  });
}

/** `pull-on` is no `on`. */
function isHyphened(text: string, atoms: readonly Atom[], { from, to }: Match): boolean {
  return text.charAt((atoms[from]?.start ?? 0) - 1) === '-' || text.charAt(atoms[to - 1]?.end ?? -1) === '-';
}

function startsSegment(segments: readonly { readonly segment: number }[], at: number): boolean {
  return segments[at - 1]?.segment !== segments[at]?.segment;
}

/**
 * Which mention says what the item is: the last plain one of the first part of the text that has one, outside brackets
 * where there is one.
 */
export function headOf(mentions: readonly Mention[]): Mention | null {
  const plain = mentions.filter(
    ({ role, entry }) => role === 'plain' && (entry.kind === 'garment' || entry.kind === 'thing'),
  );
  const outside = plain.filter(({ aside }) => !aside);
  const heard = outside.length > 0 ? outside : plain;
  const [first] = heard;
  const last = heard.findLast(({ segment }) => segment === first?.segment) ?? null;
  // `スーツ 2つボタン`: what stands apart from the garment that was named before is no more than a part of it.
  if (last?.entry.kind === 'thing' && last.apart) {
    return heard.find(({ segment, entry }) => segment === first?.segment && entry.kind === 'garment') ?? last;
  }
  return last;
}
