/** Shoulders, neckline, body and sleeves: what sweaters, tees, shirts, dresses and coats have in common. */
import { jittered, mirrored } from './outline.js';
import type { Point } from './outline.js';
import { filled, lined, moved } from './parts.js';
import type { ArmPose, Paint, Part, Pose } from './parts.js';
import type { Shape } from './spec.js';

const UPPER_ARM = 28;
const LOWER_ARM = 25;

export interface Torso {
  /** Right end of the neckline. */
  readonly neck: Point;
  readonly neckDepth: number;
  readonly vNeck: boolean;
  readonly shoulder: Point;
  readonly armpit: Point;
  readonly waist: Point;
  readonly hem: Point;
}

export type NeckType = 'round' | 'v';

export function torsoOf(shape: Shape, neck: NeckType): Torso {
  const chest = 18.2 * shape.ease;
  const shoulderX = 16 + shape.drop * 0.6 + (shape.ease - 1) * 9;
  return {
    neck: [shape.neckWidth, -1.5, 1],
    neckDepth: shape.neckDepth,
    vNeck: neck === 'v',
    shoulder: [shoulderX, 3.5 + shape.drop * 0.25, 1],
    armpit: [chest, 20 + shape.drop * 0.5, 1],
    waist: [chest * (0.97 + shape.flare * 0.3), 42],
    hem: [chest * (1 + shape.flare), shape.length, 1],
  };
}

/** Right half of the neckline, from its lowest point outwards. */
export function neckline(torso: Torso): Point[] {
  const [x, y] = torso.neck;
  if (torso.vNeck) return [[0, torso.neckDepth, 1], torso.neck];
  return [
    [0, torso.neckDepth],
    [x * 0.72, torso.neckDepth * 0.62 + y * 0.2],
    [x, y, 1],
  ];
}

export interface BodyOptions {
  /** How far the hem's middle hangs below (or, negative, above) its sides, in cm. */
  readonly hemCurve?: number;
  readonly paint?: Paint;
}

/** Lining behind the neckline (when not worn) and the body itself. */
export function bodyParts(torso: Torso, pose: Pose, options: BodyOptions = {}): Part[] {
  const hem = torso.hem;
  const half: Point[] = [
    ...neckline(torso),
    torso.shoulder,
    torso.armpit,
    ...(hem[1] > 50 ? [torso.waist] : []),
    hem,
    [0, hem[1] + (options.hemCurve ?? 1)],
  ];
  const body = filled(jittered(mirrored(half), pose.rumple, pose.random), options.paint ?? 'fabric');
  if (pose.worn) return [body];
  const [x, y] = torso.neck;
  const back: Point[] = mirrored([[0, y + 0.8], torso.neck, ...neckline(torso).slice(0, -1).reverse()]);
  return [body, filled(back.length > 0 ? [[-x, y, 1], ...back] : [], 'inside')];
}

/** A band along the neckline, such as a ribbed collar, `width` cm wide. */
export function neckBand(torso: Torso, width: number, paint: Paint): Part {
  const right = neckline(torso);
  const left = right
    .slice(1)
    .map(([x, y, corner]): Point => [-x, y, corner ?? 0])
    .reverse();
  return lined([...left, ...right], width, paint);
}

/** A standing collar `height` cm tall: turtle and mock necks. */
export function standingCollar(torso: Torso, height: number, paint: Paint): Part[] {
  const x = Math.min(torso.neck[0], 7.5);
  const half: Point[] = [
    [0, -height],
    [x - 0.8, -height + 0.4],
    [x - 0.2, -height / 2],
    [x + 0.6, -0.5],
    [x * 0.6, 3.4],
    [0, 4.2],
  ];
  const fold = -height * 0.45;
  const parts = [filled(mirrored(half), paint)];
  if (height > 7) {
    parts.push(
      lined(
        [
          [-x, fold],
          [0, fold + 1.2],
          [x, fold],
        ],
        0.6,
        'trim',
        { opacity: 0.6 },
      ),
    );
  }
  return parts;
}

/** A ribbed or plain band at the hem, `height` cm tall. */
export function hemBand(torso: Torso, height: number, paint: Paint): Part {
  const [x, y] = torso.hem;
  const half: Point[] = [
    [0, y - height + 0.6],
    [x * 1.005, y - height, 1],
    [x * 0.95, y + 0.4, 1],
    [0, y + 1],
  ];
  return filled(mirrored(half), paint);
}

/** A hood lying behind the neck, with or without a fur edge; on a body it lies lower, so that the face is seen. */
export function hood(detail: number, fur: boolean, worn: boolean): Part[] {
  const parts = hoodParts(detail, fur);
  return worn ? moved(parts, 0, 9) : parts;
}

