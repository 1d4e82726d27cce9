/**
 * Cuts within each kind, and the ranges their proportions are drawn from. `held-out` garments come from the
 * upper seven eighths of each range, `training` garments from the lower: partly other proportions, not others
 * altogether. Neighbouring kinds overlap on purpose (a fine sweater and a long-sleeved tee, cropped trousers
 * and long shorts, a sweater dress and a long sweater).
 */
import type { Random } from '../platform/random.js';
import type { GarmentKind, Profile, Shape } from './spec.js';

export const STYLES: Readonly<Record<GarmentKind, readonly string[]>> = {
  sweater: ['crew', 'v-neck', 'turtleneck', 'mock-neck', 'boat', 'cardigan'],
  beanie: ['cuffed', 'pompom', 'slouchy', 'fisherman'],
  't-shirt': ['crew', 'v-neck', 'scoop', 'pocket', 'tank', 'polo'],
  'long-sleeve': ['crew', 'v-neck', 'boat', 'henley', 'raglan', 'hoodie'],
  shirt: ['button-down', 'band-collar', 'short-sleeve'],
  dress: ['shift', 'fit-and-flare', 'a-line', 'wrap', 'slip', 'shirt', 'sweater'],
  skirt: ['pencil', 'a-line', 'pleated', 'tiered', 'mini', 'button-front'],
  trousers: ['straight', 'skinny', 'wide', 'jogger', 'cargo', 'flared'],
  shorts: ['chino', 'running', 'bermuda', 'cargo', 'hot-pants'],
  coat: ['overcoat', 'trench', 'puffer', 'parka', 'duffle', 'blazer', 'bomber', 'hooded-jacket'],
  hat: ['cap', 'bucket', 'fedora', 'sun'],
  shoes: ['sneaker', 'boot', 'heel', 'loafer', 'sandal'],
  bag: ['tote', 'backpack', 'handbag', 'crossbody', 'duffel'],
};

type Range = readonly [number, number];
type Ranges = Readonly<Partial<Record<Exclude<keyof Shape, 'detail'>, Range>>>;

const BASE: Readonly<Record<GarmentKind, Ranges>> = {
  sweater: {
    ease: [0.95, 1.35],
    length: [55, 74],
    flare: [-0.12, 0.08],
    sleeve: [0.82, 1.06],
    sleeveWidth: [0.95, 1.5],
    drop: [0, 9],
    neckWidth: [6.5, 9.5],
    neckDepth: [5, 9],
  },
  beanie: { ease: [0.88, 1.12], length: [11, 17], flare: [0, 0.12] },
  't-shirt': {
    ease: [0.85, 1.3],
    length: [54, 76],
    flare: [-0.08, 0.12],
    sleeve: [0.22, 0.48],
    sleeveWidth: [0.9, 1.4],
    drop: [0, 7],
    neckWidth: [6.5, 10],
    neckDepth: [6, 11],
  },
  'long-sleeve': {
    ease: [0.85, 1.22],
    length: [54, 74],
    flare: [-0.08, 0.1],
    sleeve: [0.74, 1.03],
    sleeveWidth: [0.8, 1.2],
    drop: [0, 6],
    neckWidth: [6.5, 10],
    neckDepth: [6, 10],
  },
  shirt: {
    ease: [0.95, 1.25],
    length: [62, 80],
    flare: [-0.06, 0.12],
    sleeve: [0.84, 1.02],
    sleeveWidth: [0.95, 1.3],
    drop: [0, 5],
    neckWidth: [5.5, 7],
    neckDepth: [5, 10],
  },
  dress: {
    ease: [0.85, 1.15],
    length: [78, 128],
    flare: [0.1, 0.7],
    sleeve: [-0.3, 1],
    sleeveWidth: [0.85, 1.3],
    drop: [0, 4],
    neckWidth: [6.5, 11],
    neckDepth: [5, 13],
  },
  skirt: { ease: [0.85, 1.15], length: [40, 88], flare: [0.3, 0.85] },
  trousers: { ease: [0.85, 1.2], length: [0.66, 1.04], flare: [0.1, 0.5], drop: [0, 5] },
  shorts: { ease: [0.92, 1.25], length: [0.14, 0.5], flare: [0.05, 0.5], drop: [0, 4] },
  coat: {
    ease: [1.1, 1.45],
    length: [66, 116],
    flare: [0, 0.3],
    sleeve: [0.92, 1.06],
    sleeveWidth: [1.15, 1.65],
    drop: [0, 6],
    neckWidth: [6, 8],
    neckDepth: [12, 26],
  },
  hat: { ease: [0.9, 1.15], length: [11, 16], flare: [0, 1] },
  shoes: { ease: [0.8, 1.1], length: [0, 1], flare: [0, 1] },
  bag: { ease: [0.75, 1.15], length: [0.8, 1.2], flare: [0, 1] },
};

