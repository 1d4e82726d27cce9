/** Bags: tote, backpack, handbag, crossbody and duffel; the body's top edge is at y = 0. */
import { ellipse, jittered, mirrored, pointsFrom } from './outline.js';
import type { Point } from './outline.js';
import { buttons, drawingOf, filled, lined } from './parts.js';
import type { Drawing, Part, Pose } from './parts.js';
import { graphicParts } from './graphics.js';
import type { Garment } from './spec.js';

export function drawBag(garment: Garment, pose: Pose): Drawing {
  switch (garment.style) {
    case 'backpack':
      return drawingOf(backpack(garment, pose));
    case 'handbag':
      return drawingOf(handbag(garment, pose));
    case 'crossbody':
      return drawingOf(crossbody(garment, pose));
    case 'duffel':
      return drawingOf(duffel(garment, pose));
    default:
      return drawingOf(tote(garment, pose));
  }
}

function tote(garment: Garment, pose: Pose): Part[] {
  const { shape } = garment;
  const half = 17 * shape.ease;
  const height = 34 * shape.length;
  const loop = 12 + 12 * shape.detail[0];
  const x = half * 0.48;
  const handle = (lift: number): Point[] => [
    [-x, 2],
    [-x * 0.9, -loop * 0.6 * lift],
    [0, -loop * lift],
    [x * 0.9, -loop * 0.6 * lift],
    [x, 2],
  ];
  const body: Point[] = [
    [0, 0.6],
    [half, 0, 1],
    [half * (1 - shape.flare * 0.2), height, 1],
    [0, height + 1],
  ];
  return [
    lined(handle(0.85), 1.8, 'trim'),
    filled(jittered(mirrored(body), pose.rumple, pose.random), 'fabric'),
    lined(
      [
        [-half, 2.6],
        [0, 3.2],
        [half, 2.6],
      ],
      0.4,
      'trim',
    ),
    lined(handle(1), 2, shape.detail[1] < 0.4 ? 'accent' : 'trim'),
    ...(garment.print.kind === 'graphic' ? graphicParts(garment, 0, height * 0.52, half) : []),
  ];
}

function backpack(garment: Garment, pose: Pose): Part[] {
  const { shape } = garment;
  const half = 14.5 * shape.ease;
  const height = 42 * shape.length;
  const body: Point[] = [
    [0, -2],
    [half * 0.7, -0.5],
    [half, 8],
    [half * 1.05, height * 0.7],
    [half * 0.98, height, 1],
    [0, height + 1],
  ];
  const top = height * 0.52;
  const pocket: Point[] = pointsFrom(
    `0 ${top} ${half * 0.72} ${top + 1} ${half * 0.78} ${height * 0.92} 0 ${height * 0.95}`,
  );
  const parts: Part[] = [
    ...[-1, 1].map((side) =>
      lined(
        [
          [side * half * 0.6, 4],
          [side * half * 1.22, height * 0.4],
          [side * half * 0.95, height * 0.9],
        ],
        2.6,
        'trim',
      ),
    ),
    lined(pointsFrom('-3.4 -1 -2.6 -5 2.6 -5 3.4 -1'), 1.5, 'trim'),
    filled(jittered(mirrored(body), pose.rumple, pose.random), 'fabric'),
    filled(mirrored(pocket), shape.detail[0] < 0.4 ? 'accent' : 'fabric'),
    lined([...mirrored(pocket), [0, top]], 0.6, 'trim'),
    lined(pointsFrom(`${-half * 0.72} 9 0 6 ${half * 0.72} 9`), 0.8, 'light'),
  ];
  if (shape.detail[1] < 0.4) {
    const flap: Point[] = pointsFrom(
      `0 -2.4 ${half * 0.75} -0.8 ${half * 1.03} 8 ${half * 0.9} ${height * 0.42} 0 ${height * 0.46}`,
    );
    parts.push(filled(mirrored(flap), 'fabric'), lined([...mirrored(flap)], 0.6, 'trim'));
    for (const x of [-half * 0.45, half * 0.45])
      parts.push(lined(pointsFrom(`${x} ${height * 0.3} ${x} ${height * 0.6}`), 1.8, 'accent'));
  }
  return parts;
}

