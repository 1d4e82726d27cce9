/** The names that texts are made of: of garments, of things, of sets, of brands. */
import type { Entry } from '../../../model/text/lexicon.js';
import type { Random } from '../../../platform/random.js';
import { SMALL_WEARERS, SYLLABLES, UNHEARD } from './pools.js';

export type Language = 'en' | 'ja';

type Words = Record<Language, string[]>;

export class Names {
  readonly #random: Random;
  readonly #garments: ReadonlyMap<string, Words>;
  readonly #things: Words;
  readonly #sets: Words;

  /** Names of one category that another one has as well are told apart by the lexicon, which has each once. */
  constructor(entries: readonly Entry[], random: Random) {
    this.#random = random;
    const garments = new Map<string, Words>();
    for (const { word, kind, category } of entries) {
      if (kind !== 'garment' || category === null) continue;
      const words = garments.get(category) ?? { en: [], ja: [] };
      words[languageOf(word)].push(word);
      garments.set(category, words);
    }
    this.#garments = garments;
    this.#things = byLanguage(entries, 'thing');
    this.#sets = byLanguage(entries, 'set');
  }

  category(): string {
    return this.#random.pick([...this.#garments.keys()]);
  }

  isCategory(name: string): boolean {
    return this.#garments.has(name);
  }

  /** All names of a category in a language, the plainest first. */
  of(category: string, language: Language): readonly string[] {
    return this.#garments.get(category)?.[language] ?? [];
  }

  garment(category: string, language: Language): string {
    const own = this.of(category, language);
    const chosen = own.length > 0 ? own : [...this.of(category, 'en'), ...this.of(category, 'ja')];
    // The plainest name is the commonest: the first in the lists.
    return this.#random.chance(0.35) ? (chosen[0] ?? category) : this.#random.pick(chosen);
  }

  /** A garment of another category. */
  other(than: string, language: Language): string {
    const categories = [...this.#garments.keys()].filter((category) => category !== than);
    return this.garment(this.#random.pick(categories), language);
  }

  plainThing(language: Language): string {
    return this.#random.pick(this.#things[language]);
  }

  thing(language: Language): string {
    const random = this.#random;
    const garment = this.garment(this.category(), language);
    const thing = this.plainThing(language);
    const isEnglish = language === 'en';
    switch (random.weighted({ alone: 54, of: 12, unheard: 16, unknown: 12, small: 6 })) {
      case 'alone':
        return thing;
      case 'of':
        return isEnglish
          ? random.pick([`${garment} ${thing}`, `${thing} for ${garment}`])
          : random.pick([`${garment}用${thing}`, `${garment}${thing}`]);
      case 'unheard': {
        const object = random.pick(UNHEARD[language]);
        return isEnglish
          ? `${garment} ${object}`
          : random.pick([`${garment}${object}`, `${garment}用${object}`]);
      }
      case 'small': {
        const wearer = random.pick(SMALL_WEARERS[language]);
        return isEnglish
          ? random.pick([`${wearer} ${garment}`, `${garment} for ${wearer}s`])
          : random.pick([`${wearer}用${garment}`, `${wearer}の${garment}`]);
      }
      default:
        return random.pick(UNHEARD[language]);
    }
  }

  several(language: Language): string {
    const random = this.#random;
    const one = this.garment(this.category(), language);
    const other = this.garment(this.category(), language);
    const set = random.pick(this.#sets[language]);
    if (random.chance(0.45)) return set;
    return random.pick(
      language === 'en'
        ? [
            `${one} & ${other} ${set}`,
            `${one} and ${other} set`,
            `${one} + ${other}`,
            `${set} (${one} and ${other})`,
          ]
        : [
            `${one}と${other}の${set}`,
            `${one}＆${other}セット`,
            `${one}×${other}${set}`,
            `${one}+${other}`,
            `${set} ${one} ${other}`,
            `${set}（${one}・${other}）`,
          ],
    );
  }

  brand(): string {
    const random = this.#random;
    const letters = Array.from({ length: random.int(2, 3) }, () => random.pick(SYLLABLES)).join('');
    return letters.charAt(0).toUpperCase() + letters.slice(1);
  }
}

function byLanguage(entries: readonly Entry[], kind: Entry['kind']): Words {
  const words: Words = { en: [], ja: [] };
  for (const entry of entries) if (entry.kind === kind) words[languageOf(entry.word)].push(entry.word);
  return words;
}

function languageOf(word: string): Language {
  return /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u.test(word) ? 'ja' : 'en';
}

export function plural(noun: string): string {
  if (/(s|[^\p{Script=Latin}])$/u.test(noun)) return noun;
  return /(x|ch|sh)$/.test(noun) ? `${noun}es` : `${noun}s`;
}
