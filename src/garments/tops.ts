/** Sweaters, T-shirts, long-sleeved tees and shirts. */
import { mirrored } from './outline.js';
import type { Point } from './outline.js';
import { buttons, drawingOf, filled, lined } from './parts.js';
import type { Drawing, Paint, Part, Pose } from './parts.js';
import type { Garment } from './spec.js';
import { graphicParts } from './graphics.js';
import { bodyParts, hemBand, hood, neckBand, sleeves, standingCollar, torsoOf } from './torso.js';
import type { Torso } from './torso.js';

export function drawSweater(garment: Garment, pose: Pose): Drawing {
  const { shape, style } = garment;
  const vNeck = style === 'v-neck' || style === 'cardigan';
  const torso = torsoOf(shape, vNeck ? 'v' : 'round');
  const bandPaint: Paint = shape.detail[2] < 0.12 ? 'accent' : 'rib';
  const parts: Part[] = [
    ...sleeves(torso, pose, {
      length: shape.sleeve,
      width: shape.sleeveWidth,
      cuff: shape.detail[0] < 0.85 ? 'rib' : 'none',
      taper: 0.38,
    }),
    ...bodyParts(torso, pose, { hemCurve: 0.6 }),
  ];
  if (shape.detail[1] < 0.85) parts.push(hemBand(torso, 3 + 3 * shape.detail[3], bandPaint));
  if (style === 'cardigan') parts.push(...cardiganFront(garment, torso));
  if (style === 'turtleneck') parts.push(...standingCollar(torso, 10 + 3 * shape.detail[2], 'rib'));
  else if (style === 'mock-neck') parts.push(...standingCollar(torso, 5, 'rib'));
  else if (style !== 'cardigan') parts.push(neckBand(torso, 2.6, bandPaint));
  return drawingOf([...parts, ...chestGraphic(garment, pose)]);
}

export function drawTee(garment: Garment, pose: Pose): Drawing {
  const { shape, style } = garment;
  const torso = torsoOf(shape, style === 'v-neck' ? 'v' : 'round');
  const ringer: Paint = shape.detail[0] < 0.15 ? 'accent' : 'trim';
  const parts: Part[] = [
    ...sleeves(torso, pose, {
      length: shape.sleeve,
      width: shape.sleeveWidth,
      cuff: 'none',
      taper: 0.2,
      paint: shape.detail[2] < 0.08 ? 'accent' : 'fabric',
    }),
    ...bodyParts(torso, pose, { hemCurve: shape.detail[1] < 0.2 ? 4 : 0.8 }),
    neckBand(torso, 1.6, ringer),
    hemLine(torso),
  ];
  if (style === 'pocket') parts.push(pocket(6, 18, 9, 10));
  if (style === 'polo')
    parts.push(...placket(torso, 10), ...shirtCollar(torso, 5 + 2 * shape.detail[3], 'trim'));
  return drawingOf([...parts, ...chestGraphic(garment, pose)]);
}

export function drawLongSleeve(garment: Garment, pose: Pose): Drawing {
  const { shape, style } = garment;
  const torso = torsoOf(shape, style === 'v-neck' ? 'v' : 'round');
  const hooded = style === 'hoodie';
  const parts: Part[] = [
    ...(hooded ? hood(shape.detail[0], false, pose.worn) : []),
    ...sleeves(torso, pose, {
      length: shape.sleeve,
      width: shape.sleeveWidth,
      cuff: hooded || shape.detail[0] < 0.35 ? 'rib' : 'none',
      taper: 0.42,
      paint: style === 'raglan' ? 'accent' : 'fabric',
    }),
    ...bodyParts(torso, pose, { hemCurve: shape.detail[1] < 0.15 ? 3 : 0.8 }),
    neckBand(torso, 1.7, style === 'raglan' ? 'accent' : shape.detail[1] < 0.5 ? 'rib' : 'trim'),
  ];
  parts.push(hooded || shape.detail[3] < 0.2 ? hemBand(torso, hooded ? 6 : 4, 'rib') : hemLine(torso));
  if (style === 'henley') parts.push(...placket(torso, 11));
  if (hooded) parts.push(...hoodFront(torso), ...kangarooPocket(torso));
  if (style === 'raglan') {
    for (const side of [-1, 1]) {
      const [x, y] = torso.armpit;
      parts.push(
        lined(
          [
            [side * torso.neck[0], 0, 1],
            [side * x, y, 1],
          ],
          0.5,
          'trim',
        ),
      );
    }
  }
  return drawingOf([...parts, ...chestGraphic(garment, pose)]);
}

