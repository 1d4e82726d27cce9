/**
 * Beanies and brimmed hats, drawn where they sit: the brow is at y = -19, the crown of the head at -28.
 * Knits are the same on both, and domes overlap, so that only the outline tells a beanie from a hat.
 */
import { ellipse, jittered, mirrored, pointsFrom } from './outline.js';
import type { Point } from './outline.js';
import { buttons, drawingOf, filled, lined } from './parts.js';
import type { Drawing, Part, Pose } from './parts.js';
import type { Garment } from './spec.js';

const BROW = -19;

export function drawBeanie(garment: Garment, pose: Pose): Drawing {
  const { shape, style } = garment;
  const half = 10.2 * shape.ease;
  const cuff = style === 'slouchy' ? 0 : style === 'fisherman' ? 4.5 : 5 + 2.5 * shape.detail[0];
  const height = shape.length;
  const lean = (style === 'slouchy' ? 5 : 1.4) * (shape.detail[1] * 2 - 1);
  const top = BROW - height;
  const dome: Point[] = [
    [-half, BROW, 1],
    [-half * (1.02 + shape.flare), BROW - height * 0.35],
    [-half * (0.86 + shape.flare) + lean * 0.4, BROW - height * 0.7],
    [-half * 0.42 + lean, top + height * 0.05],
    [half * 0.1 + lean, top],
    [half * 0.5 + lean, top + height * 0.06],
    [half * (0.88 + shape.flare) + lean * 0.4, BROW - height * 0.7],
    [half * (1.02 + shape.flare), BROW - height * 0.35],
    [half, BROW, 1],
    [0, BROW + 1.2],
  ];
  const parts: Part[] = [filled(jittered(dome, pose.rumple * 0.35, pose.random), 'fabric')];
  if (style === 'pompom') parts.push(...pompom(garment, lean + half * 0.05, top, pose));
  if (cuff > 0) {
    const band: Point[] = [
      [0, BROW - cuff + 0.8],
      [half * 1.05, BROW - cuff, 1],
      [half * 1.03, BROW + 0.6, 1],
      [0, BROW + 1.8],
    ];
    parts.push(filled(mirrored(band), shape.detail[3] < 0.2 ? 'fabric' : 'rib'));
    parts.push(
      lined(
        pointsFrom(`${-half * 1.04} ${BROW - cuff} 0 ${BROW - cuff + 0.8} ${half * 1.04} ${BROW - cuff}`),
        0.4,
        'trim',
      ),
    );
    if (shape.detail[2] < 0.2)
      parts.push(
        filled(
          pointsFrom(`-2 ${BROW - cuff + 2}! 2 ${BROW - cuff + 2}! 2 ${BROW - 1}! -2 ${BROW - 1}!`),
          'accent',
        ),
      );
  } else {
    parts.push(lined(pointsFrom(`${-half} ${BROW - 1.2} 0 ${BROW} ${half} ${BROW - 1.2}`), 2.2, 'rib'));
  }
  return drawingOf(parts);
}

function pompom(garment: Garment, x: number, y: number, pose: Pose): Part[] {
  const radius = 2.8 + 2.4 * garment.shape.detail[2];
  const fluffy: Point[] = Array.from({ length: 18 }, (_, index) => {
    const angle = (index * Math.PI) / 9;
    const reach = radius * pose.random.range(0.86, 1.12);
    return [x + reach * Math.cos(angle), y - radius * 0.7 + reach * Math.sin(angle)];
  });
  const paint = garment.shape.detail[0] < 0.5 ? 'accent' : 'fabric';
  const strands = Array.from({ length: 7 }, (_, index): Part => {
    const angle = index * 0.9;
    const end: Point = [
      x + radius * 0.8 * Math.cos(angle),
      y - radius * 0.7 + radius * 0.8 * Math.sin(angle),
    ];
    return lined([[x, y - radius * 0.7], end], 0.35, 'trim', { opacity: 0.5 });
  });
  return [filled(fluffy, paint), ...strands];
}

export function drawHat(garment: Garment, pose: Pose): Drawing {
  switch (garment.style) {
    case 'cap':
      return drawCap(garment, pose);
    case 'bucket':
      return drawBucket(garment, pose);
    default:
      return drawWideBrim(garment, pose);
  }
}

