/**
 * Decoded pictures -> a data set. A picture that appears twice (same bytes) comes in once; where the copies are in
 * different splits the test split keeps it, then validation, so that nothing is tested on what was trained on. Near
 * duplicates in different splits are reported, left out or brought together.
 */
import { sha256Hex } from '../../platform/fingerprint.js';
import type { CategoryId } from '../../domain/ids.js';
import type { Dataset, DatasetEntry, DatasetIndex, DatasetSource, Split } from './dataset.js';
import { datasetFigures } from './figures.js';
import type { DatasetFigures } from './figures.js';
import { KEEPING_ORDER, mendLeaks, nearDuplicates } from './near-duplicates.js';
import type { EdgeDirections, LeakRule, NearPair, SplitChange } from './near-duplicates.js';

export interface Part {
  readonly entry: DatasetEntry;
  readonly pixels: Uint8Array;
}

export interface AssembleOptions {
  readonly size: number;
  readonly fill: number;
  readonly preprocessing: string | undefined;
  readonly sources: readonly DatasetSource[];
  readonly leaks: LeakRule;
  readonly edgesOf: EdgeDirections;
}

/** What was done to the pictures on their way in. */
export interface AssemblyReport {
  readonly figures: DatasetFigures;
  readonly duplicates: readonly ExactDuplicate[];
  /** What became of near duplicates in different splits. */
  readonly mended: readonly {
    readonly path: string;
    readonly from: Split;
    /** Null: left out. */
    readonly to: Split | null;
    readonly near: string;
  }[];
}

interface ExactDuplicate {
  readonly path: string;
  readonly label: CategoryId;
  /** The copy that stays. */
  readonly of: string;
  readonly ofLabel: CategoryId;
}

/** There must be at least one part; entries come out sorted by path. */
export function assemble(
  parts: readonly Part[],
  options: AssembleOptions,
): { readonly dataset: Dataset; readonly report: AssemblyReport } {
  const { size, fill, preprocessing, sources } = options;
  const { kept, duplicates } = withoutCopies(parts);
  const before = kept.map(({ entry }) => entry);
  const pixelsOf = (at: number): Uint8Array => kept[at]?.pixels ?? new Uint8Array();
  const pairs = nearDuplicates({ entries: before, size, pixelsOf, edgesOf: options.edgesOf });
  const changes = mendLeaks(before, pairs ?? [], options.leaks);
  const { rest, places } = applyChanges(kept, changes);
  const entries = rest.map(({ entry }) => entry);
  const pixels = Buffer.concat(rest.map((part) => part.pixels));
  const index: DatasetIndex = {
    format: 1,
    size,
    fill,
    ...(preprocessing === undefined ? {} : { preprocessing }),
    sources,
    labels: [...new Set(entries.map(({ label }) => label))].sort(),
    entries,
    pixelsSha256: sha256Hex(pixels),
  };
  const figures = datasetFigures(index, pairs === null ? null : movePairs(pairs, places));
  const pathOf = (at: number): string => before[at]?.path ?? '';
  const mended = changes.flatMap(({ position, to, near }) => {
    const from = before[position]?.split;
    return from === undefined ? [] : [{ path: pathOf(position), from, to, near: pathOf(near) }];
  });
  return { dataset: { index, pixels }, report: { figures, duplicates, mended } };
}

function withoutCopies(parts: readonly Part[]): { kept: Part[]; duplicates: ExactDuplicate[] } {
  const firstOf = new Map<string, DatasetEntry>();
  const kept: Part[] = [];
  const duplicates: ExactDuplicate[] = [];
  const order = [...parts].sort(
    (a, b) => KEEPING_ORDER[a.entry.split] - KEEPING_ORDER[b.entry.split] || byPath(a, b),
  );
  for (const part of order) {
    const { path, label, sha256 } = part.entry;
    const first = firstOf.get(sha256);
    if (first !== undefined) duplicates.push({ path, label, of: first.path, ofLabel: first.label });
    else {
      firstOf.set(sha256, part.entry);
      kept.push(part);
    }
  }
  return { kept: kept.sort(byPath), duplicates };
}

function byPath({ entry: a }: Part, { entry: b }: Part): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}

/** The parts after the changes, and for each of the parts before its new position, -1 for those left out. */
function applyChanges(
  parts: readonly Part[],
  changes: readonly SplitChange[],
): { readonly rest: readonly Part[]; readonly places: readonly number[] } {
  const changed = new Map(changes.map(({ position, to }) => [position, to]));
  const rest: Part[] = [];
  const places = parts.map((part, at) => {
    const to = changed.get(at);
    if (to === null) return -1;
    rest.push(to === undefined ? part : { ...part, entry: { ...part.entry, split: to } });
    return rest.length - 1;
  });
  return { rest, places };
}

function movePairs(pairs: readonly NearPair[], places: readonly number[]): NearPair[] {
  return pairs
    .map((pair) => ({ ...pair, first: places[pair.first] ?? -1, second: places[pair.second] ?? -1 }))
    .filter(({ first, second }) => first >= 0 && second >= 0);
}
