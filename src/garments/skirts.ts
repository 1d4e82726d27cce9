/** Skirts, and the pleats they share with dresses; the waist lies 40 cm below the neck. */
import { jittered, mirrored, pointsFrom } from './outline.js';
import type { Point } from './outline.js';
import { buttons, drawingOf, filled, lined } from './parts.js';
import type { Drawing, Part, Pose } from './parts.js';
import type { Garment } from './spec.js';

const WAIST = 40;

export function drawSkirt(garment: Garment, pose: Pose): Drawing {
  const { shape, style } = garment;
  const waistX = 14.8 * (0.75 + 0.25 * shape.ease);
  const hemY = WAIST + shape.length;
  const hipX = Math.max(17.5 * shape.ease, waistX + 1);
  const hemX = hipX * (1 + shape.flare * (shape.length / 55));
  const pencil = shape.flare < 0.1;
  const half: Point[] = [
    [0, WAIST + 0.8],
    [waistX, WAIST, 1],
    [pencil ? hipX * 1.02 : (waistX + hipX) / 2 + 1, WAIST + Math.min(16, shape.length * 0.35)],
    [hemX, hemY, 1],
    [hemX * 0.5, hemY + 1.5 + shape.flare * 2.5],
    [0, hemY + 2 + shape.flare * 3],
  ];
  const parts: Part[] = [filled(jittered(mirrored(half), pose.rumple, pose.random), 'fabric')];
  if (style === 'pleated') parts.push(...pleats(waistX, hemX, hemY, 9 + Math.round(6 * shape.detail[0])));
  if (style === 'tiered') parts.push(...tiers(waistX, hemX, hemY));
  if (style === 'button-front') {
    parts.push(lined(pointsFrom(`0 ${WAIST + 3}! 0 ${hemY + 2}!`), 3, 'trim', { opacity: 0.6 }));
    parts.push(...buttons([0, WAIST + 7], [0, hemY - 4], 5, 1, 'accent'));
  }
  if (style === 'pencil' && shape.detail[1] < 0.5) {
    parts.push(lined(pointsFrom(`${hemX * 0.35} ${hemY + 1}! ${hemX * 0.33} ${hemY - 14}!`), 0.8, 'trim'));
  }
  parts.push(...skirtBand(garment, waistX));
  if (garment.fabric === 'denim' || shape.detail[2] < 0.2) parts.push(...skirtPockets(garment, waistX, hipX));
  if (shape.detail[3] < 0.6) {
    parts.push(
      lined(pointsFrom(`${-hemX} ${hemY - 2} 0 ${hemY + shape.flare * 3} ${hemX} ${hemY - 2}`), 0.4, 'trim'),
    );
  }
  return drawingOf(parts);
}

/** Fold lines from waist to hem, fanned out. */
export function pleats(
  topX: number,
  bottomX: number,
  bottomY: number,
  count: number,
  topY = WAIST + 4,
): Part[] {
  return Array.from({ length: count }, (_, index) => {
    const share = ((index + 0.5) / count) * 2 - 1;
    const line: Point[] = [
      [share * topX, topY, 1],
      [share * bottomX, bottomY + 1.5 * (1 - share * share), 1],
    ];
    return lined(line, 0.7, 'trim', { opacity: 0.75 });
  });
}

function tiers(waistX: number, hemX: number, hemY: number): Part[] {
  return [0.36, 0.68].map((share) => {
    const x = (waistX + (hemX - waistX) * share) * 0.97;
    const y = WAIST + (hemY - WAIST) * share;
    return lined(
      [
        [-x, y],
        [-x / 2, y + 1.4],
        [0, y + 1],
        [x / 2, y + 1.4],
        [x, y],
      ],
      0.9,
      'trim',
    );
  });
}

function skirtBand(garment: Garment, waistX: number): Part[] {
  const height = 2.5 + 2.5 * garment.shape.detail[1];
  const half: Point[] = [
    [0, WAIST + 0.8],
    [waistX, WAIST, 1],
    [waistX + 0.8, WAIST + height, 1],
    [0, WAIST + height + 1],
  ];
  const paint = garment.fabric === 'knit' || garment.fabric === 'jersey' ? 'rib' : 'trim';
  return [filled(mirrored(half), paint)];
}

function skirtPockets(garment: Garment, waistX: number, hipX: number): Part[] {
  const denim = garment.fabric === 'denim';
  const thread = denim ? '#c08a3e' : 'trim';
  const fly = lined(
    [
      [0.5, WAIST + 4, 1],
      [3, WAIST + 5, 1],
      [2.6, WAIST + 13],
      [0, WAIST + 16],
    ],
    0.4,
    thread,
  );
  const pockets = [-1, 1].map((side) =>
    lined(
      [
        [side * waistX * 0.6, WAIST + 4],
        [side * waistX * 0.8, WAIST + 10],
        [side * hipX * 0.98, WAIST + 12],
      ],
      0.5,
      thread,
    ),
  );
  return denim ? [fly, ...pockets] : pockets;
}