/** The bill points sideways or, near the middle, towards the viewer. */
function drawCap(garment: Garment, pose: Pose): Drawing {
  const { shape } = garment;
  const half = 9.8 * shape.ease;
  const top = BROW - shape.length * 0.72;
  const turn = shape.detail[0] * 2 - 1;
  const dome: Point[] = [
    [-half, BROW, 1],
    [-half * 0.97, BROW - 5],
    [-half * 0.6, top + 1.2],
    [0, top],
    [half * 0.6, top + 1.2],
    [half * 0.97, BROW - 5],
    [half, BROW, 1],
    [0, BROW + 1],
  ];
  const reach = shape.flare * 10;
  const front = Math.abs(turn) < 0.4;
  const side = turn < 0 ? -1 : 1;
  const bill: Point[] = front
    ? [
        [-half * 0.98, BROW - 0.8, 1],
        [-half * 0.9, BROW + reach * 0.45],
        [0, BROW + reach * 0.75],
        [half * 0.9, BROW + reach * 0.45],
        [half * 0.98, BROW - 0.8, 1],
        [0, BROW - 3],
      ]
    : [
        [side * half * -0.25, BROW - 0.4, 1],
        [side * half * 0.95, BROW - 2.6, 1],
        [side * (half + reach * 0.8), BROW - 0.6],
        [side * (half + reach), BROW + 1.8],
        [side * (half + reach * 0.35), BROW + 2.3],
      ];
  const seams = [-0.45, 0, 0.45].map((share) =>
    lined(
      pointsFrom(`${share * half * 0.2} ${top} ${share * half} ${BROW - 7} ${share * half * 1.15} ${BROW}`),
      0.3,
      'trim',
    ),
  );
  const parts: Part[] = [
    filled(jittered(dome, pose.rumple * 0.3, pose.random), 'fabric'),
    ...seams,
    ...buttons([0, top], [0, top], 1, 0.9, 'trim'),
    filled(bill, shape.detail[1] < 0.4 ? 'accent' : 'fabric', { grain: 90 }),
    lined(bill, 0.5, 'trim'),
  ];
  const logoX = front ? 0 : side * half * 0.4;
  if (shape.detail[2] < 0.6)
    parts.push(
      filled(ellipse(logoX, BROW - 6.5, 3.2, 2.4), 'accent'),
      lined(pointsFrom(`${logoX - 1.6} ${BROW - 6.5} ${logoX + 1.6} ${BROW - 6.5}`), 0.7, 'light'),
    );
  return drawingOf(parts);
}

function drawBucket(garment: Garment, pose: Pose): Drawing {
  const { shape } = garment;
  const half = 9.6 * shape.ease;
  const crown = half * 0.82;
  const top = BROW - shape.length * 0.62;
  const brim = half + shape.flare * 7;
  const fall = 4 + 4 * shape.detail[0];
  const crownHalf: Point[] = [
    [0, top - 0.8],
    [crown * 0.8, top - 0.3],
    [crown, top + 1.2],
    [half, BROW - 1.5, 1],
    [0, BROW],
  ];
  const brimHalf: Point[] = [
    [0, BROW - 0.6],
    [half, BROW - 2, 1],
    [brim, BROW + fall, 1],
    [brim * 0.5, BROW + fall + 1.6],
    [0, BROW + fall + 2],
  ];
  const rows = [0.35, 0.7].map((share) => {
    const x = half + (brim - half) * share;
    const y = BROW - 1 + (fall + 1) * share;
    return lined(pointsFrom(`${-x} ${y - 0.6} 0 ${y + 1.6} ${x} ${y - 0.6}`), 0.3, 'trim', {
      dash: '0.8 0.5',
    });
  });
  return drawingOf([
    filled(mirrored(brimHalf), 'fabric'),
    ...rows,
    filled(jittered(mirrored(crownHalf), pose.rumple * 0.3, pose.random), 'fabric'),
    lined(pointsFrom(`${-crown} ${top + 1.4} 0 ${top + 2.4} ${crown} ${top + 1.4}`), 0.35, 'trim'),
    ...(shape.detail[1] < 0.35
      ? [
          lined(
            pointsFrom(`${-half * 0.98} ${BROW - 3} 0 ${BROW - 1.6} ${half * 0.98} ${BROW - 3}`),
            2.4,
            'accent',
          ),
        ]
      : []),
  ]);
}

/** Fedora (dented crown) and sun hat (round crown, wider brim). */
function drawWideBrim(garment: Garment, pose: Pose): Drawing {
  const { shape } = garment;
  const fedora = garment.style === 'fedora';
  const half = 9.4 * shape.ease;
  const brim = half + (fedora ? 5 : 8) + shape.flare * 9;
  const droop = (fedora ? 1 : 3) * (0.5 + shape.detail[0]);
  const top = BROW - shape.length * (fedora ? 0.78 : 0.66);
  const crownHalf: Point[] = fedora
    ? [
        [0, top + 1.6],
        [half * 0.45, top - 0.4],
        [half * 0.82, top + 1.2],
        [half, BROW - 1, 1],
        [0, BROW + 0.8],
      ]
    : [
        [0, top],
        [half * 0.6, top + 0.8],
        [half * 0.95, top + 4.5],
        [half, BROW - 1, 1],
        [0, BROW + 0.8],
      ];
  const thick = 2.6 + 2 * shape.detail[2];
  const brimOutline: Point[] = [
    [-brim, BROW + droop - 1],
    [-brim * 0.55, BROW - 2.2],
    [0, BROW - 2.6],
    [brim * 0.55, BROW - 2.2],
    [brim, BROW + droop - 1],
    [brim * 0.6, BROW + thick + droop * 0.4],
    [0, BROW + thick + 0.8],
    [-brim * 0.6, BROW + thick + droop * 0.4],
  ];
  return drawingOf([
    filled(jittered(brimOutline, pose.rumple * 0.3, pose.random), 'fabric', { grain: 90 }),
    filled(mirrored(crownHalf), 'fabric'),
    lined(
      [
        [-half * 0.98, BROW - 2.6],
        [0, BROW - 1.2],
        [half * 0.98, BROW - 2.6],
      ],
      2.4 + 1.2 * shape.detail[1],
      shape.detail[3] < 0.75 ? 'accent' : 'trim',
    ),
  ]);
}
