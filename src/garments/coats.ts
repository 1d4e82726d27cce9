/** Coats and jackets: overcoat, trench, puffer, parka, duffle, blazer, bomber and hooded jacket. */
import { mirrored } from './outline.js';
import type { Point } from './outline.js';
import { buttons, drawingOf, filled, lined } from './parts.js';
import type { Drawing, Part, Pose } from './parts.js';
import type { Garment } from './spec.js';
import { bodyParts, hemBand, hood, sleeves, standingCollar, torsoOf } from './torso.js';
import type { Torso } from './torso.js';

const RIBBED: ReadonlySet<string> = new Set(['puffer', 'bomber', 'hooded-jacket']);

export function drawCoat(garment: Garment, pose: Pose): Drawing {
  const { shape, style } = garment;
  const torso = torsoOf(shape, 'v');
  const hooded = style === 'parka' || style === 'duffle' || style === 'hooded-jacket';
  const parts: Part[] = [];
  if (hooded) parts.push(...hood(shape.detail[0], style === 'parka' && shape.detail[1] < 0.6, pose.worn));
  parts.push(
    ...sleeves(torso, pose, {
      length: shape.sleeve,
      width: shape.sleeveWidth,
      cuff: style === 'trench' ? 'band' : RIBBED.has(style) ? 'rib' : 'none',
      taper: 0.26,
    }),
    ...bodyParts(torso, pose, { hemCurve: 0.8 }),
  );
  if (shape.detail[3] < 0.3) parts.push(...openFront(garment, torso));
  return drawingOf([...parts, ...frontOf(garment, torso, hooded)]);
}

/** What tells the style: closure, collar and pockets. */
function frontOf(garment: Garment, torso: Torso, hooded: boolean): Part[] {
  const { shape, style } = garment;
  switch (style) {
    case 'puffer':
      return [...quilting(torso, shape), ...zip(torso, shape.length), ...standingCollar(torso, 6, 'fabric')];
    case 'parka':
      return [...zip(torso, shape.length), ...flapPockets(garment, torso, true)];
    case 'duffle':
      return [
        frontLine(torso, shape.length),
        ...toggles(torso, shape.length),
        ...flapPockets(garment, torso, true),
      ];
    case 'bomber':
    case 'hooded-jacket':
      return [
        hemBand(torso, 5, 'rib'),
        ...zip(torso, shape.length),
        ...flapPockets(garment, torso, false),
        ...(hooded ? [] : standingCollar(torso, 4, shape.detail[0] < 0.6 ? 'rib' : 'fabric')),
      ];
    case 'trench':
      return [
        frontLine(torso, shape.length),
        ...lapels(torso, 9),
        ...doubleRow(torso, shape.length),
        ...waistBelt(torso),
        ...flapPockets(garment, torso, false),
      ];
    default:
      return [
        frontLine(torso, shape.length),
        ...lapels(torso, 8 + 3 * shape.detail[2]),
        ...(shape.detail[0] < 0.35
          ? doubleRow(torso, shape.length)
          : buttons([0.8, torso.neckDepth + 3], [0.8, shape.length * 0.62], 3, 1.2, 'accent')),
        ...flapPockets(garment, torso, shape.detail[1] < 0.6),
      ];
  }
}

function frontLine(torso: Torso, length: number): Part {
  return lined(
    [
      [-1.5, torso.neckDepth, 1],
      [-2, length, 1],
    ],
    0.6,
    'trim',
  );
}

/** The fronts stand apart below the neck: a wedge of lining shows. */
function openFront(garment: Garment, torso: Torso): Part[] {
  const length = garment.shape.length;
  const gap = 1.5 + 5 * garment.shape.detail[2];
  return [
    filled(
      [
        [0, torso.neckDepth, 1],
        [gap, length, 1],
        [-gap, length + 0.5, 1],
      ],
      'inside',
    ),
  ];
}