/** Where a style departs from its kind. */
const STYLE_RANGES: Readonly<Partial<Record<GarmentKind, Readonly<Record<string, Ranges>>>>> = {
  sweater: {
    'v-neck': { neckDepth: [13, 20] },
    boat: { neckWidth: [11, 14], neckDepth: [2.5, 5] },
    cardigan: { neckDepth: [16, 30] },
  },
  beanie: { slouchy: { length: [15, 22], flare: [0.05, 0.2] }, fisherman: { length: [9, 12] } },
  't-shirt': {
    'v-neck': { neckDepth: [12, 18] },
    scoop: { neckWidth: [9, 12], neckDepth: [11, 16] },
    tank: { sleeve: [0, 0], drop: [-11, -3], neckWidth: [6.5, 8.5], neckDepth: [8, 16], ease: [0.82, 1.15] },
    polo: { neckWidth: [5.5, 7], neckDepth: [7, 12], sleeve: [0.24, 0.42] },
  },
  'long-sleeve': {
    'v-neck': { neckDepth: [12, 18] },
    boat: { neckWidth: [11, 14], neckDepth: [2.5, 5] },
    hoodie: { sleeve: [0.92, 1.05], sleeveWidth: [1, 1.45], ease: [1, 1.35], neckWidth: [6, 8] },
  },
  shirt: { 'short-sleeve': { sleeve: [0.28, 0.48], sleeveWidth: [1, 1.4] } },
  dress: {
    shift: { flare: [0, 0.2], length: [78, 105] },
    'fit-and-flare': { flare: [0.45, 0.95] },
    'a-line': { flare: [0.35, 0.7] },
    wrap: { neckDepth: [16, 26] },
    slip: { sleeve: [0, 0], flare: [0.05, 0.4] },
    shirt: { sleeve: [0.25, 1], neckDepth: [6, 11], neckWidth: [5.5, 7], flare: [0.1, 0.45] },
    sweater: {
      sleeve: [0.7, 1.03],
      sleeveWidth: [0.9, 1.4],
      flare: [-0.05, 0.15],
      length: [76, 108],
      drop: [0, 7],
    },
  },
  skirt: {
    pencil: { flare: [-0.12, 0.06], length: [46, 74] },
    mini: { length: [27, 40], flare: [0.1, 0.6] },
    pleated: { flare: [0.4, 1], length: [34, 84] },
    tiered: { flare: [0.5, 1.1], length: [50, 90] },
    'button-front': { flare: [0.15, 0.6], length: [34, 70] },
  },
  trousers: {
    skinny: { flare: [-0.25, -0.02], ease: [0.82, 0.98] },
    wide: { flare: [0.75, 1.25] },
    jogger: { flare: [-0.12, 0.2], ease: [0.95, 1.2], length: [0.85, 1] },
    cargo: { flare: [0.25, 0.6], ease: [1, 1.25] },
    flared: { flare: [0.6, 1.1], ease: [0.82, 1] },
  },
  shorts: {
    bermuda: { length: [0.36, 0.55] },
    'hot-pants': { length: [0.06, 0.15], flare: [0.05, 0.25] },
    running: { length: [0.1, 0.3], flare: [0.3, 0.65] },
  },
  coat: {
    puffer: { length: [58, 104], neckDepth: [2, 5], sleeveWidth: [1.35, 1.85] },
    parka: { length: [66, 98], neckDepth: [4, 8] },
    duffle: { length: [72, 100], neckDepth: [6, 10] },
    blazer: {
      length: [62, 84],
      ease: [0.95, 1.2],
      sleeve: [0.9, 1.02],
      sleeveWidth: [0.95, 1.25],
      neckDepth: [24, 40],
    },
    bomber: {
      length: [54, 68],
      ease: [1, 1.35],
      flare: [-0.1, 0.05],
      neckDepth: [2, 5],
      sleeveWidth: [1.1, 1.6],
    },
    'hooded-jacket': { length: [56, 76], ease: [0.95, 1.3], flare: [-0.1, 0.08], neckDepth: [3, 12] },
  },
};

/** A range's share that a profile draws from. */
const SHARE = 0.875;

export function cutOf(kind: GarmentKind, style: string, profile: Profile, random: Random): Shape {
  const ranges: Ranges = { ...BASE[kind], ...STYLE_RANGES[kind]?.[style] };
  const draw = (field: keyof Ranges, fallback: number): number => {
    const [low, high] = ranges[field] ?? [fallback, fallback];
    const shift = profile === 'training' ? 0 : 1 - SHARE;
    return low + (high - low) * (shift + SHARE * random.next());
  };
  return {
    ease: draw('ease', 1),
    length: draw('length', 1),
    flare: draw('flare', 0),
    sleeve: Math.max(0, draw('sleeve', 0)),
    sleeveWidth: draw('sleeveWidth', 1),
    drop: draw('drop', 0),
    neckWidth: draw('neckWidth', 7),
    neckDepth: draw('neckDepth', 7),
    detail: [random.next(), random.next(), random.next(), random.next()],
  };
}
