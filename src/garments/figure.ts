/** People and mannequins that wear the garments: simple, in the same body centimetres. */
import { unreachable } from '../domain/errors.js';
import { ellipse, mirrored, pointsFrom } from './outline.js';
import type { Point } from './outline.js';
import { mix } from './palette.js';
import { filled, lined } from './parts.js';
import type { Part, Pose } from './parts.js';
import type { Person } from './spec.js';
import { armAxis } from './torso.js';

const SHOULDER: Point = [16.5, 3.5];

type Hex = `#${string}`;

/** What is seen behind and under the clothes. */
export function bodyOf(person: Person, pose: Pose): Part[] {
  const skin = person.skin as Hex;
  const parts: Part[] = [];
  if (person.hairStyle === 'long') parts.push(filled(longHair(), person.hair as Hex));
  return [...parts, ...legsOf(skin, pose), ...trunk(skin), ...armsOf(skin, pose)];
}

/** Head with hair and a hint of a face. */
export function headOf(person: Person): Part[] {
  const skin = person.skin as Hex;
  const hair = person.hair as Hex;
  const dark = mix(skin, '#30100a', 0.62) as Hex;
  const parts: Part[] = [
    filled(mirrored(pointsFrom('0 -8 4.4 -8 4.6 -2 7 1.2 0 3')), mix(skin, '#5a2a1a', 0.16) as Hex),
    filled(ellipse(-7.4, -15, 1.2, 2), skin),
    filled(ellipse(7.4, -15, 1.2, 2), skin),
    filled(mirrored(pointsFrom('0 -27 5.4 -25.4 7.5 -19 6.9 -11 3.6 -6 0 -4.6')), skin),
  ];
  for (const side of [-1, 1]) {
    parts.push(filled(ellipse(side * 2.9, -16, 0.9, 0.55), '#241a18'));
    parts.push(lined(pointsFrom(`${side * 1.6} -18 ${side * 4.4} -18.2`), 0.5, hair));
  }
  parts.push(lined(pointsFrom('-1.8 -9.4 0 -9 1.8 -9.4'), 0.8, mix(skin, '#a02c30', 0.5) as Hex));
  parts.push(lined(pointsFrom('0.2 -15 0.8 -12.4 -0.2 -12.2'), 0.4, dark, { opacity: 0.5 }));
  if (person.hairStyle !== 'none') parts.push(filled(fringe(person), hair));
  if (person.hairStyle === 'bun') parts.push(filled(ellipse(0, -30, 4, 3.4), hair));
  return parts;
}

function fringe(person: Person): Point[] {
  const low = person.hairStyle === 'short' ? -16.5 : -12;
  return mirrored([
    [0, -28.6],
    [5.6, -27],
    [8.4, -21],
    [8.2, low, 1],
    [6.9, -19.5],
    [4, -22.6],
    [0, -23.2],
  ]);
}

function longHair(): Point[] {
  return mirrored([
    [0, -28.6],
    [6, -26.6],
    [9, -20],
    [9.4, -8],
    [10.5, 6],
    [8, 13],
    [0, 10],
  ]);
}

function trunk(skin: Hex): Part[] {
  const half: Point[] = [
    [0, -2],
    [5, -1.5],
    [SHOULDER[0] - 3, 2],
    [SHOULDER[0], 5],
    [15, 20],
    [12.5, 38],
    [16.8, 57],
    [15, 72, 1],
    [0, 72],
  ];
  return [filled(mirrored(half), skin)];
}

function legsOf(skin: Hex, pose: Pose): Part[] {
  return [-1, 1].flatMap((side) => {
    const ankle = side * (8.5 + pose.stride);
    const leg: Point[] = [
      [side * 0.6, 66, 1],
      [side * 17, 58],
      [side * (13.8 + pose.stride * 0.4), 96],
      [ankle + side * 4.4, 112],
      [ankle + side * 2.8, 136],
      [ankle + side * 4, 142],
      [ankle - side * 4, 142],
      [ankle - side * 2.8, 136],
      [ankle - side * 4, 112],
      [side * (4.2 + pose.stride * 0.4), 96],
    ];
    return [filled(leg, skin)];
  });
}

function armsOf(skin: Hex, pose: Pose): Part[] {
  return (
    [
      [1, pose.right],
      [-1, pose.left],
    ] as const
  ).flatMap(([side, arm]) => {
    const [joint, elbow, wrist] = armAxis(SHOULDER, arm);
    const axis = [joint, elbow, wrist].map(([x, y]): Point => [x * side, y]);
    const [jointAt, elbowAt, wristAt] = axis;
    if (jointAt === undefined || elbowAt === undefined || wristAt === undefined) return [];
    const hand: Point = [
      wristAt[0] + (wristAt[0] - elbowAt[0]) * 0.14,
      wristAt[1] + (wristAt[1] - elbowAt[1]) * 0.14,
    ];
    return [
      lined([jointAt, elbowAt], 7.4, skin),
      lined([elbowAt, wristAt], 6, skin),
      filled(ellipse(hand[0], hand[1], 3.4, 4.6), skin),
    ];
  });
}

/** Shoes of a figure seen from the front. */
export function feetOf(colour: Hex, pose: Pose): Part[] {
  return [-1, 1].map((side) => {
    const x = side * (8.5 + pose.stride);
    return filled(
      [
        [x - 4, 134, 1],
        [x + 4, 134, 1],
        [x + 5 + side, 141],
        [x + 4 + side * 2, 144],
        [x - 4 + side * 2, 144],
        [x - 5 + side, 141],
      ],
      colour,
    );
  });
}

/** A headless form; with legs for what hangs from the waist, with a head form for hats. */
export function mannequinOf(colour: Hex, pose: Pose, show: 'torso' | 'legs' | 'head'): Part[] {
  const neck: Part[] = [
    filled(
      mirrored([
        [0, -9],
        [4.6, -9],
        [5, -3],
        [8, 1],
        [0, 4],
      ]),
      colour,
    ),
    filled(ellipse(0, -9, 4.8, 1.2), mix(colour, '#6b4a2c', 0.5) as Hex),
  ];
  switch (show) {
    case 'torso':
      return [
        lined(
          [
            [0, 70],
            [0, 150],
          ],
          2.2,
          '#6d6a66',
        ),
        ...trunk(colour),
        ...neck,
      ];
    case 'legs':
      return [...legsOf(colour, pose), ...trunk(colour), ...neck];
    case 'head':
      return [
        filled(
          mirrored([
            [0, -27.5],
            [5.6, -26],
            [7.6, -19],
            [6.8, -11],
            [4.6, -6],
            [5, 2],
            [9, 10, 1],
            [0, 10],
          ]),
          colour,
        ),
        lined(
          [
            [-1.2, -17],
            [0.6, -12.6],
            [-0.6, -12],
          ],
          0.7,
          mix(colour, '#000000', 0.25) as Hex,
        ),
      ];
    default:
      return unreachable(show);
  }
}
