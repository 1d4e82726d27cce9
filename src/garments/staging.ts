/** Draws a scene from a seed: presentation, pose, framing, background, light, company and camera. */
import { unreachable } from '../domain/errors.js';
import { Random, seedOf } from '../platform/random.js';
import { dye, mix, varied } from './palette.js';
import type { ColourName } from './palette.js';
import type { ArmPose } from './parts.js';
import { GARMENT_KINDS } from './spec.js';
import type {
  Background,
  BackgroundKind,
  FixedChoices,
  Framing,
  Garment,
  GarmentKind,
  Person,
  Presentation,
  Profile,
  Scene,
} from './spec.js';
import { drawGarment } from './wardrobe.js';

type Weights<Key extends string> = Readonly<Partial<Record<Key, number>>>;

const CLOTHES: Weights<Presentation> = {
  'flat-lay': 2.6,
  hanging: 1,
  mannequin: 1.6,
  worn: 4,
  several: 0.8,
};
const HEADWEAR: Weights<Presentation> = { 'flat-lay': 4.4, mannequin: 1.4, worn: 3, several: 1.2 };
const GOODS: Weights<Presentation> = { 'flat-lay': 6, worn: 2.2, several: 1.6 };

const BACKGROUNDS: Readonly<Record<Profile, Weights<BackgroundKind>>> = {
  training: { white: 2, studio: 1.6, gradient: 1, wood: 1.4, cloth: 1.5, carpet: 0.8, tiles: 0.5, room: 1.2 },
  'held-out': {
    white: 1.6,
    studio: 1.6,
    gradient: 1.2,
    wood: 1,
    cloth: 1.2,
    tiles: 1.1,
    concrete: 1.1,
    room: 1.2,
  },
};

const SKINS = [
  '#f3d3bd',
  '#e8bd9d',
  '#d9a57e',
  '#c58a5e',
  '#a26a43',
  '#7d4c2e',
  '#5a3420',
  '#f0c8a8',
] as const;
const HAIRS = ['#1d1714', '#3a2a20', '#6b4527', '#a87a45', '#d6b878', '#8a3a20', '#9a9a9a'] as const;

export function isHeadwear(kind: GarmentKind): boolean {
  return kind === 'beanie' || kind === 'hat';
}

export function isTop(kind: GarmentKind): boolean {
  return ['sweater', 't-shirt', 'long-sleeve', 'shirt', 'coat', 'dress'].includes(kind);
}

export function isBottom(kind: GarmentKind): boolean {
  return kind === 'trousers' || kind === 'shorts' || kind === 'skirt';
}

export type SceneChoices = Partial<Pick<FixedChoices, 'presentation' | 'background'>>;

export function drawScene(garment: Garment, seed: number, profile: Profile, fixed: SceneChoices = {}): Scene {
  const random = new Random(seedOf(profile, 'scene', seed));
  const { kind } = garment;
  const weights = isHeadwear(kind) ? HEADWEAR : kind === 'shoes' || kind === 'bag' ? GOODS : CLOTHES;
  const drawn = random.weighted(weights);
  const presentation = fixed.presentation ?? drawn;
  const onBody = presentation === 'worn' || presentation === 'mannequin';
  const lying = presentation === 'flat-lay' || presentation === 'several';
  const [right, left] = drawArms(presentation, random);
  const warm = random.range(-0.06, 0.06);
  const green = random.range(-0.02, 0.02);
  return {
    seed,
    presentation,
    background: drawBackground(fixed.background, presentation, profile, random),
    framing: drawFraming(kind, random),
    rotation: drawRotation(kind, lying, onBody, random),
    mirrored: random.chance(0.5),
    fill:
      presentation === 'several'
        ? random.range(0.62, 0.8)
        : lying
          ? random.range(0.7, 1.06)
          : random.range(0.86, 1.06),
    offset: [random.range(-0.06, 0.06), random.range(-0.05, 0.05)],
    right,
    left,
    stride: random.range(0, onBody ? 5 : 9),
    rumple: onBody ? random.range(0.1, 0.5) : random.range(0.2, 1.1),
    person: drawPerson(kind, random),
    companions: drawCompanions(garment, presentation, profile, random),
    light: [random.range(180, 360), random.range(0.25, 1)],
    shadow: presentation === 'hanging' || lying ? random.range(0.08, 0.5) : random.range(0, 0.2),
    folds: random.range(0.15, 0.95),
    cast: [1 + warm, 1 + green, 1 - warm],
    brightness: random.range(0.78, 1.15),
    contrast: random.range(0.8, 1.15),
    blur: random.chance(0.35) ? random.range(0.3, 0.9) : 0,
    noise: random.chance(0.6) ? random.range(1, 8) : 0,
    quality: random.int(45, 94),
  };
}

function drawArms(presentation: Presentation, random: Random): readonly [ArmPose, ArmPose] {
  const one = (): ArmPose => {
    if (presentation === 'worn' && random.chance(0.18))
      return { upper: random.range(28, 42), lower: random.range(-48, -28) };
    if (presentation === 'worn') return { upper: random.range(5, 20), lower: random.range(-4, 14) };
    if (presentation === 'mannequin' || presentation === 'hanging')
      return { upper: random.range(4, 14), lower: random.range(0, 9) };
    const upper = random.range(10, 72);
    return { upper, lower: upper + random.range(-32, 10) };
  };
  const right = one();
  if (random.chance(0.25)) return [right, one()];
  const near = (): number => random.range(-5, 5);
  return [right, { upper: right.upper + near(), lower: right.lower + near() }];
}

