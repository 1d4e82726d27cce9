/**
 * Titles and descriptions. Every title is true of its item. Those of the Japanese shop mislead whoever reads
 * words without their context: a `ハニカムニット` is a sweater, a `ケーブルニット帽` a beanie, and what an
 * item goes with (`スカートにも合う`) is named before the item.
 */
import { unreachable } from '../domain/errors.js';
import type { Random } from '../platform/random.js';
import { KNIT_WORDS, PRINT_WORDS, wordsOf } from './vocabulary.js';
import type { DemoLanguage, GarmentLook, KindName } from './vocabulary.js';

export function titleOf(language: DemoLanguage, look: GarmentLook, colour: string, random: Random): string {
  return language === 'en' ? englishTitle(look, colour, random) : japaneseTitle(look, colour, random);
}

function englishTitle(look: GarmentLook, colour: string, random: Random): string {
  const [noun] = wordsOf(look.kind).styles[look.style] ?? [look.kind];
  const print = PRINT_WORDS[look.print]?.[0];
  const knit = look.knit === null ? undefined : KNIT_WORDS[look.knit]?.[0];
  const adjectives = [print, print === undefined ? knit : knit?.toLowerCase()].filter(
    (word) => word !== undefined,
  );
  const name = capitalised([...adjectives, noun].join(' '));
  switch (random.weighted({ in: 5, dash: 2, front: 2 })) {
    case 'in':
      return `${name} in ${colour}`;
    case 'dash':
      return `${name} - ${capitalised(colour)}`;
    case 'front':
      return capitalised(`${colour} ${name.charAt(0).toLowerCase()}${name.slice(1)}`);
    default:
      return name;
  }
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** What an item is said to go with: never its own kind. */
const COMPANIONS: readonly (readonly [KindName, string])[] = [
  ['skirt', 'スカートにも合う'],
  ['dress', 'ワンピースに合う'],
  ['trousers', 'デニムパンツと相性のいい'],
  ['coat', 'コートの下にも着られる'],
  ['bag', 'バッグとおそろいの'],
  ['sweater', 'セーターに合わせたい'],
  ['shoes', '靴とリンクする'],
];

function japaneseTitle(look: GarmentLook, colour: string, random: Random): string {
  const companions = COMPANIONS.filter(([kind]) => kind !== look.kind && fits(look.kind, kind));
  const knitted = look.kind === 'sweater' || look.kind === 'beanie';
  const companion =
    companions.length > 0 && random.chance(knitted ? 0.4 : 0.2) ? random.pick(companions)[1] : '';
  const badge = random.chance(0.2) ? random.pick(['【再入荷】', '【新作】', '【送料無料】', '【SALE】']) : '';
  const print = PRINT_WORDS[look.print]?.[1] ?? '';
  const tail = random.chance(0.6) ? `（${colour}）` : ` ${colour}`;
  return `${badge}${companion}${print}${japaneseNoun(look, random)}${tail}`;
}

/** Nobody carries a coat under a hat: what is worn beneath a coat is a top. */
function fits(kind: KindName, companion: KindName): boolean {
  return companion !== 'coat' || ['sweater', 'shirt', 't-shirt', 'long-sleeve', 'dress'].includes(kind);
}

function japaneseNoun(look: GarmentLook, random: Random): string {
  const [, word] = wordsOf(look.kind).styles[look.style] ?? ['', ''];
  const knit = look.knit === null ? '' : (KNIT_WORDS[look.knit]?.[1] ?? '');
  if (look.kind === 'sweater') return random.chance(0.45) ? `${knit}ニット` : `${word}${knit}ニット`;
  if (look.kind === 'beanie') return random.chance(0.45) ? `${knit}ニット帽` : `${word}${knit}ニット帽`;
  return `${knit}${word}`;
}

export function describe(language: DemoLanguage, look: GarmentLook, random: Random): string {
  const sentences = language === 'en' ? EN_SENTENCES : JA_SENTENCES;
  const chosen: string[] = [];
  const count = random.int(3, 5);
  for (let at = random.int(0, sentences.length - 1); chosen.length < count; at += 1) {
    const sentence = sentences[at % sentences.length];
    if (sentence !== undefined) chosen.push(sentence);
  }
  const care = careOf(language, look);
  return [...chosen, care].join(language === 'en' ? ' ' : '');
}

function careOf(language: DemoLanguage, look: GarmentLook): string {
  switch (look.knit) {
    case null:
      return language === 'en' ? 'Machine wash at 30 degrees.' : '洗濯機で洗えます。';
    case 'cable':
    case 'honeycomb':
    case 'rib':
    case 'plain':
      return language === 'en' ? 'Wash by hand and dry flat.' : '手洗いして平干ししてください。';
    default:
      return unreachable(look.knit);
  }
}

const EN_SENTENCES = [
  'An easy piece that goes with skirts and jeans alike.',
  'Made in small batches from yarn and cloth we choose ourselves.',
  'Soft from the first day and softer after every wash.',
  'Wear it under a coat in winter, on its own in spring.',
  'The cut leaves room to move without looking wide.',
  'Our model is 176 cm tall and wears a size M.',
  'Looks good with white sneakers and a canvas bag.',
  'Every seam is finished by hand.',
  'A colour that we dye for one season only.',
  'It pairs well with our wool beanies and scarves.',
] as const;

const JA_SENTENCES = [
  'スカートにもデニムにも合わせやすい一枚です。',
  '肌ざわりのよい素材を使い、国内の工場で丁寧に仕上げました。',
  'ワンピースに重ねても、コートの中に着てもかさばりません。',
  '軽くて暖かく、毎日使いたくなる定番です。',
  '季節の変わり目に活躍します。',
  'バッグや靴と色をそろえるのがおすすめです。',
  'お手持ちのセーターやシャツとも相性抜群です。',
  '贈り物にもよろこばれています。',
  'モデルは身長165cm、Mサイズを着用しています。',
  '生産の都合により、色味が写真と少し異なることがあります。',
] as const;
