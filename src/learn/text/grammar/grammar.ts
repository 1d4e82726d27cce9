/**
 * A grammar of shop texts: titles, descriptions and breadcrumbs with the class they are of. It is for training and says
 * what a model must learn to ignore: what an item goes with, what it is made like, what is sold beside it, badges,
 * brands; and that some texts say nothing.
 */
import type { ItemText, TextClass } from '../../../domain/item-text.js';
import type { Entry } from '../../../model/text/lexicon.js';
import { Random } from '../../../platform/random.js';
import { Names, plural } from './names.js';
import type { Language } from './names.js';
import { COLLECTIONS, SECTIONS, THING_SECTIONS } from './pools.js';
import { OTHER, OWN, PLAIN, THING } from './sentences.js';
import { titleFor } from './titles.js';
import type { Drawn } from './titles.js';

export interface LabelledText {
  readonly text: ItemText;
  readonly class: TextClass;
}

/** Shares of the kinds of items. */
const KINDS = { garment: 70, thing: 17, several: 7, vague: 6 } as const;

export class Grammar {
  readonly #random: Random;
  readonly #names: Names;

  constructor(entries: readonly Entry[], seed: number) {
    this.#random = new Random(seed);
    this.#names = new Names(entries, this.#random);
  }

  text(): LabelledText {
    const random = this.#random;
    const language: Language = random.chance(0.5) ? 'en' : 'ja';
    const kind = random.weighted(KINDS);
    const item = this.#draw(language, kind);
    const brand = random.chance(0.4) ? this.#names.brand() : null;
    const title = titleFor(item, brand, this.#names, random);
    return {
      class: item.class,
      text: {
        title,
        brand: brand !== null && random.chance(0.7) ? brand : null,
        description: random.chance(0.15) ? null : this.#description(item),
        breadcrumbs: this.#breadcrumbs(item, kind === 'vague'),
      },
    };
  }

  #draw(language: Language, kind: keyof typeof KINDS): Drawn {
    const names = this.#names;
    if (kind === 'thing') return { language, class: 'no-garment', noun: names.thing(language) };
    if (kind === 'several') return { language, class: 'several-garments', noun: names.several(language) };
    const category = names.category();
    const noun = kind === 'vague' ? '' : names.garment(category, language);
    return { language, class: category as TextClass, noun };
  }

  #description(item: Drawn): string {
    const random = this.#random;
    const { language } = item;
    const sentences: string[] = [];
    if (item.class === 'no-garment') {
      for (let left = random.int(1, 4); left > 0; left -= 1) sentences.push(random.pick(THING[language]));
    } else {
      const category = this.#names.isCategory(item.class) ? item.class : null;
      if (category !== null && random.chance(item.noun === '' ? 0.5 : 0.45)) {
        sentences.push(
          random.pick(OWN[language]).replaceAll('{own}', this.#names.garment(category, language)),
        );
      }
      for (let left = random.int(1, 3); left > 0; left -= 1) sentences.push(random.pick(PLAIN[language]));
      if (random.chance(0.55)) sentences.push(random.pick(OTHER[language]));
    }
    return sentences
      .map((sentence) =>
        sentence
          .replaceAll(/\{other2?\}/g, () => this.#names.other(item.class, language))
          .replaceAll('{thing}', () => this.#names.plainThing(language)),
      )
      .join(language === 'en' ? ' ' : '');
  }

  #breadcrumbs(item: Drawn, vague: boolean): string[] {
    const random = this.#random;
    const { language } = item;
    if (random.chance(vague ? 0.5 : 0.35)) return [];
    const crumbs: string[] = random.chance(0.6) ? [random.pick(COLLECTIONS[language])] : [];
    const category = item.class;
    const sections = SECTIONS.filter(({ holds }) => holds.includes(category));
    if (category === 'no-garment' && random.chance(0.8)) crumbs.push(random.pick(THING_SECTIONS[language]));
    else if (sections.length > 0 && random.chance(0.75)) crumbs.push(random.pick(sections)[language]);
    if (this.#names.isCategory(category) && random.chance(0.45)) {
      const [plain = category] = this.#names.of(category, language);
      crumbs.push(language === 'en' ? plural(plain) : plain);
    }
    // Shops put things where they do not belong.
    if (random.chance(0.02)) crumbs.push(random.pick(SECTIONS)[language]);
    return crumbs;
  }
}
