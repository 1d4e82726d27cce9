/** Trousers and shorts: legs that hang from the waist, which lies 40 cm below the neck. */
import { jittered, mirrored } from './outline.js';
import type { Point } from './outline.js';
import { buttons, drawingOf, filled, lined } from './parts.js';
import type { Drawing, Part, Pose } from './parts.js';
import type { Garment } from './spec.js';

const WAIST = 40;
const CROTCH = 70;
const ANKLE = 136;

interface Legs {
  readonly waistX: number;
  readonly hipX: number;
  readonly crotchY: number;
  readonly hemY: number;
  /** Distance of the hem's middle from the body's axis, and half its width. */
  readonly hemX: number;
  readonly hemHalf: number;
}

export function drawTrousers(garment: Garment, pose: Pose): Drawing {
  const { shape, style } = garment;
  const hemY = CROTCH + (ANKLE - CROTCH) * shape.length;
  const legs = legsOf(garment, pose, hemY);
  const parts = legParts(garment, pose, legs);
  if (style === 'jogger') {
    for (const side of [-1, 1]) {
      parts.push(
        filled(
          [
            [side * (legs.hemX - legs.hemHalf * 1.02), hemY - 4.5, 1],
            [side * (legs.hemX + legs.hemHalf * 1.02), hemY - 4.5, 1],
            [side * (legs.hemX + legs.hemHalf * 0.8), hemY + 0.5, 1],
            [side * (legs.hemX - legs.hemHalf * 0.8), hemY + 0.5, 1],
          ],
          'rib',
        ),
      );
    }
  }
  if (style === 'cargo') {
    for (const side of [-1, 1]) parts.push(...cargoPocket(side * legs.hipX * 0.86, CROTCH + 20));
  }
  if (shape.detail[1] < 0.3) {
    for (const side of [-1, 1]) {
      const crease: Point[] = [
        [side * legs.hipX * 0.55, WAIST + 12],
        [side * legs.hemX, hemY - 1],
      ];
      parts.push(lined(crease, 0.5, 'trim', { opacity: 0.6 }));
    }
  }
  return drawingOf(parts);
}

export function drawShorts(garment: Garment, pose: Pose): Drawing {
  const hemY = CROTCH + (ANKLE - CROTCH) * garment.shape.length;
  const legs = legsOf(garment, pose, hemY);
  const parts = legParts(garment, pose, legs);
  if (garment.shape.detail[1] < 0.5) {
    for (const side of [-1, 1]) {
      const cuff: Point[] = [
        [side * (legs.hemX - legs.hemHalf), hemY - 3.2, 1],
        [side * (legs.hemX + legs.hemHalf), hemY - 3.2, 1],
      ];
      parts.push(lined(cuff, 0.5, 'trim'));
    }
  }
  if (garment.style === 'cargo') {
    for (const side of [-1, 1]) parts.push(...cargoPocket(side * legs.hipX * 0.86, CROTCH + 4));
  }
  return drawingOf(parts);
}

function legsOf(garment: Garment, pose: Pose, hemY: number): Legs {
  const { shape } = garment;
  const share = (hemY - CROTCH) / (ANKLE - CROTCH);
  const hipX = 18.5 * shape.ease;
  const hemHalf = (9.5 * (1 - share) + 6.3 * share) * shape.ease * (1 + shape.flare);
  const natural = 9.2 * (1 - share) + 8.5 * share;
  return {
    waistX: (pose.worn ? 14.5 : 15.5) * (0.7 + 0.3 * shape.ease),
    hipX,
    crotchY: CROTCH + shape.drop,
    hemY,
    hemX: Math.max(natural, hemHalf + 1.4) + pose.stride * (0.35 + 0.65 * share),
    hemHalf,
  };
}