export function drawShirt(garment: Garment, pose: Pose): Drawing {
  const { shape, style } = garment;
  const torso = torsoOf(shape, 'v');
  const tail = shape.detail[1] < 0.65 ? 5 : 0.8;
  const parts: Part[] = [
    ...sleeves(torso, pose, {
      length: shape.sleeve,
      width: shape.sleeveWidth,
      cuff: 'band',
      taper: shape.sleeve > 0.6 ? 0.42 : 0.12,
    }),
    ...bodyParts(torso, pose, { hemCurve: tail }),
    lined(
      [
        [0, torso.neckDepth, 1],
        [0, shape.length + tail, 1],
      ],
      3.2,
      'trim',
      { opacity: 0.75 },
    ),
    ...buttons([0, torso.neckDepth + 3], [0, shape.length - 6], 6, 0.75, 'light'),
  ];
  if (shape.detail[0] < 0.6) parts.push(pocket(8.5, 18, 9, 10));
  if (shape.detail[0] < 0.25) parts.push(pocket(-8.5, 18, 9, 10));
  if (style === 'band-collar') parts.push(neckBand(torso, 2.8, 'trim'));
  else parts.push(...shirtCollar(torso, 6.5 + 3 * shape.detail[2], 'fabric'));
  return drawingOf(parts);
}

/** A short buttoned opening below the neckline, `length` cm long. */
function placket(torso: Torso, length: number): Part[] {
  const low = torso.neckDepth;
  const strip: Point[] = [
    [0, low, 1],
    [0, low + length, 1],
  ];
  return [lined(strip, 3, 'trim'), ...buttons([0, low + 2], [0, low + length - 1.5], 3, 0.7, 'light')];
}

/** The edges of a hood that meet below the chin, and its cords. */
function hoodFront(torso: Torso): Part[] {
  const [x] = torso.neck;
  const low = torso.neckDepth;
  return [1, -1].flatMap((side) => [
    filled(
      [
        [side * (x + 3), -2.5, 1],
        [side * (x + 4.5), 1.5],
        [side * 3, low + 3.5],
        [0, low + 2.5, 1],
        [0, low - 1, 1],
        [side * x * 0.8, low * 0.35],
      ],
      'fabric',
      { grain: side * 30 },
    ),
    lined(
      [
        [side * 2.4, low + 1.5],
        [side * 2.8, low + 12],
      ],
      0.7,
      'light',
    ),
  ]);
}

function kangarooPocket(torso: Torso): Part[] {
  const y = torso.hem[1] - 7;
  const x = torso.waist[0] * 0.7;
  const half: Point[] = [
    [0, y - 16, 1],
    [x * 0.55, y - 16, 1],
    [x, y - 6, 1],
    [x, y, 1],
    [0, y, 1],
  ];
  const outline = mirrored(half);
  return [filled(outline, 'fabric'), lined(outline, 0.5, 'trim')];
}

/** Two pointed collar leaves around the neckline. */
export function shirtCollar(torso: Torso, size: number, paint: Paint): Part[] {
  const [x] = torso.neck;
  const low = Math.min(torso.neckDepth, 8);
  return [1, -1].flatMap((side) => {
    const leaf: Point[] = [
      [side * 0.6, low, 1],
      [side * (x + 0.4), -4, 1],
      [side * (x + 2.6), 0.5, 1],
      [side * (4 + size * 0.45), low + size * 0.75, 1],
    ];
    const [first, ...rest] = leaf;
    const edge = first === undefined ? leaf : [...rest, first];
    return [filled(leaf, paint, { grain: side * -25 }), lined(edge.slice(1), 0.35, 'trim')];
  });
}

function hemLine(torso: Torso): Part {
  const [x, y] = torso.hem;
  return lined(
    [
      [-x, y - 2],
      [0, y - 1.4],
      [x, y - 2],
    ],
    0.4,
    'trim',
    { opacity: 0.7 },
  );
}

function pocket(x: number, y: number, width: number, height: number): Part {
  const edge: Point[] = [
    [x - width / 2, y, 1],
    [x + width / 2, y, 1],
    [x + width / 2, y + height * 0.85, 1],
    [x, y + height, 1],
    [x - width / 2, y + height * 0.85, 1],
    [x - width / 2, y, 1],
  ];
  return lined(edge, 0.5, 'trim');
}

function cardiganFront(garment: Garment, torso: Torso): Part[] {
  const low = torso.neckDepth;
  const bottom = garment.shape.length;
  const band: Point[] = [
    [-torso.neck[0], -1, 1],
    [0, low, 1],
    [0, bottom, 1],
  ];
  return [
    lined(band, 3.4, 'rib'),
    lined(
      [
        [torso.neck[0], -1, 1],
        [0, low, 1],
      ],
      3.4,
      'rib',
    ),
    ...buttons([0, low + 3], [0, bottom - 4], 4 + Math.round(3 * garment.shape.detail[3]), 1.1, 'accent'),
  ];
}

function chestGraphic(garment: Garment, pose: Pose): Part[] {
  if (garment.print.kind !== 'graphic') return [];
  void pose;
  return graphicParts(garment, 0, garment.shape.neckDepth + 17, 17 + 8 * garment.shape.detail[3]);
}
