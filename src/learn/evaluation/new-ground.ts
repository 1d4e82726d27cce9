/** Grounds to show a cut-out on: that of another picture, one colour, or a pattern. */
import type { Random } from '../../platform/random.js';
import { drawPattern } from '../train/ground-pattern.js';
import type { CutOut } from './cut-out.js';

export const GROUND_KINDS = ['borrowed', 'plain', 'pattern'] as const;
export type GroundKind = (typeof GROUND_KINDS)[number];

/** Colour at a place of the box, RGB from 0 to 255. */
export type GroundPainter = (column: number, row: number) => readonly [number, number, number];

/** The ground of another picture, stretched to the box; where that picture shows its item, the nearest ground. */
export function borrowedGround(donor: CutOut, width: number, height: number): GroundPainter {
  const nearest = nearestGround(donor.weights, donor.box.width);
  return (column, row) => {
    const x = Math.min(donor.box.width - 1, Math.floor(((column + 0.5) * donor.box.width) / width));
    const y = Math.min(donor.box.height - 1, Math.floor(((row + 0.5) * donor.box.height) / height));
    const at = (nearest[y * donor.box.width + x] ?? 0) * 3;
    return [donor.pixels[at] ?? 0, donor.pixels[at + 1] ?? 0, donor.pixels[at + 2] ?? 0];
  };
}

/** Any colour, with a pattern where one is wanted. `size`: longer side of the box. */
export function paintedGround(kind: 'plain' | 'pattern', size: number, random: Random): GroundPainter {
  const colour = [random.range(0, 255), random.range(0, 255), random.range(0, 255)] as const;
  const pattern = kind === 'pattern' ? drawPattern(size, random) : () => 0;
  return (column, row) => {
    const change = pattern(column, row);
    return [colour[0] + change, colour[1] + change, colour[2] + change];
  };
}

/** For each pixel the nearest one that is wholly ground, by steps to the four neighbours. */
function nearestGround(weights: Float32Array, width: number): Int32Array {
  const nearest = new Int32Array(weights.length).fill(-1);
  let front = [...weights.keys()].filter((pixel) => weights[pixel] === 0);
  for (const pixel of front) nearest[pixel] = pixel;
  while (front.length > 0) {
    const next: number[] = [];
    const reach = (pixel: number, from: number): void => {
      if (nearest[pixel] !== -1) return;
      nearest[pixel] = nearest[from] ?? 0;
      next.push(pixel);
    };
    for (const pixel of front) {
      if (pixel % width > 0) reach(pixel - 1, pixel);
      if (pixel % width < width - 1) reach(pixel + 1, pixel);
      if (pixel >= width) reach(pixel - width, pixel);
      if (pixel + width < weights.length) reach(pixel + width, pixel);
    }
    front = next;
  }
  return nearest;
}