function handbag(garment: Garment, pose: Pose): Part[] {
  const { shape } = garment;
  const half = 15 * shape.ease;
  const height = 22 * shape.length;
  const lift = 9 + 8 * shape.detail[0];
  const handle: Point[] = [
    [-half * 0.45, 1],
    [-half * 0.42, -lift * 0.6],
    [0, -lift],
    [half * 0.42, -lift * 0.6],
    [half * 0.45, 1],
  ];
  const body: Point[] = [
    [0, 0],
    [half * (0.86 - shape.flare * 0.15), 0, 1],
    [half, height * 0.9],
    [half * 0.94, height, 1],
    [0, height],
  ];
  const parts: Part[] = [
    lined(handle, 1.7, 'trim'),
    filled(jittered(mirrored(body), pose.rumple * 0.4, pose.random), 'fabric'),
  ];
  if (shape.detail[1] < 0.6) {
    const flap: Point[] = [
      [0, 0],
      [half * (0.87 - shape.flare * 0.15), 0, 1],
      [half * 0.86, height * 0.35],
      [half * 0.4, height * 0.55],
      [0, height * 0.58],
    ];
    parts.push(filled(mirrored(flap), 'fabric', { grain: 90 }), lined(mirrored(flap), 0.6, 'trim'));
  } else {
    parts.push(
      lined(
        [
          [-half * 0.9, 4],
          [0, 4.4],
          [half * 0.9, 4],
        ],
        0.5,
        'trim',
      ),
    );
  }
  return [
    ...parts,
    ...buttons([0, height * 0.52], [0, height * 0.52], 1, 1.6, '#d9b65c'),
    ...[-1, 1].map((side) => filled(ellipse(side * half * 0.45, 1.4, 1.1, 1.1), '#d9b65c')),
  ];
}

function crossbody(garment: Garment, pose: Pose): Part[] {
  const { shape } = garment;
  const half = 12 * shape.ease;
  const height = 17 * shape.length;
  const drop = 26 + 26 * shape.detail[0];
  const sway = (shape.detail[2] - 0.5) * 14;
  const strap: Point[] = [
    [-half * 0.95, 1],
    [-half * 0.5 + sway, -drop * 0.7],
    [sway, -drop],
    [half * 0.5 + sway, -drop * 0.7],
    [half * 0.95, 1],
  ];
  const body: Point[] = [
    [0, 0],
    [half * 0.9, 0],
    [half, 3],
    [half, height * 0.75],
    [half * 0.85, height],
    [0, height + 0.4],
  ];
  const flap: Point[] = [
    [0, -0.4],
    [half * 0.92, -0.2],
    [half * 1.02, 3],
    [half * 0.95, height * 0.5],
    [0, height * 0.66],
  ];
  return [
    lined(strap, 1.2, shape.detail[1] < 0.3 ? '#d9b65c' : 'trim'),
    filled(jittered(mirrored(body), pose.rumple * 0.3, pose.random), 'fabric'),
    filled(mirrored(flap), 'fabric'),
    lined(mirrored(flap), 0.5, 'trim'),
    ...buttons([0, height * 0.58], [0, height * 0.58], 1, 1.3, '#d9b65c'),
  ];
}

function duffel(garment: Garment, pose: Pose): Part[] {
  const { shape } = garment;
  const half = 24 * shape.ease;
  const height = 25 * shape.length;
  const body: Point[] = [
    [0, 0],
    [half * 0.86, 0.6],
    [half, height * 0.3],
    [half, height * 0.75],
    [half * 0.88, height],
    [0, height + 0.4],
  ];
  const handle: Point[] = [
    [-half * 0.42, height * 0.8],
    [-half * 0.4, -2],
    [-half * 0.2, -9],
    [half * 0.2, -9],
    [half * 0.4, -2],
    [half * 0.42, height * 0.8],
  ];
  return [
    filled(jittered(mirrored(body), pose.rumple, pose.random), 'fabric'),
    ...[-1, 1].map((side) =>
      lined(
        [
          [side * half * 0.78, 0.6],
          [side * half * 0.84, height * 0.5],
          [side * half * 0.78, height],
        ],
        0.7,
        'trim',
      ),
    ),
    lined(
      [
        [-half * 0.8, 3],
        [half * 0.8, 3],
      ],
      0.7,
      'light',
    ),
    lined(handle, 2, shape.detail[1] < 0.5 ? 'accent' : 'trim'),
  ];
}
