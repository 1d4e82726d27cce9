/**
 * What the demo shops sell. A catalogue follows from its seed alone: no clock, no request and no process has a
 * part in it. On the second day a few items of each shop have changed; everything else is as it was.
 */
import type { Money } from '../domain/money.js';
import { Random, seedOf } from '../platform/random.js';
import { describe, titleOf } from './wording.js';
import { BRANDS, COLOURS, KINDS } from './vocabulary.js';
import type { DemoLanguage, GarmentLook, KindName } from './vocabulary.js';

export type DemoDay = 1 | 2;

export type DemoPicture =
  /** `view` 0 is the main picture, 1 the same garment shown otherwise. */
  | { readonly from: 'garment'; readonly look: GarmentLook; readonly view: 0 | 1 }
  | { readonly from: 'file'; readonly path: string; readonly contentType: string };

export interface DemoItem {
  /** 1-based within its shop. */
  readonly number: number;
  readonly sku: string;
  /** The truth: the category the item really belongs to. */
  readonly category: string;
  readonly title: string;
  readonly description: string;
  readonly brand: string;
  /** The colour in the shop's language; empty where nobody knows it. */
  readonly colour: string;
  /** The category page it is listed on, as the shop names it. */
  readonly section: string;
  readonly price: Money;
  readonly listPrice: Money | null;
  readonly availability: 'in-stock' | 'low-stock' | 'sold-out';
  /** At least one. */
  readonly pictures: readonly DemoPicture[];
  /** Milliseconds since the epoch, whole seconds. */
  readonly updatedAt: number;
  readonly change: 'price-drop' | 'sold-out' | 'vanished' | null;
}

export interface DemoCatalogue {
  readonly language: DemoLanguage;
  readonly items: readonly DemoItem[];
  readonly sections: readonly string[];
}

/** The instants that Last-Modified speaks of: the demo's days never depend on the calendar. */
export const FIRST_DAY = Date.UTC(2026, 0, 12, 3, 0, 0);
export const SECOND_DAY = FIRST_DAY + 24 * 60 * 60 * 1000;

/** Sweaters and beanies come twice as often as the others: telling them apart is what the demo is about. */
const ROUND: readonly KindName[] = [...(Object.keys(KINDS) as KindName[]), 'sweater', 'beanie'];

export function drawCatalogue(language: DemoLanguage, seed: number, count: number): DemoCatalogue {
  const changes = drawChanges(language, seed, count);
  const items = Array.from({ length: count }, (_, index) => {
    const kind = ROUND[index % ROUND.length] ?? 'sweater';
    return drawItem(language, kind, index + 1, seed, changes.get(index) ?? null);
  });
  return { language, items, sections: sectionsOf(items) };
}

export function sectionsOf(items: readonly DemoItem[]): string[] {
  return [...new Set(items.map((item) => item.section))];
}

/** Which items change on the second day: three prices, two sold out, two gone (one each in a small shop). */
export function drawChanges(
  language: DemoLanguage,
  seed: number,
  count: number,
): ReadonlyMap<number, Exclude<DemoItem['change'], null>> {
  const random = new Random(seedOf(seed, language, 'changes'));
  const many = count >= 40;
  const wanted = [
    ...Array<'price-drop'>(many ? 3 : 1).fill('price-drop'),
    ...Array<'sold-out'>(many ? 2 : 1).fill('sold-out'),
    ...Array<'vanished'>(many ? 2 : 1).fill('vanished'),
  ];
  const changes = new Map<number, Exclude<DemoItem['change'], null>>();
  for (const change of wanted.slice(0, count)) {
    let index = random.int(0, count - 1);
    while (changes.has(index)) index = (index + 1) % count;
    changes.set(index, change);
  }
  return changes;
}

function drawItem(
  language: DemoLanguage,
  kind: KindName,
  number: number,
  seed: number,
  change: DemoItem['change'],
): DemoItem {
  const random = new Random(seedOf(seed, language, number));
  const words = KINDS[kind];
  const style = random.pick(Object.keys(words.styles));
  const colourName = random.pick(Object.keys(COLOURS));
  const knitted = words.knitted === 'all' || words.knitted === style;
  const knit = knitted ? random.pick(['cable', 'cable', 'honeycomb', 'rib', 'plain'] as const) : null;
  const print = random.pick(words.prints);
  const look: GarmentLook = {
    kind,
    style,
    seed: seedOf(seed, language, number, 'look'),
    colourName,
    knit,
    print,
  };
  const garment = { from: 'garment', look } as const;
  const colour = COLOURS[colourName]?.[language] ?? colourName;
  return {
    number,
    sku: language === 'en' ? `E${20_000 + number * 7}` : `${words.code}-${1000 + number * 3}`,
    category: kind,
    title: titleOf(language, look, colour, random),
    description: describe(language, look, random),
    brand: random.pick(BRANDS[language]),
    colour,
    section: language === 'en' ? words.section : random.pick(words.sectionsJa),
    ...drawOffer(language, words.price, random),
    ...(change === null || change === 'vanished' ? {} : { availability: 'in-stock' as const }),
    pictures: random.chance(0.25)
      ? [
          { ...garment, view: 0 },
          { ...garment, view: 1 },
        ]
      : [{ ...garment, view: 0 }],
    updatedAt: FIRST_DAY - random.int(1, 90 * 24 * 60) * 60_000,
    change,
  };
}

/** Prices as shops set them; a third are reduced from a list price. */
export function drawOffer(
  language: DemoLanguage,
  [low, high]: readonly [number, number],
  random: Random,
): Pick<DemoItem, 'price' | 'listPrice' | 'availability'> {
  const dollars = Math.round(random.range(low, high));
  const reduced = random.chance(0.33);
  const full = language === 'en' ? dollars * 100 + random.pick([0, 90, 99]) : taxed(dollars * 120);
  const cut = random.pick([0.9, 0.8, 0.7, 0.5]);
  const sale = language === 'en' ? Math.round((full * cut) / 10) * 10 : taxed((full * cut) / 1.1);
  const currency = language === 'en' ? 'USD' : 'JPY';
  const availability = random.weighted({ 'in-stock': 80, 'low-stock': 12, 'sold-out': 8 });
  return {
    price: { minor: reduced ? sale : full, currency },
    listPrice: reduced ? { minor: full, currency } : null,
    availability,
  };
}

/** Yen including 10 % tax on a price that is a round number of hundreds minus ten. */
function taxed(yen: number): number {
  return Math.round((Math.max(1, Math.round(yen / 100)) * 100 - 10) * 1.1);
}

/** The item as the shop shows it on a day; null once it has vanished. */
export function itemOn(item: DemoItem, day: DemoDay): DemoItem | null {
  if (day === 1 || item.change === null) return item;
  switch (item.change) {
    case 'vanished':
      return null;
    case 'sold-out':
      return { ...item, availability: 'sold-out', updatedAt: SECOND_DAY };
    case 'price-drop': {
      const { minor, currency } = item.price;
      const lower = currency === 'JPY' ? taxed((minor * 0.75) / 1.1) : Math.round((minor * 0.75) / 10) * 10;
      return {
        ...item,
        price: { minor: lower, currency },
        listPrice: item.listPrice ?? item.price,
        updatedAt: SECOND_DAY,
      };
    }
    default:
      return item;
  }
}
