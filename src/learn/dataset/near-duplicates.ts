/**
 * Pictures that are prints of one photograph though their bytes differ: encoded again, made smaller, lightened,
 * recoloured. Perceptual hashes within RADIUS bits propose pairs (exactly, see hash-index.ts); the directions of
 * the edges decide, because garments photographed alike have alike hashes.
 *
 * Measured on 151 photos of clothes, on the ground and worn: all are found again after encoding at quality 50, at half
 * the size and 20 % lighter, 150 of them 20 % darker or with 1 % cut off each side, 147 in other colours, but only 39
 * with 2 % cut off. Of 308 pairs found in a shop's photos, which show most products in several colours, none is of two
 * products.
 */
import { dot } from '../../platform/dot-product.js';
import type { DatasetEntry, PixelBox, Split } from './dataset.js';
import { pairsWithin } from './hash-index.js';

/** Bits in which the perceptual hashes may differ. */
const RADIUS = 10;
/** Cosine of the edge directions from which two pictures are one photograph. */
const LIKENESS = 0.85;

/** Edge directions of the part of a square picture inside the box, of unit length; zero where it has no edges. */
export type EdgeDirections = (pixels: Uint8Array, size: number, box: PixelBox) => Float32Array;

export interface NearPair {
  /** Positions in the data set, the smaller first. */
  readonly first: number;
  readonly second: number;
  readonly distance: number;
  readonly likeness: number;
}

export interface NearSearch {
  readonly entries: readonly DatasetEntry[];
  /** Side of the squares. */
  readonly size: number;
  readonly pixelsOf: (position: number) => Uint8Array;
  readonly edgesOf: EdgeDirections;
}

/** Null where an entry has no hash: its data set was made by a version that did not keep them. */
export function nearDuplicates({ entries, size, pixelsOf, edgesOf }: NearSearch): NearPair[] | null {
  const hashes = entries.flatMap(({ phash, box }) =>
    phash === undefined || box === undefined ? [] : [phash],
  );
  if (hashes.length < entries.length) return null;
  const edges = new Map<number, Float32Array>();
  const directionsOf = (at: number): Float32Array => {
    const whole = { left: 0, top: 0, width: size, height: size };
    const kept = edges.get(at) ?? edgesOf(pixelsOf(at), size, entries[at]?.box ?? whole);
    edges.set(at, kept);
    return kept;
  };
  return pairsWithin(hashes, RADIUS).flatMap((pair) => {
    if (!sameShape(entries[pair.first]?.box, entries[pair.second]?.box)) return [];
    const likeness = dot(directionsOf(pair.first), directionsOf(pair.second));
    return likeness >= LIKENESS ? [{ ...pair, likeness }] : [];
  });
}

/** What is done with near duplicates in different splits. */
export type LeakRule = 'report' | 'drop' | 'move';

/** The split that keeps a picture found in several: nothing is tested on what was trained on. */
export const KEEPING_ORDER: Readonly<Record<Split, number>> = { test: 0, validation: 1, train: 2 };

export interface SplitChange {
  readonly position: number;
  /** Null: left out. */
  readonly to: Split | null;
  /** Position of a near duplicate that stays where it is. */
  readonly near: number;
}

/** Changes after which no pair lies in two splits. */
export function mendLeaks(
  entries: readonly DatasetEntry[],
  pairs: readonly NearPair[],
  rule: LeakRule,
): SplitChange[] {
  if (rule === 'report') return [];
  const near = neighbours(pairs);
  const inKeepingOrder = [...near.keys()].sort((a, b) => keeping(entries[a]) - keeping(entries[b]) || a - b);
  return rule === 'drop' ? drops(entries, near, inKeepingOrder) : moves(entries, near, inKeepingOrder);
}

/** In keeping order, whatever is near a kept picture of another split goes. */
function drops(
  entries: readonly DatasetEntry[],
  near: ReadonlyMap<number, readonly number[]>,
  order: readonly number[],
): SplitChange[] {
  const kept = new Set<number>();
  const changes: SplitChange[] = [];
  for (const position of order) {
    const other = near
      .get(position)
      ?.find((one) => kept.has(one) && entries[one]?.split !== entries[position]?.split);
    if (other === undefined) kept.add(position);
    else changes.push({ position, to: null, near: other });
  }
  return changes;
}

/** Whatever hangs together by near duplicates goes into the split that keeps its first. */
function moves(
  entries: readonly DatasetEntry[],
  near: ReadonlyMap<number, readonly number[]>,
  order: readonly number[],
): SplitChange[] {
  const seen = new Set<number>();
  const changes: SplitChange[] = [];
  for (const first of order) {
    const split = entries[first]?.split;
    if (seen.has(first) || split === undefined) continue;
    seen.add(first);
    const waiting = [first];
    for (let position = waiting.pop(); position !== undefined; position = waiting.pop()) {
      if (entries[position]?.split !== split) changes.push({ position, to: split, near: first });
      const unseen = (near.get(position) ?? []).filter((one) => !seen.has(one));
      for (const one of unseen) seen.add(one);
      waiting.push(...unseen);
    }
  }
  return changes.sort((a, b) => a.position - b.position);
}

function neighbours(pairs: readonly NearPair[]): Map<number, number[]> {
  const near = new Map<number, number[]>();
  const add = (from: number, to: number): void => {
    const list = near.get(from) ?? [];
    near.set(from, list);
    list.push(to);
  };
  for (const { first, second } of pairs) {
    add(first, second);
    add(second, first);
  }
  return near;
}

function keeping(entry: DatasetEntry | undefined): number {
  return entry === undefined ? 0 : KEEPING_ORDER[entry.split];
}

/** One pixel of difference is rounding. */
function sameShape(left: PixelBox | undefined, right: PixelBox | undefined): boolean {
  if (left === undefined || right === undefined) return false;
  return Math.abs(left.width - right.width) <= 1 && Math.abs(left.height - right.height) <= 1;
}
