/** Dresses: a bodice and a skirt in one piece. */
import { jittered, mirrored } from './outline.js';
import type { Point } from './outline.js';
import { buttons, drawingOf, filled, lined } from './parts.js';
import type { Drawing, Part, Pose } from './parts.js';
import type { Garment } from './spec.js';
import { pleats } from './skirts.js';
import { shirtCollar } from './tops.js';
import { neckBand, neckline, sleeves, standingCollar, torsoOf } from './torso.js';
import type { Torso } from './torso.js';

const WAIST = 39;

export function drawDress(garment: Garment, pose: Pose): Drawing {
  const { shape, style } = garment;
  const strappy = style === 'slip';
  const torso = torsoOf(shape, style === 'wrap' || style === 'shirt' ? 'v' : 'round');
  const fitted = style === 'fit-and-flare' || style === 'wrap';
  const waistX = fitted ? 13.8 * (0.6 + 0.4 * shape.ease) : 16 * shape.ease;
  const hemX = waistX + (shape.length - WAIST) * (0.06 + shape.flare * 0.42);
  const parts: Part[] = [];
  if (!strappy) {
    parts.push(
      ...sleeves(torso, pose, {
        length: shape.sleeve,
        width: shape.sleeveWidth,
        cuff: garment.fabric === 'knit' ? 'rib' : style === 'shirt' ? 'band' : 'none',
        taper: shape.sleeve > 0.6 ? 0.4 : 0.15,
      }),
    );
  }
  parts.push(
    ...bodice(torso, pose, { waistX, hemX, length: shape.length, strappy, curve: 1.5 + shape.flare * 4 }),
  );
  if (strappy) parts.push(...straps(torso));
  parts.push(...neckParts(garment, torso));
  if (fitted) parts.push(...waistParts(garment, waistX, hemX));
  if (style === 'shirt') {
    parts.push(
      lined(
        [
          [0, torso.neckDepth, 1],
          [0, shape.length, 1],
        ],
        2.6,
        'trim',
        { opacity: 0.7 },
      ),
    );
    parts.push(...buttons([0, torso.neckDepth + 3], [0, shape.length - 10], 8, 0.8, 'light'));
    if (shape.detail[2] < 0.6) parts.push(...belt(waistX * 0.97, WAIST));
  }
  if (style === 'wrap') {
    const wrap: Point[] = [
      [torso.neck[0], 0, 1],
      [-waistX * 0.8, WAIST, 1],
      [-hemX * 0.4, shape.length, 1],
    ];
    parts.push(lined(wrap, 0.6, 'trim'));
  }
  return drawingOf(parts);
}

interface BodiceOptions {
  readonly waistX: number;
  readonly hemX: number;
  readonly length: number;
  readonly strappy: boolean;
  readonly curve: number;
}

function bodice(torso: Torso, pose: Pose, options: BodiceOptions): Part[] {
  const { waistX, hemX, length } = options;
  const [armpitX, armpitY] = torso.armpit;
  const top: Point[] = options.strappy
    ? [
        [0, 16, 1],
        [torso.neck[0] + 1, 12, 1],
        [armpitX * 0.92, armpitY + 1, 1],
      ]
    : [...neckline(torso), torso.shoulder, torso.armpit];
  const half: Point[] = [
    ...top,
    [waistX, WAIST],
    [waistX + (hemX - waistX) * 0.3, WAIST + (length - WAIST) * 0.28],
    [hemX, length, 1],
    [hemX * 0.5, length + options.curve * 0.8],
    [0, length + options.curve],
  ];
  const body = filled(jittered(mirrored(half), pose.rumple, pose.random), 'fabric');
  if (pose.worn || options.strappy) return [body];
  const back = mirrored([[0, -0.6], torso.neck, ...neckline(torso).slice(0, -1).reverse()]);
  return [body, filled(back, 'inside')];
}

function straps(torso: Torso): Part[] {
  const x = torso.neck[0] + 1;
  return [-1, 1].map((side) =>
    lined(
      [
        [side * x, 12.5],
        [side * x * 0.95, -2.5],
      ],
      1.1,
      'fabric',
    ),
  );
}

function neckParts(garment: Garment, torso: Torso): Part[] {
  switch (garment.style) {
    case 'slip':
    case 'wrap':
      return [];
    case 'shirt':
      return shirtCollar(torso, 7, 'fabric');
    case 'sweater':
      return garment.shape.detail[0] < 0.5 ? standingCollar(torso, 9, 'rib') : [neckBand(torso, 2.4, 'rib')];
    default:
      return [neckBand(torso, 1.2, garment.shape.detail[0] < 0.15 ? 'accent' : 'trim')];
  }
}

function waistParts(garment: Garment, waistX: number, hemX: number): Part[] {
  const { shape } = garment;
  const seam = lined(
    [
      [-waistX, WAIST],
      [0, WAIST + 1],
      [waistX, WAIST],
    ],
    0.6,
    'trim',
  );
  const folds = pleats(waistX * 0.95, hemX * 0.95, shape.length - 2, 7, WAIST + 3).filter(
    () => shape.detail[1] < 0.6,
  );
  return shape.detail[2] < 0.4 ? [...folds, ...belt(waistX, WAIST)] : [...folds, seam];
}

/** A belt or tie at the waist. */
function belt(halfWidth: number, y: number): Part[] {
  const half: Point[] = [
    [0, y - 1],
    [halfWidth + 0.5, y - 1.6, 1],
    [halfWidth + 0.5, y + 1.6, 1],
    [0, y + 2],
  ];
  return [
    filled(mirrored(half), 'accent'),
    filled(
      [
        [-1.5, y - 1, 1],
        [2, y - 1, 1],
        [2, y + 2, 1],
        [-1.5, y + 2, 1],
      ],
      'light',
    ),
  ];
}
