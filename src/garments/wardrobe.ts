/** Draws a garment's identity from a seed: cut, proportions, fabric, knit, print and colours. */
import { Random, seedOf } from '../platform/random.js';
import { FashiondError, unreachable } from '../domain/errors.js';
import { cutOf, STYLES } from './cuts.js';
import { COLOUR_NAMES, dye, isColourName, luma, mix } from './palette.js';
import type { ColourName } from './palette.js';
import { categoryOfKind } from './spec.js';
import type { Fabric, FixedChoices, Garment, GarmentKind, Knit, Print, PrintKind, Profile } from './spec.js';

type Weights<Key extends string> = Readonly<Partial<Record<Key, number>>>;

const FABRICS: Readonly<Record<GarmentKind, Weights<Fabric>>> = {
  sweater: { knit: 1 },
  beanie: { knit: 1 },
  't-shirt': { jersey: 1 },
  'long-sleeve': { jersey: 9, knit: 1 },
  shirt: { woven: 8, denim: 1, wool: 0.5 },
  dress: { woven: 5, jersey: 3, knit: 1.2, denim: 0.6 },
  skirt: { woven: 5, denim: 1.6, knit: 1, wool: 1, leather: 0.5 },
  trousers: { denim: 3, woven: 4, jersey: 1.5, wool: 1 },
  shorts: { denim: 2.5, woven: 4, jersey: 2 },
  coat: { wool: 3, woven: 3, denim: 0.5, leather: 0.5 },
  hat: { woven: 4, wool: 2, straw: 1.5, denim: 0.8, knit: 0.8 },
  shoes: { leather: 4, canvas: 2.5, knit: 0.5 },
  bag: { leather: 4, canvas: 4, denim: 0.5, knit: 0.4 },
};

const PRINTS: Readonly<Record<GarmentKind, Weights<PrintKind>>> = {
  sweater: { plain: 7, stripe: 1.6, 'fair-isle': 0.8, graphic: 0.4 },
  beanie: { plain: 7, stripe: 1.6, 'fair-isle': 0.8 },
  't-shirt': { plain: 4, graphic: 3.5, stripe: 1.6, dots: 0.4, floral: 0.5 },
  'long-sleeve': { plain: 4.5, graphic: 2, stripe: 2.2, dots: 0.4, floral: 0.5 },
  shirt: { plain: 3.5, check: 3, pinstripe: 2, stripe: 0.4, floral: 0.9, dots: 0.5 },
  dress: { plain: 4, floral: 2.5, dots: 1, stripe: 1, check: 0.8 },
  skirt: { plain: 4.5, floral: 1.6, check: 1.4, dots: 0.8, stripe: 0.7 },
  trousers: { plain: 8, check: 0.8, pinstripe: 0.6 },
  shorts: { plain: 6, check: 0.8, floral: 1, stripe: 0.6 },
  coat: { plain: 7, check: 1.6 },
  hat: { plain: 6, check: 1, stripe: 0.7, floral: 0.5 },
  shoes: { plain: 8, check: 0.3, floral: 0.3 },
  bag: { plain: 6, stripe: 0.7, check: 0.6, graphic: 0.8, floral: 0.5, dots: 0.3 },
};

/** Which colours a fabric comes in, where not in all. */
const FABRIC_COLOURS: Readonly<Partial<Record<Fabric, readonly ColourName[]>>> = {
  denim: ['navy', 'blue', 'sky', 'black', 'grey', 'charcoal', 'white', 'blue', 'navy'],
  straw: ['beige', 'ivory', 'camel', 'khaki', 'brown', 'black', 'beige'],
};

const COLOURED_FLOOR: Readonly<Partial<Record<GarmentKind, readonly ColourName[]>>> = {
  shoes: ['black', 'brown', 'white', 'camel', 'navy', 'red', 'grey', 'chocolate', 'beige'],
  trousers: ['black', 'navy', 'khaki', 'beige', 'charcoal', 'grey', 'brown', 'olive'],
  coat: ['black', 'navy', 'camel', 'charcoal', 'beige', 'olive', 'grey', 'brown'],
};

const KNITS: Weights<Knit> = { cable: 3, honeycomb: 2, rib: 2.5, plain: 3 };

export type GarmentChoices = Partial<
  Pick<FixedChoices, 'style' | 'colourName' | 'fabric' | 'knit' | 'print'>
>;

