/**
 * The lexicon: words of fashion, what each names, and the longest of them at a place in a text. It is kept in a text
 * model's folder (lexicon.json), for the model's weights mean nothing with another.
 */
import type { CategoryId } from '../../domain/ids.js';
import { atomsOf } from './atoms.js';
import type { Atom } from './atoms.js';
import type { Analyse } from './morphology.js';

/** `thing`: no garment; `part`: of a garment, or a cut or print; `with`: other things follow; `tail`: colours and such. */
export type EntryKind = 'garment' | 'thing' | 'set' | 'part' | 'with' | 'tail';

export interface Entry {
  /** As written in the lists, normalised. */
  readonly word: string;
  readonly kind: EntryKind;
  /** Of a garment; else null. */
  readonly category: CategoryId | null;
}

interface Node {
  readonly next: Map<string, Node>;
  entry: Entry | null;
}

/** Every character by itself: the words of the lists need no dictionary, they are one. */
const unanalysed: Analyse = (text) => [{ surface: text, base: text, pos: 'UNK', known: false }];

function atomsOfWord(word: string): string[] {
  return atomsOf(word, unanalysed).atoms.map(({ text }) => text);
}

/** Two words with one key are one word to the lexicon: `T-Shirts` and `t shirt`. */
export function lexiconKey(word: string): string {
  return atomsOfWord(word).join('\u0000');
}

export class Lexicon {
  readonly entries: readonly Entry[];
  readonly #root: Node = { next: new Map(), entry: null };

  /** A word that stands twice counts as its first entry says. */
  constructor(entries: readonly Entry[]) {
    this.entries = entries;
    for (const entry of entries) this.#add(entry);
  }

  /** The longest word that begins at `at`, with the atom after it. */
  longestAt(atoms: readonly Atom[], at: number): { readonly entry: Entry; readonly end: number } | null {
    if (atoms[at]?.opens !== true) return null;
    let node: Node | undefined = this.#root;
    let found: { readonly entry: Entry; readonly end: number } | null = null;
    for (let index = at; index < atoms.length; index += 1) {
      const atom = atoms[index];
      // `ニット 帽` is ニット帽.
      if (atom?.kind === 'space' && index > at) continue;
      node = atom === undefined ? undefined : node.next.get(atom.text);
      if (node === undefined) break;
      if (node.entry !== null && atom?.closes === true) found = { entry: node.entry, end: index + 1 };
    }
    return found;
  }

  #add(entry: Entry): void {
    let node = this.#root;
    for (const text of atomsOfWord(entry.word)) {
      let next = node.next.get(text);
      if (next === undefined) {
        next = { next: new Map(), entry: null };
        node.next.set(text, next);
      }
      node = next;
    }
    node.entry ??= entry;
  }
}