function lapels(torso: Torso, size: number): Part[] {
  const [x] = torso.neck;
  const low = torso.neckDepth;
  return [1, -1].flatMap((side) => {
    const collar: Point[] = [
      [side * (x - 0.5), -4, 1],
      [side * (x + 3.5), 1, 1],
      [side * (x + size * 0.45), low * 0.42, 1],
      [side * (x - 1.5), low * 0.45, 1],
    ];
    const lapel: Point[] = [
      [side * 0.3, low + 1, 1],
      [side * (x - 1.5), low * 0.42, 1],
      [side * (x + size * 0.6), low * 0.38, 1],
      [side * (x + size * 0.42), low * 0.62],
    ];
    return [filled(lapel, 'fabric', { grain: side * 20 }), lined(lapel, 0.5, 'trim'), filled(collar, 'trim')];
  });
}

function doubleRow(torso: Torso, length: number): Part[] {
  const bottom = Math.min(length * 0.66, 58);
  return [-5, 5].flatMap((x) => buttons([x, torso.neckDepth + 3], [x, bottom], 4, 1.1, 'accent'));
}

function waistBelt(torso: Torso): Part[] {
  const x = torso.waist[0] + 0.4;
  const half: Point[] = [
    [0, 40],
    [x, 39.5, 1],
    [x, 43, 1],
    [0, 43.6],
  ];
  return [
    filled(mirrored(half), 'trim'),
    lined(
      [
        [-2.6, 39.6, 1],
        [2.6, 39.6, 1],
        [2.6, 44, 1],
        [-2.6, 44, 1],
        [-2.6, 39.6, 1],
      ],
      0.7,
      'accent',
    ),
  ];
}

function flapPockets(garment: Garment, torso: Torso, flap: boolean): Part[] {
  const y = Math.min(52, garment.shape.length * 0.7);
  const x = torso.waist[0] * 0.6;
  return [-1, 1].map((side) => {
    if (!flap)
      return lined(
        [
          [side * (x - 2), y - 6],
          [side * (x + 2.5), y + 6],
        ],
        1.4,
        'trim',
      );
    const corners: Point[] = [
      [side * (x - 5.5), y, 1],
      [side * (x + 5.5), y + 0.5, 1],
      [side * (x + 5.5), y + 5, 1],
      [side * (x - 5.5), y + 4.5, 1],
    ];
    return filled(corners, 'trim');
  });
}

function quilting(torso: Torso, shape: Garment['shape']): Part[] {
  const step = 5 + 4 * shape.detail[0];
  const parts: Part[] = [];
  for (let y = 10; y < shape.length - 1; y += step) {
    const wide = y < torso.armpit[1] ? torso.shoulder[0] : torso.waist[0];
    const x = wide * 0.99;
    parts.push(
      lined(
        [
          [-x, y],
          [-x / 2, y + 1],
          [0, y],
          [x / 2, y + 1],
          [x, y],
        ],
        0.8,
        'trim',
      ),
    );
    parts.push(
      lined(
        [
          [-x, y + 1.4],
          [-x / 2, y + 2.4],
          [0, y + 1.4],
          [x / 2, y + 2.4],
          [x, y + 1.4],
        ],
        1.1,
        'light',
        { opacity: 0.22 },
      ),
    );
  }
  return parts;
}

function zip(torso: Torso, length: number): Part[] {
  return [
    lined(
      [
        [0, torso.neckDepth - 4, 1],
        [0, length, 1],
      ],
      2.2,
      'trim',
    ),
    lined(
      [
        [0, torso.neckDepth - 4, 1],
        [0, length, 1],
      ],
      0.6,
      'light',
      { dash: '0.7 0.5' },
    ),
  ];
}

function toggles(torso: Torso, length: number): Part[] {
  const parts: Part[] = [];
  for (let index = 0; index < 4; index += 1) {
    const y = torso.neckDepth + 2 + (index * (length * 0.66 - torso.neckDepth)) / 4;
    parts.push(
      lined(
        [
          [-5, y],
          [5, y],
        ],
        0.7,
        'trim',
      ),
      lined(
        [
          [-2, y],
          [2, y],
        ],
        1.6,
        '#b98a55',
      ),
    );
  }
  return parts;
}
