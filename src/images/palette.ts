/**
 * Colour reduction: a picture's foreground as at most eight named colours with their shares.
 *
 * Pixels are first gathered into small cells of CIELAB (usually under 200), then clustered by weighted k-means whose
 * seeds are chosen without chance: the heaviest cell first, then always the cell with the largest weight times squared
 * distance to the seeds so far. The same pixels give the same palette.
 */
import type { PaletteColour } from '../domain/picture.js';
import { colourName } from './colour-names.js';
import type { Lab } from './lab.js';
import { hexOf } from './lab.js';

const MOST_COLOURS = 8;
const ROUNDS = 8;
/** Side of a gathering cell: L* by 5 and a*, b* by 6, each just around the size of a visible difference. */
const CELL_L = 5;
const CELL_AB = 6;
/** Cells along each axis, enough for every sRGB colour. */
const CELLS_L = 21;
const CELLS_AB = 40;
/** Colours with less than this share are dropped and the rest scaled up: they are edges and noise. */
const LEAST_SHARE = 0.02;

/** A weighted sum of colours. */
interface Heap {
  weight: number;
  l: number;
  a: number;
  b: number;
}

/**
 * Lab pixels [n, 3] and their weights [n] -> colours, largest share first. Shares add up to 1 up to rounding of
 * doubles. Empty when no pixel has weight.
 */
export function paletteOf(lab: Float32Array, weights: Float32Array): PaletteColour[] {
  const cells = gather(lab, weights);
  const total = cells.reduce((sum, cell) => sum + cell.weight, 0);
  const byName = new Map<string, Heap>();
  for (const cluster of cluster8(cells)) {
    const name = colourName(meanOf(cluster));
    const same = byName.get(name);
    if (same === undefined) byName.set(name, { ...cluster });
    else add(same, cluster);
  }
  const kept = [...byName].filter(([, heap]) => heap.weight >= LEAST_SHARE * total);
  const keptTotal = kept.reduce((sum, [, heap]) => sum + heap.weight, 0);
  return kept
    .map(([name, heap]) => ({ name, hex: hexOf(meanOf(heap)), share: heap.weight / keptTotal }))
    .sort((left, right) => right.share - left.share || (left.name < right.name ? -1 : 1));
}

function gather(lab: Float32Array, weights: Float32Array): Heap[] {
  const cells: Heap[] = [];
  /** For each cell of the grid its place in `cells`, plus one. */
  const places = new Uint16Array(CELLS_L * CELLS_AB * CELLS_AB);
  for (let pixel = 0; pixel < weights.length; pixel += 1) {
    const weight = weights[pixel] ?? 0;
    if (weight <= 0) continue;
    const l = lab[pixel * 3] ?? 0;
    const a = lab[pixel * 3 + 1] ?? 0;
    const b = lab[pixel * 3 + 2] ?? 0;
    const row = Math.round(l / CELL_L) * CELLS_AB + Math.round(a / CELL_AB) + CELLS_AB / 2;
    const at = row * CELLS_AB + Math.round(b / CELL_AB) + CELLS_AB / 2;
    const cell = cells[(places[at] ?? 0) - 1];
    if (cell === undefined) places[at] = cells.push({ weight, l: l * weight, a: a * weight, b: b * weight });
    else addColour(cell, weight, l * weight, a * weight, b * weight);
  }
  return cells;
}

function add(to: Heap, from: Heap): void {
  addColour(to, from.weight, from.l, from.a, from.b);
}

function addColour(to: Heap, weight: number, l: number, a: number, b: number): void {
  to.weight += weight;
  to.l += l;
  to.a += a;
  to.b += b;
}

function meanOf(heap: Heap): Lab {
  return [heap.l / heap.weight, heap.a / heap.weight, heap.b / heap.weight];
}

function squaredDistance(one: Lab, two: Lab): number {
  const [l, a, b] = [one[0] - two[0], one[1] - two[1], one[2] - two[2]];
  return l * l + a * a + b * b;
}

function cluster8(cells: readonly Heap[]): Heap[] {
  const points = cells.map((cell) => ({ cell, at: meanOf(cell) }));
  let centres = seeds(points);
  let clusters: Heap[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    clusters = centres.map(() => ({ weight: 0, l: 0, a: 0, b: 0 }));
    for (const { cell, at } of points) {
      const cluster = clusters[nearest(centres, at)];
      if (cluster !== undefined) add(cluster, cell);
    }
    clusters = clusters.filter((cluster) => cluster.weight > 0);
    centres = clusters.map(meanOf);
  }
  return clusters;
}

function seeds(points: readonly { readonly cell: Heap; readonly at: Lab }[]): Lab[] {
  const chosen: Lab[] = [];
  const farthest = new Float64Array(points.length).fill(1);
  while (chosen.length < Math.min(MOST_COLOURS, points.length)) {
    let best = -1;
    let most = 0;
    for (const [index, { cell }] of points.entries()) {
      const score = cell.weight * (farthest[index] ?? 0);
      if (score > most) {
        most = score;
        best = index;
      }
    }
    const seed = points[best]?.at;
    if (seed === undefined) break;
    for (const [index, { at }] of points.entries()) {
      const distance = squaredDistance(at, seed);
      farthest[index] = chosen.length === 0 ? distance : Math.min(farthest[index] ?? 0, distance);
    }
    chosen.push(seed);
  }
  return chosen;
}

function nearest(centres: readonly Lab[], at: Lab): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (const [index, centre] of centres.entries()) {
    const distance = squaredDistance(centre, at);
    if (distance < least) {
      least = distance;
      best = index;
    }
  }
  return best;
}