function hoodParts(detail: number, fur: boolean): Part[] {
  const width = 11 + 3 * detail;
  const half: Point[] = [
    [0, -13],
    [width * 0.7, -11],
    [width, -3],
    [width * 0.8, 4, 1],
    [0, 8],
  ];
  const opening: Point[] = [
    [0, -9],
    [width * 0.55, -7],
    [width * 0.68, 0],
    [0, 7],
  ];
  const parts = [filled(mirrored(half), 'fabric')];
  if (fur) parts.push(lined([...mirrored(opening), [0, -9]], 3.4, '#cbb79a'));
  return [...parts, filled(mirrored(opening), 'inside')];
}

export interface SleeveOptions {
  /** 1 reaches the wrist. */
  readonly length: number;
  /** Factor on the natural width. */
  readonly width: number;
  readonly cuff: 'none' | 'rib' | 'band';
  /** How much the sleeve narrows towards its end: 0 not at all. */
  readonly taper: number;
  readonly paint?: Paint;
}

/** Both sleeves, in the pose of the arms. */
export function sleeves(torso: Torso, pose: Pose, options: SleeveOptions): Part[] {
  if (options.length <= 0) return [];
  return [...sleeve(torso, pose.right, 1, pose, options), ...sleeve(torso, pose.left, -1, pose, options)];
}

/** Points of an arm's axis, for the right side: shoulder joint, elbow and wrist. */
export function armAxis(shoulder: Point, arm: ArmPose): readonly [Point, Point, Point] {
  const [x, y] = [shoulder[0] - 2.5, shoulder[1] + 4];
  const elbow: Point = [x + UPPER_ARM * sin(arm.upper), y + UPPER_ARM * cos(arm.upper)];
  const wrist: Point = [elbow[0] + LOWER_ARM * sin(arm.lower), elbow[1] + LOWER_ARM * cos(arm.lower)];
  return [[x, y], elbow, wrist];
}

function sleeve(torso: Torso, arm: ArmPose, side: 1 | -1, pose: Pose, options: SleeveOptions): Part[] {
  const [joint, elbow, wrist] = armAxis(torso.shoulder, arm);
  const reach = options.length * (UPPER_ARM + LOWER_ARM);
  const bent = reach > UPPER_ARM + 2;
  const from = bent ? elbow : joint;
  const toward = bent ? wrist : elbow;
  const share = bent ? (reach - UPPER_ARM) / LOWER_ARM : reach / UPPER_ARM;
  const end: Point = [from[0] + (toward[0] - from[0]) * share, from[1] + (toward[1] - from[1]) * share];
  const angle = bent ? arm.lower : arm.upper;
  const startWidth = 7 * options.width;
  const endWidth = startWidth * (1 - options.taper * Math.min(options.length, 1));
  const middle = (startWidth + endWidth) / 2;
  const elbowAngle = (arm.upper + arm.lower) / 2;
  const points: Point[] = [
    [torso.shoulder[0] - 2, torso.shoulder[1] - 0.6, 1],
    torso.shoulder,
    ...(bent ? [beside(elbow, elbowAngle, middle)] : []),
    [...beside(end, angle, endWidth), 1] as Point,
    [...beside(end, angle, -endWidth), 1] as Point,
    ...(bent ? [beside(elbow, elbowAngle, -middle)] : []),
    torso.armpit,
    [torso.armpit[0] - 4, torso.armpit[1] + 1, 1],
  ];
  const parts = [
    filled(sided(jittered(points, pose.rumple * 0.6, pose.random), side), options.paint ?? 'fabric', {
      grain: -side * elbowAngle,
    }),
  ];
  if (options.cuff !== 'none') parts.push(cuff(end, angle, endWidth, side, options));
  return parts;
}

function cuff(end: Point, angle: number, half: number, side: 1 | -1, options: SleeveOptions): Part {
  const depth = options.cuff === 'rib' ? 5.5 : options.length < 0.6 ? 1.6 : 4.5;
  const narrow = options.cuff === 'rib' ? half * 0.86 : half * 1.03;
  const start: Point = [end[0] - depth * sin(angle), end[1] - depth * cos(angle)];
  const points: Point[] = [
    [...beside(start, angle, half * 1.02), 1] as Point,
    [...beside(end, angle, narrow), 1] as Point,
    [...beside(end, angle, -narrow), 1] as Point,
    [...beside(start, angle, -half * 1.02), 1] as Point,
  ];
  return filled(sided(points, side), options.cuff === 'rib' ? 'rib' : 'trim', { grain: -side * angle });
}

/** The point `distance` cm to the outer side of an axis that hangs `angle` degrees outwards. */
function beside(point: Point, angle: number, distance: number): readonly [number, number] {
  return [point[0] + distance * cos(angle), point[1] - distance * sin(angle)];
}

function sided(points: readonly Point[], side: 1 | -1): Point[] {
  return points.map(([x, y, corner]) => [x * side, y, corner ?? 0]);
}

function sin(degrees: number): number {
  return Math.sin((degrees * Math.PI) / 180);
}

function cos(degrees: number): number {
  return Math.cos((degrees * Math.PI) / 180);
}