function legParts(garment: Garment, pose: Pose, legs: Legs): Part[] {
  const { waistX, hipX, crotchY, hemY, hemX, hemHalf } = legs;
  const knee = (crotchY + hemY) / 2;
  const long = hemY - crotchY > 30;
  const kneeOuter = (hipX + hemX + hemHalf) / 2 - garment.shape.flare * 3;
  const kneeInner = (hemX - hemHalf) * 0.55 + 0.5;
  const half: Point[] = [
    [0, WAIST + 0.8],
    [waistX, WAIST, 1],
    [hipX, WAIST + 17],
    ...(long ? [[kneeOuter, knee] as Point] : []),
    [hemX + hemHalf, hemY, 1],
    [hemX - hemHalf, hemY + 0.6, 1],
    ...(long ? [[kneeInner, knee] as Point] : []),
    [0, crotchY, 1],
  ];
  const stitch = garment.fabric === 'denim' ? ({ dash: '0.9 0.6' } as const) : {};
  const thread = garment.fabric === 'denim' ? '#c08a3e' : 'trim';
  const parts: Part[] = [
    filled(jittered(mirrored(half), pose.rumple, pose.random), 'fabric'),
    lined(
      [
        [0, WAIST + 3, 1],
        [0, crotchY, 1],
      ],
      0.45,
      'trim',
    ),
    ...waistband(garment, waistX),
  ];
  if (garment.shape.detail[2] < 0.75) {
    parts.push(
      lined(
        [
          [0.5, WAIST + 4, 1],
          [3.2, WAIST + 5, 1],
          [3, WAIST + 16],
          [0, WAIST + 20],
        ],
        0.4,
        thread,
        stitch,
      ),
    );
  }
  if (garment.shape.detail[3] < 0.8) {
    for (const side of [-1, 1]) {
      const opening: Point[] = [
        [side * waistX * 0.62, WAIST + 3.5],
        [side * waistX * 0.82, WAIST + 10],
        [side * hipX * 0.97, WAIST + 14],
      ];
      parts.push(lined(opening, 0.6, thread, stitch));
    }
  }
  return parts;
}

/** Waistband from one side to the other: buttoned with belt loops, ribbed, or with a drawstring. */
function waistband(garment: Garment, waistX: number): Part[] {
  const height = 3.6;
  const half: Point[] = [
    [0, WAIST + 0.8],
    [waistX, WAIST, 1],
    [waistX + 0.7, WAIST + height, 1],
    [0, WAIST + height + 1],
  ];
  const soft = garment.style === 'jogger' || garment.style === 'running' || garment.fabric === 'jersey';
  const parts = [filled(mirrored(half), soft ? 'rib' : 'fabric')];
  parts.push(
    lined(
      [
        [-waistX, WAIST + height],
        [0, WAIST + height + 1],
        [waistX, WAIST + height],
      ],
      0.4,
      'trim',
    ),
  );
  if (soft) {
    parts.push(
      lined(
        [
          [-1.5, WAIST + 12],
          [-1, WAIST + 2.5],
        ],
        0.7,
        'light',
      ),
    );
    parts.push(
      lined(
        [
          [1.8, WAIST + 11],
          [1, WAIST + 2.5],
        ],
        0.7,
        'light',
      ),
    );
    return parts;
  }
  for (const share of [-0.75, -0.4, 0.4, 0.75]) {
    parts.push(
      lined(
        [
          [share * waistX, WAIST, 1],
          [share * waistX, WAIST + height + 0.8, 1],
        ],
        0.9,
        'trim',
      ),
    );
  }
  return [...parts, ...buttons([0.4, WAIST + 2.6], [0.4, WAIST + 2.6], 1, 0.9, 'accent')];
}

function cargoPocket(x: number, y: number): Part[] {
  const box: Point[] = [
    [x - 6, y, 1],
    [x + 6, y, 1],
    [x + 6, y + 15, 1],
    [x - 6, y + 15, 1],
  ];
  return [
    filled(box, 'fabric'),
    filled(
      [
        [x - 6.3, y, 1],
        [x + 6.3, y, 1],
        [x + 6.3, y + 4, 1],
        [x - 6.3, y + 4, 1],
      ],
      'trim',
    ),
  ];
}
