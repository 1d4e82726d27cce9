/** What a silhouette family hands to the painter: parts in drawing order, in body centimetres. */
import type { Random } from '../platform/random.js';
import { boxOf, num, pathThrough, unionOf } from './outline.js';
import type { Box, Point } from './outline.js';

/** `fabric` carries print and texture, `rib` a ribbed edge, `trim` a plain darker shade, `inside` the lining. */
export type Paint = 'fabric' | 'rib' | 'trim' | 'inside' | 'accent' | 'light' | `#${string}`;

export interface Part {
  readonly path: string;
  readonly box: Box;
  readonly paint: Paint;
  /** Null for a filled part; else the width of a stroked line, in cm. */
  readonly line: number | null;
  /** Dash pattern of a line, such as stitching. */
  readonly dash: string | null;
  /** Direction of the cloth's grain, in degrees clockwise from upright. */
  readonly grain: number;
  readonly opacity: number;
}

export interface Drawing {
  readonly parts: readonly Part[];
  readonly box: Box;
  /** Direction of most folds: 0 is upright. */
  readonly foldAngle: number;
}

/** Shoulder to elbow and elbow to wrist, in degrees outwards from hanging straight down. */
export interface ArmPose {
  readonly upper: number;
  readonly lower: number;
}

export interface Pose {
  readonly right: ArmPose;
  readonly left: ArmPose;
  /** Half the distance between the ankles beyond the natural stance, in cm. */
  readonly stride: number;
  /** How far points stray, in cm. */
  readonly rumple: number;
  /** On a body or mannequin: what hides behind it is not drawn. */
  readonly worn: boolean;
  readonly random: Random;
}

interface PartOptions {
  readonly grain?: number;
  readonly opacity?: number;
  readonly dash?: string;
}

export function filled(points: readonly Point[], paint: Paint, options: PartOptions = {}): Part {
  return {
    path: pathThrough(points, true),
    box: boxOf(points),
    paint,
    line: null,
    dash: null,
    grain: options.grain ?? 0,
    opacity: options.opacity ?? 1,
  };
}

export function lined(
  points: readonly Point[],
  width: number,
  paint: Paint,
  options: PartOptions = {},
): Part {
  return {
    path: pathThrough(points, false),
    box: boxOf(points, width / 2),
    paint,
    line: width,
    dash: options.dash ?? null,
    grain: 0,
    opacity: options.opacity ?? 1,
  };
}

export function drawingOf(parts: readonly Part[], foldAngle = 0): Drawing {
  return { parts, box: unionOf(parts.map((part) => part.box)), foldAngle };
}

export function moved(parts: readonly Part[], dx: number, dy: number): Part[] {
  return parts.map((part) => ({
    ...part,
    path: shiftPath(part.path, dx, dy),
    box: {
      left: part.box.left + dx,
      right: part.box.right + dx,
      top: part.box.top + dy,
      bottom: part.box.bottom + dy,
    },
  }));
}

/** Paths hold absolute coordinates in pairs only, so every other number is an x. */
function shiftPath(path: string, dx: number, dy: number): string {
  let isX = false;
  return path.replaceAll(/-?[\d.]+/g, (text) => {
    isX = !isX;
    return num(Number(text) + (isX ? dx : dy));
  });
}

/** A row of round buttons from one point to another. */
export function buttons(from: Point, to: Point, count: number, radius: number, paint: Paint): Part[] {
  return Array.from({ length: count }, (_, index) => {
    const share = count === 1 ? 0.5 : index / (count - 1);
    const x = from[0] + (to[0] - from[0]) * share;
    const y = from[1] + (to[1] - from[1]) * share;
    return filled(
      [
        [x - radius, y],
        [x, y - radius],
        [x + radius, y],
        [x, y + radius],
      ],
      paint,
    );
  });
}
