/**
 * Outlines: points become smooth SVG paths, and every path knows its bounding box.
 *
 * Garments and figures are drawn in centimetres of a body whose neck base is (0, 0); x grows to the right of
 * the picture, y downwards. Smoothing is Catmull-Rom turned into cubic Bezier segments; a point marked as a
 * corner has no tangent, so the path may turn there.
 */
import type { Random } from '../platform/random.js';

/** x, y in centimetres; the third member, when 1, makes the point a corner. */
export type Point = readonly [x: number, y: number, corner?: 0 | 1];

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Shortest decimal with at most two digits: keeps the SVG small. */
export function num(value: number): string {
  const rounded = Math.round(value * 100) / 100;
  return Object.is(rounded, -0) ? '0' : String(rounded);
}

export function boxOf(points: readonly Point[], margin = 0): Box {
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  return {
    left: Math.min(...xs) - margin,
    top: Math.min(...ys) - margin,
    right: Math.max(...xs) + margin,
    bottom: Math.max(...ys) + margin,
  };
}

export function unionOf(boxes: readonly Box[]): Box {
  return {
    left: Math.min(...boxes.map((box) => box.left)),
    top: Math.min(...boxes.map((box) => box.top)),
    right: Math.max(...boxes.map((box) => box.right)),
    bottom: Math.max(...boxes.map((box) => box.bottom)),
  };
}

/** The path through the points; `closed` joins the last to the first. */
export function pathThrough(points: readonly Point[], closed: boolean): string {
  const count = points.length;
  const at = (index: number): Point => {
    const wrapped = closed ? (index + count) % count : Math.min(Math.max(index, 0), count - 1);
    return points[wrapped] ?? [0, 0];
  };
  const [startX, startY] = at(0);
  let path = `M${num(startX)} ${num(startY)}`;
  const segments = closed ? count : count - 1;
  for (let index = 0; index < segments; index += 1) {
    const [p, q] = [at(index), at(index + 1)];
    const [before, after] = [at(index - 1), at(index + 2)];
    if (p[2] === 1 && q[2] === 1) {
      path += `L${num(q[0])} ${num(q[1])}`;
      continue;
    }
    const out = p[2] === 1 ? 0 : 1 / 6;
    const into = q[2] === 1 ? 0 : 1 / 6;
    const c1 = [p[0] + (q[0] - before[0]) * out, p[1] + (q[1] - before[1]) * out] as const;
    const c2 = [q[0] - (after[0] - p[0]) * into, q[1] - (after[1] - p[1]) * into] as const;
    path += `C${num(c1[0])} ${num(c1[1])} ${num(c2[0])} ${num(c2[1])} ${num(q[0])} ${num(q[1])}`;
  }
  return closed ? `${path}Z` : path;
}

/** The whole outline of a thing symmetric about x = 0, from its right half listed top to bottom. */
export function mirrored(rightHalf: readonly Point[]): Point[] {
  const left = rightHalf
    .filter(([x]) => x !== 0)
    .map(([x, y, corner]): Point => [-x, y, corner ?? 0])
    .reverse();
  return [...rightHalf, ...left];
}

/** Moves every point a little: cloth never lies exactly as cut. */
export function jittered(points: readonly Point[], amount: number, random: Random): Point[] {
  return points.map(([x, y, corner]) => [
    x + random.range(-amount, amount),
    y + random.range(-amount, amount),
    corner ?? 0,
  ]);
}

/** An ellipse as eight smooth points. */
export function ellipse(x: number, y: number, rx: number, ry: number): Point[] {
  return Array.from({ length: 8 }, (_, index): Point => {
    const angle = (index * Math.PI) / 4;
    return [x + rx * Math.cos(angle), y + ry * Math.sin(angle)];
  });
}

/** A rectangle, turned by `degrees` about its centre. */
export function bar(x: number, y: number, width: number, height: number, degrees = 0): Point[] {
  const cos = Math.cos((degrees * Math.PI) / 180);
  const sin = Math.sin((degrees * Math.PI) / 180);
  const corner = (dx: number, dy: number): Point => [x + dx * cos - dy * sin, y + dx * sin + dy * cos, 1];
  return [
    corner(-width / 2, -height / 2),
    corner(width / 2, -height / 2),
    corner(width / 2, height / 2),
    corner(-width / 2, height / 2),
  ];
}

/** Points from text: numbers in pairs, an exclamation mark after a pair makes it a corner (`0 1! 2 3`). */
export function pointsFrom(text: string): Point[] {
  const numbers = text.split(' ');
  const points: Point[] = [];
  for (let index = 0; index + 1 < numbers.length; index += 2) {
    const y = numbers[index + 1] ?? '0';
    const corner = y.endsWith('!');
    points.push([Number(numbers[index]), Number(corner ? y.slice(0, -1) : y), corner ? 1 : 0]);
  }
  return points;
}
