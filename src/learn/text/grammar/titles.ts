/** Titles as shops write them: badges, brands, what an item goes with, names stuffed behind names. */
import type { TextClass } from '../../../domain/item-text.js';
import type { Random } from '../../../platform/random.js';
import { plural } from './names.js';
import type { Language, Names } from './names.js';
import { ADJECTIVES, BADGES, COLOURS, FEATURES, MATERIALS, NAMES, PEOPLE } from './pools.js';

/** An item as the grammar draws it, before it is put into words. */
export interface Drawn {
  readonly language: Language;
  readonly class: TextClass;
  /** What the title calls it; empty where it says nothing. */
  readonly noun: string;
}

export function titleFor(item: Drawn, brand: string | null, names: Names, random: Random): string {
  return item.language === 'en'
    ? englishTitle(item, brand, names, random)
    : japaneseTitle(item, brand, names, random);
}

function englishTitle(item: Drawn, brand: string | null, names: Names, random: Random): string {
  const words = [
    ...(brand !== null && random.chance(0.6) ? [brand] : []),
    ...(random.chance(0.35) ? [random.pick(NAMES)] : []),
    ...(random.chance(0.45) ? [random.pick(ADJECTIVES.en)] : []),
    ...(random.chance(0.3) ? [random.pick(MATERIALS.en)] : []),
    ...(random.chance(0.06) && item.noun !== '' ? [`${names.other(item.class, item.language)}-style`] : []),
    item.noun === '' ? random.pick(NAMES) : inTitle(item.noun, random),
  ];
  const tail = random.weighted({
    none: 40,
    colour: 16,
    dash: 12,
    with: 14,
    goes: 10,
    for: 8,
    number: 5,
    name: 6,
  });
  const title = words.join(' ');
  switch (tail) {
    case 'none':
      return title;
    case 'colour':
      return `${title} in ${random.pick(COLOURS.en)}`;
    case 'dash':
      return `${title} ${random.pick(['-', '|', '/', ','])} ${random.pick([random.pick(COLOURS.en), random.pick(PEOPLE.en), random.pick(NAMES)])}`;
    case 'with':
      return `${title} with ${random.pick(FEATURES.en)}`;
    case 'goes':
      return random.pick([
        `${title} to wear with ${names.other(item.class, item.language)}`,
        `${title}, goes with ${names.other(item.class, item.language)}`,
        `${title} (pairs with ${names.other(item.class, item.language)})`,
        `${title} for under a ${names.other(item.class, item.language)}`,
      ]);
    case 'for':
      return `${title} for ${random.pick(PEOPLE.en)}`;
    case 'name':
      return `${title} ${random.pick([random.pick(NAMES), names.brand(), random.pick(ADJECTIVES.en)])}`;
    default:
      return `${title} ${random.pick(['II', '2.0', '24', 'XL', '6 foot', '65 cm', '500 ml'])}`;
  }
}

function japaneseTitle(item: Drawn, brand: string | null, names: Names, random: Random): string {
  const gap = random.chance(0.5) ? ' ' : '';
  const front = [
    ...(random.chance(0.25) ? [random.pick(BADGES)] : []),
    ...(brand !== null && random.chance(0.5) ? [`${brand} `] : []),
    ...(random.chance(0.2) ? [companion(item, names, random)] : []),
    ...(random.chance(0.5) ? [`${random.pick(ADJECTIVES.ja)}${gap}`] : []),
    ...(random.chance(0.3) ? [`${random.pick(MATERIALS.ja)}${gap}`] : []),
    ...(random.chance(0.1) ? [`${random.pick(FEATURES.ja)}${gap}`] : []),
    item.noun === '' ? random.pick(['定番アイテム', '人気の一着', random.pick(NAMES), '新作']) : item.noun,
  ].join('');
  switch (random.weighted({ none: 35, colour: 25, people: 15, with: 10, goes: 7, again: 8 })) {
    case 'none':
      return front;
    case 'colour':
      return random.chance(0.5)
        ? `${front}（${random.pick(COLOURS.ja)}）`
        : `${front} ${random.pick(COLOURS.ja)}`;
    case 'people':
      return `${front} ${random.pick(PEOPLE.ja)} ${random.pick(['春夏', '秋冬', '新作', '韓国', '2026'])}`;
    case 'with':
      return `${front} ${random.pick(FEATURES.ja)}`;
    case 'goes':
      return random.pick([
        `${front} ${names.other(item.class, item.language)}に合う`,
        `${front}／${names.other(item.class, item.language)}コーデにも`,
        `${front} ${names.other(item.class, item.language)}と合わせて`,
      ]);
    default: {
      // Titles stuffed with other names of the same thing.
      const others = names.of(item.class, 'ja');
      return others.length === 0 || item.noun === ''
        ? front
        : `${front} ${random.pick(others)} ${random.pick(PEOPLE.ja)}`;
    }
  }
}

function companion(item: Drawn, names: Names, random: Random): string {
  const other = names.other(item.class, item.language);
  return random.pick([
    `${other}にも合う`,
    `${other}に合わせたい`,
    `${other}とおそろいの`,
    `${other}と相性のいい`,
    `${other}の上に羽織る`,
    `${other}の下に着られる`,
    `${other}見え`,
    `${other}コーデに `,
  ]);
}

/** As titles have it: capitals mostly, sometimes the plural. */
function inTitle(noun: string, random: Random): string {
  const named = random.chance(0.15) ? plural(noun) : noun;
  if (!random.chance(0.7)) return named;
  return named.replaceAll(
    /(^|[ -])(\p{Ll})/gu,
    (_, gap: string, letter: string) => gap + letter.toUpperCase(),
  );
}
