/**
 * Colours of the classes, and whether a picture's edge alone gives its class away: a network may then learn the
 * table-cloth instead of the garment.
 */
import type { CategoryId } from '../../domain/ids.js';
import { share } from '../evaluation/share.js';
import type { Share } from '../evaluation/share.js';
import { picturesOf, pixelsOf } from './dataset.js';
import type { Dataset, PixelBox, Split } from './dataset.js';

export interface ClassColours {
  readonly label: CategoryId;
  /** Mean colour of the pictures between their bars, `#rrggbb`. */
  readonly colour: string;
  /** Mean luma (Rec. ITU-R BT.601), 0 to 255. */
  readonly brightness: number;
  /** The same of their edges. */
  readonly edge: string;
  readonly edgeBrightness: number;
}

export interface BackgroundTell {
  readonly split: Split;
  /** Pictures whose class is that of most of the training pictures with the likest edges. */
  readonly named: Share;
  /** Mean of the classes' shares, against which `chance` stands. */
  readonly balanced: number;
  /** One in as many as there are classes. */
  readonly chance: number;
}

/** Width of the edge, as a share of the square's side. */
const EDGE = 0.05;
/** Numbers that describe an edge: mean red, green and blue of each side. */
const LENGTH = 12;
const NEIGHBOURS = 5;
/** Pictures of a split that are asked, evenly spaced, so that large data sets take seconds too. */
const ASKED = 1000;

export function classColours(dataset: Dataset): ClassColours[] {
  return dataset.index.labels.map((label) => {
    const inside = [0, 0, 0];
    const edge = [0, 0, 0];
    for (const [at, entry] of dataset.index.entries.entries()) {
      if (entry.label !== label) continue;
      const box = boxOf(dataset, at);
      addMean(inside, dataset, at, [box]);
      addMean(edge, dataset, at, strips(box, dataset.index.size));
    }
    const pictures = dataset.index.entries.filter((entry) => entry.label === label).length;
    const [colour, ofEdge] = [inside, edge].map((sums) => sums.map((sum) => sum / pictures));
    return {
      label,
      colour: hexOf(colour ?? []),
      brightness: lumaOf(colour ?? []),
      edge: hexOf(ofEdge ?? []),
      edgeBrightness: lumaOf(ofEdge ?? []),
    };
  });
}

/**
 * The classes of the five training pictures whose edges are likest, by the mean colours of the four sides. Class
 * means would not do: a class lies on many grounds. For validation and test, where there are such pictures.
 */
export function backgroundTells(dataset: Dataset): BackgroundTell[] {
  const { index } = dataset;
  const train = picturesOf(index, 'train');
  if (train.length === 0) return [];
  const known = train.map((at) => ({ edge: edgeOf(dataset, at), label: index.entries[at]?.label }));
  return (['validation', 'test'] as const).flatMap((split) => {
    const asked = evenly(picturesOf(index, split), ASKED);
    if (asked.length === 0) return [];
    const counts = new Map<string, { right: number; all: number }>();
    for (const at of asked) {
      const label = index.entries[at]?.label ?? '';
      const count = counts.get(label) ?? { right: 0, all: 0 };
      counts.set(label, count);
      count.all += 1;
      if (labelOfNearest(edgeOf(dataset, at), known) === label) count.right += 1;
    }
    const right = [...counts.values()].reduce((sum, count) => sum + count.right, 0);
    const shares = [...counts.values()].map((count) => count.right / count.all);
    const balanced = shares.reduce((sum, one) => sum + one, 0) / shares.length;
    return [{ split, named: share(right, asked.length), balanced, chance: 1 / index.labels.length }];
  });
}

interface KnownEdge {
  readonly edge: Float64Array;
  readonly label: CategoryId | undefined;
}

/** Most frequent among the nearest; of equally frequent ones the class of the nearer. */
function labelOfNearest(edge: Float64Array, known: readonly KnownEdge[]): CategoryId | undefined {
  const nearest: { distance: number; label: CategoryId | undefined }[] = [];
  for (const one of known) {
    let distance = 0;
    for (let at = 0; at < LENGTH; at += 1) distance += ((edge[at] ?? 0) - (one.edge[at] ?? 0)) ** 2;
    if (nearest.length === NEIGHBOURS && distance >= (nearest.at(-1)?.distance ?? 0)) continue;
    const before = nearest.findIndex((other) => other.distance > distance);
    nearest.splice(before < 0 ? nearest.length : before, 0, { distance, label: one.label });
    nearest.length = Math.min(nearest.length, NEIGHBOURS);
  }
  const votes = (label: CategoryId | undefined): number =>
    nearest.filter((one) => one.label === label).length;
  return nearest.reduce((best, one) => (votes(one.label) > votes(best.label) ? one : best), {
    distance: 0,
    label: nearest[0]?.label,
  }).label;
}

function evenly(pictures: readonly number[], most: number): readonly number[] {
  const step = Math.max(1, pictures.length / most);
  return Array.from(
    { length: Math.min(pictures.length, most) },
    (_, at) => pictures[Math.floor(at * step)] ?? 0,
  );
}

function edgeOf(dataset: Dataset, at: number): Float64Array {
  const sides = strips(boxOf(dataset, at), dataset.index.size).map((strip) => {
    const sums = [0, 0, 0];
    addMean(sums, dataset, at, [strip]);
    return sums;
  });
  return Float64Array.from(sides.flat());
}

/** Top, bottom, left and right; they share the corners. */
function strips(box: PixelBox, size: number): PixelBox[] {
  const wide = Math.min(box.width, Math.max(1, Math.round(size * EDGE)));
  const high = Math.min(box.height, Math.max(1, Math.round(size * EDGE)));
  return [
    { ...box, height: high },
    { ...box, height: high, top: box.top + box.height - high },
    { ...box, width: wide },
    { ...box, width: wide, left: box.left + box.width - wide },
  ];
}

/** Adds the mean colour of the boxes, each with the same weight. */
function addMean(sums: number[], dataset: Dataset, picture: number, boxes: readonly PixelBox[]): void {
  const pixels = pixelsOf(dataset, picture);
  for (const { left, top, width, height } of boxes) {
    const weight = 1 / (width * height * boxes.length);
    for (let y = top; y < top + height; y += 1) {
      for (let x = left; x < left + width; x += 1) {
        const from = (y * dataset.index.size + x) * 3;
        for (let channel = 0; channel < 3; channel += 1) {
          sums[channel] = (sums[channel] ?? 0) + weight * (pixels[from + channel] ?? 0);
        }
      }
    }
  }
}

function boxOf({ index }: Dataset, at: number): PixelBox {
  return index.entries[at]?.box ?? { left: 0, top: 0, width: index.size, height: index.size };
}

function hexOf(colour: readonly number[]): string {
  return `#${colour.map((value) => Math.round(value).toString(16).padStart(2, '0')).join('')}`;
}

function lumaOf([red = 0, green = 0, blue = 0]: readonly number[]): number {
  return 0.299 * red + 0.587 * green + 0.114 * blue;
}