function drawBackground(
  fixed: BackgroundKind | undefined,
  presentation: Presentation,
  profile: Profile,
  random: Random,
): Background {
  const standing = presentation === 'worn' || presentation === 'mannequin' || presentation === 'hanging';
  const weights = {
    ...BACKGROUNDS[profile],
    ...(standing ? { carpet: 0, tiles: 0.2, wood: 0.5, white: 4, studio: 2.5 } : { room: 0.4 }),
  };
  const drawn = random.weighted(weights);
  const kind = fixed ?? drawn;
  const names: Readonly<Record<BackgroundKind, readonly ColourName[]>> = {
    white: ['white'],
    studio: ['grey', 'silver', 'silver', 'white', 'beige'],
    gradient: ['silver', 'sky', 'pink', 'mint', 'lavender', 'beige', 'grey', 'yellow', 'ivory'],
    wood: ['camel', 'brown', 'beige', 'khaki', 'grey', 'ivory', 'chocolate'],
    cloth: [
      'red',
      'white',
      'beige',
      'navy',
      'pink',
      'grey',
      'fuchsia',
      'sky',
      'green',
      'ivory',
      'burgundy',
      'lavender',
    ],
    tiles: ['ivory', 'silver', 'beige', 'grey', 'rust', 'white'],
    carpet: ['rust', 'beige', 'grey', 'navy', 'brown', 'khaki', 'burgundy', 'teal'],
    concrete: ['grey', 'silver', 'khaki', 'charcoal'],
    room: ['ivory', 'beige', 'silver', 'sky', 'mint', 'mustard', 'pink', 'grey', 'white'],
  };
  const colour = dye(random.pick(names[kind]), profile, random);
  const other =
    kind === 'room' ? random.pick(['camel', 'brown', 'grey', 'beige'] as const) : random.pick(names[kind]);
  const second = dye(other, profile, random);
  return {
    kind,
    colour: kind === 'white' ? mix(colour, '#ffffff', random.range(0, 1)) : colour,
    colour2: kind === 'tiles' ? mix(colour, '#000000', random.range(0.2, 0.5)) : varied(second, 12, random),
  };
}

/**
 * How much of a figure is shown: the sold garment must stay the one that the picture is about. What hangs from
 * the waist is mostly shown down to the feet, as shops do, so that legs alone do not mean trousers.
 */
function drawFraming(kind: GarmentKind, random: Random): Framing {
  if (kind === 'dress' || kind === 'coat') return random.weighted({ close: 2, half: 4, full: 3 });
  if (isBottom(kind)) return random.weighted({ close: 2.5, half: 6, full: 1.5 });
  return random.weighted({ close: 4, half: 5.5, full: 0.5 });
}

function drawRotation(kind: GarmentKind, lying: boolean, onBody: boolean, random: Random): number {
  if (!lying) return onBody ? random.range(-5, 5) : random.range(-4, 4);
  if (kind === 'shoes' || kind === 'bag') return random.range(-14, 14);
  if (random.chance(0.06)) return random.pick([-90, 90, 180]) + random.range(-12, 12);
  return random.chance(0.3) ? random.range(-32, 32) : random.range(-10, 10);
}

function drawPerson(kind: GarmentKind, random: Random): Person {
  const hairStyle = random.weighted({ short: 4, long: 4, bun: isHeadwear(kind) ? 0 : 1, none: 0.6 });
  return {
    skin: varied(random.pick(SKINS), 6, random),
    hair: varied(random.pick(HAIRS), 6, random),
    hairStyle,
  };
}

function drawCompanions(
  garment: Garment,
  presentation: Presentation,
  profile: Profile,
  random: Random,
): Garment[] {
  const seed = (): number => random.int(0, 0x7fff_ffff);
  switch (presentation) {
    case 'several': {
      const variants = random.chance(0.3);
      return Array.from({ length: random.int(1, 3) }, () =>
        drawGarment(variants ? garment.kind : random.pick(GARMENT_KINDS), seed(), profile),
      );
    }
    case 'worn': {
      const kinds: GarmentKind[] = [];
      const { kind } = garment;
      if (!isBottom(kind) && kind !== 'dress')
        kinds.push(random.weighted({ trousers: 5, skirt: 2, shorts: 1.4 }));
      // Trunks and shorts are also shown below a bare chest.
      if (!isTop(kind) && !(isBottom(kind) && random.chance(0.3)))
        kinds.push(random.weighted({ 't-shirt': 3, sweater: 2, shirt: 2, 'long-sleeve': 2 }));
      if (kind === 'coat' && random.chance(0.5)) kinds.push('t-shirt');
      if (kind !== 'shoes') kinds.push('shoes');
      return kinds.map((worn) => drawGarment(worn, seed(), profile));
    }
    case 'mannequin':
    case 'flat-lay':
    case 'hanging':
      return [];
    default:
      return unreachable(presentation);
  }
}
