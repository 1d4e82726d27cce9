/**
 * Colour reduction: a picture's foreground as at most eight named colours with their shares.
 *
 * Pixels are first gathered into small cells of CIELAB (usually under 200), then clustered by weighted k-means whose
 * seeds are chosen without chance: the heaviest cell first, then always the cell with the largest weight times squared
 * distance to the seeds so far. The same pixels give the same palette.
 */
import type { ColourName } from '../domain/colour.js';
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

/** Weighted sums of colours, one after the other: weight, L*, a*, b*. A flat list, for there are hundreds. */
type Heaps = number[];
const HEAP = 4;
/** The mean colours of heaps, one after the other: L*, a*, b*. */
type Centres = number[];

/**
 * Lab pixels [n, 3] and their weights [n] -> colours, largest share first. Shares add up to 1 up to rounding of
 * doubles. Empty when no pixel has weight.
 */
export function paletteOf(lab: Float32Array, weights: Float32Array): PaletteColour[] {
  const cells = gather(lab, weights);
  let total = 0;
  for (let cell = 0; cell < cells.length; cell += HEAP) total += cells[cell] ?? 0;
  const clusters = cluster8(cells);
  const byName = new Map<ColourName, Heaps>();
  for (let from = 0; from < clusters.length; from += HEAP) {
    const cluster = clusters.slice(from, from + HEAP);
    const name = colourName(meanOf(cluster, 0));
    const same = byName.get(name);
    if (same === undefined) byName.set(name, cluster);
    else add(same, 0, cluster, 0);
  }
  const kept = [...byName].map(([name, heap]) => ({ name, heap, weight: heap[0] ?? 0 }));
  const strong = kept.filter(({ weight }) => weight >= LEAST_SHARE * total);
  const strongTotal = strong.reduce((sum, { weight }) => sum + weight, 0);
  return strong
    .map(({ name, heap, weight }) => ({ name, hex: hexOf(meanOf(heap, 0)), share: weight / strongTotal }))
    .sort((left, right) => right.share - left.share || (left.name < right.name ? -1 : 1));
}

/** For each cell of the grid its place in what `gather` is about to return, plus one; of one call. */
const places = new Uint16Array(CELLS_L * CELLS_AB * CELLS_AB);

function gather(lab: Float32Array, weights: Float32Array): Heaps {
  const cells: Heaps = [];
  places.fill(0);
  for (let pixel = 0; pixel < weights.length; pixel += 1) {
    const weight = weights[pixel] ?? 0;
    if (weight <= 0) continue;
    const l = lab[pixel * 3] ?? 0;
    const a = lab[pixel * 3 + 1] ?? 0;
    const b = lab[pixel * 3 + 2] ?? 0;
    const row = Math.round(l / CELL_L) * CELLS_AB + Math.round(a / CELL_AB) + CELLS_AB / 2;
    const at = row * CELLS_AB + Math.round(b / CELL_AB) + CELLS_AB / 2;
    const place = places[at] ?? 0;
    if (place === 0) places[at] = cells.push(weight, l * weight, a * weight, b * weight) / HEAP;
    else addColour(cells, (place - 1) * HEAP, weight, l * weight, a * weight, b * weight);
  }
  return cells;
}

function add(to: Heaps, at: number, from: Heaps, cell: number): void {
  addColour(to, at, from[cell] ?? 0, from[cell + 1] ?? 0, from[cell + 2] ?? 0, from[cell + 3] ?? 0);
}

function addColour(to: Heaps, at: number, weight: number, l: number, a: number, b: number): void {
  to[at] = (to[at] ?? 0) + weight;
  to[at + 1] = (to[at + 1] ?? 0) + l;
  to[at + 2] = (to[at + 2] ?? 0) + a;
  to[at + 3] = (to[at + 3] ?? 0) + b;
}

function meanOf(heaps: Heaps, at: number): Lab {
  const weight = heaps[at] ?? 1;
  return [(heaps[at + 1] ?? 0) / weight, (heaps[at + 2] ?? 0) / weight, (heaps[at + 3] ?? 0) / weight];
}

function centresOf(heaps: Heaps): Centres {
  const centres: Centres = [];
  for (let at = 0; at < heaps.length; at += HEAP) centres.push(...meanOf(heaps, at));
  return centres;
}

/** Squared, of a point and a centre. */
function distance(points: Centres, point: number, centres: Centres, centre: number): number {
  const l = (points[point] ?? 0) - (centres[centre] ?? 0);
  const a = (points[point + 1] ?? 0) - (centres[centre + 1] ?? 0);
  const b = (points[point + 2] ?? 0) - (centres[centre + 2] ?? 0);
  return l * l + a * a + b * b;
}

function cluster8(cells: Heaps): Heaps {
  const points = centresOf(cells);
  let centres = seeds(cells, points);
  let clusters: Heaps = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const sums: Heaps = Array.from({ length: (centres.length / 3) * HEAP }, () => 0);
    for (let cell = 0, point = 0; cell < cells.length; cell += HEAP, point += 3) {
      add(sums, nearest(centres, points, point) * HEAP, cells, cell);
    }
    clusters = [];
    for (let at = 0; at < sums.length; at += HEAP) {
      if ((sums[at] ?? 0) > 0) clusters.push(...sums.slice(at, at + HEAP));
    }
    centres = centresOf(clusters);
  }
  return clusters;
}

function seeds(cells: Heaps, points: Centres): Centres {
  const chosen: Centres = [];
  const farthest = new Float64Array(cells.length / HEAP).fill(1);
  while (chosen.length < 3 * Math.min(MOST_COLOURS, farthest.length)) {
    let best = -1;
    let most = 0;
    for (let cell = 0; cell < farthest.length; cell += 1) {
      const score = (cells[cell * HEAP] ?? 0) * (farthest[cell] ?? 0);
      if (score > most) {
        most = score;
        best = cell;
      }
    }
    if (best === -1) break;
    for (let cell = 0; cell < farthest.length; cell += 1) {
      const apart = distance(points, cell * 3, points, best * 3);
      farthest[cell] = chosen.length === 0 ? apart : Math.min(farthest[cell] ?? 0, apart);
    }
    chosen.push(...points.slice(best * 3, best * 3 + 3));
  }
  return chosen;
}

function nearest(centres: Centres, points: Centres, point: number): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let centre = 0; centre < centres.length; centre += 3) {
    const apart = distance(points, point, centres, centre);
    if (apart < least) {
      least = apart;
      best = centre / 3;
    }
  }
  return best;
}