/** @throws FashiondError `usage` for a style or colour name that the kind does not have. */
export function drawGarment(
  kind: GarmentKind,
  seed: number,
  profile: Profile,
  fixed: GarmentChoices = {},
): Garment {
  const random = new Random(seedOf(profile, kind, seed));
  const style = fixed.style ?? random.pick(STYLES[kind]);
  if (!STYLES[kind].includes(style)) {
    throw new FashiondError('usage', `a ${kind} has no style ${style}`, {
      hint: `Choose one of ${STYLES[kind].join(', ')}.`,
    });
  }
  const drawn = styleFabric(kind, style) ?? random.weighted(FABRICS[kind]);
  const fabric = fixed.knit === undefined ? (fixed.fabric ?? drawn) : 'knit';
  const knitDrawn = kind === 'long-sleeve' ? 'rib' : random.weighted(KNITS);
  const colourDrawn = drawColourName(kind, fabric, random);
  const colourName = fixed.colourName ?? colourDrawn;
  if (!isColourName(colourName)) {
    throw new FashiondError('usage', `no colour is named ${colourName}`, {
      hint: `Choose one of ${COLOUR_NAMES.join(', ')}.`,
    });
  }
  const colour = dye(colourName, profile, random);
  const printDrawn =
    fabric === 'denim' || fabric === 'straw' || fabric === 'down' ? 'plain' : random.weighted(PRINTS[kind]);
  return {
    kind,
    category: categoryOfKind(kind),
    style,
    seed,
    colourName,
    colour,
    accent: contrasting(colour, profile, random),
    fabric,
    knit: fabric === 'knit' ? (fixed.knit ?? knitDrawn) : null,
    knitRepeats: knitRepeats(fixed.knit ?? knitDrawn, random),
    print: drawPrint(fixed.print ?? printDrawn, colour, profile, random),
    shape: cutOf(kind, style, profile, random),
  };
}

function styleFabric(kind: GarmentKind, style: string): Fabric | null {
  if (kind === 'coat' && style === 'puffer') return 'down';
  if (kind === 'dress' && style === 'sweater') return 'knit';
  if (kind === 'hat' && style === 'sun') return 'straw';
  if (kind === 'hat' && style === 'fedora') return 'wool';
  if (kind === 'trousers' && style === 'jogger') return 'jersey';
  if (kind === 'shorts' && style === 'running') return 'jersey';
  if (kind === 'shoes' && style !== 'sneaker') return 'leather';
  return null;
}

function drawColourName(kind: GarmentKind, fabric: Fabric, random: Random): ColourName {
  const list = FABRIC_COLOURS[fabric];
  if (list !== undefined) return random.pick(list);
  const usual = COLOURED_FLOOR[kind];
  if (usual !== undefined && random.chance(0.45)) return random.pick(usual);
  return random.pick(COLOUR_NAMES);
}

/** Repeats across the garment's width: the same range on every kind, so that scale tells no class. */
function knitRepeats(knit: Knit, random: Random): number {
  switch (knit) {
    case 'cable':
      return random.range(3.2, 7.5);
    case 'honeycomb':
      return random.range(5, 11);
    case 'rib':
      return random.range(8, 24);
    case 'plain':
      return random.range(14, 34);
    default:
      return unreachable(knit);
  }
}

/** A colour that stands out against `colour`, or nearly the same one. */
function contrasting(colour: string, profile: Profile, random: Random): string {
  if (random.chance(0.15)) return mix(colour, luma(colour) > 120 ? '#000000' : '#ffffff', 0.35);
  for (let attempt = 0; attempt < 8; attempt += 1) {
    const other = dye(random.pick(COLOUR_NAMES), profile, random);
    if (Math.abs(luma(other) - luma(colour)) > 55) return other;
  }
  return luma(colour) > 120 ? '#20222a' : '#f2efe8';
}

function drawPrint(kind: PrintKind, colour: string, profile: Profile, random: Random): Print {
  const small = kind === 'pinstripe' ? [0.03, 0.09] : kind === 'floral' ? [0.12, 0.34] : [0.06, 0.26];
  const [low = 0.06, high = 0.26] = small;
  const tilted =
    kind === 'stripe' && random.chance(0.08) ? 90 : kind === 'check' && random.chance(0.1) ? 45 : 0;
  return {
    kind,
    scale: random.range(low, high),
    angle: tilted,
    ink: contrasting(colour, profile, random),
    secondInk: contrasting(colour, profile, random),
  };
}
