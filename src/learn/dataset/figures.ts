/** What a data set is made of, and what is wrong with it as material to learn from and to test on. */
import type { CategoryId } from '../../domain/ids.js';
import { SPLITS } from './dataset.js';
import type { DatasetEntry, DatasetIndex, Split } from './dataset.js';
import type { NearPair } from './near-duplicates.js';

export type BySplit = Readonly<Record<Split, number>>;

export interface DatasetFigures {
  readonly pictures: number;
  /** Side of the square pictures in pixels. */
  readonly size: number;
  readonly classes: readonly { readonly label: CategoryId; readonly bySplit: BySplit }[];
  readonly sources: readonly {
    readonly name: string;
    readonly licence: string | null;
    readonly bySplit: BySplit;
  }[];
  /** What is told of the pictures, the commonest values first. */
  readonly attributes: readonly AttributeCounts[];
  readonly imbalance: Imbalance;
  readonly groups: GroupFigures;
  /** Null where the data set holds no hashes. */
  readonly near: NearFigures | null;
  /** For people; each with its remedy. */
  readonly warnings: readonly string[];
}

interface AttributeCounts {
  readonly attribute: string;
  readonly values: readonly { readonly value: string; readonly bySplit: BySplit }[];
  /** Pictures of which it is not told. */
  readonly untold: number;
}

/** By training pictures. */
interface Imbalance {
  readonly largest: CategoryId;
  readonly smallest: CategoryId;
  /** Pictures of the largest for each of the smallest; null where the smallest has none. */
  readonly ratio: number | null;
}

interface GroupFigures {
  readonly groups: number;
  /** Pictures of no group. */
  readonly ungrouped: number;
  /** Groups with pictures in more than one split. */
  readonly crossing: readonly { readonly group: string; readonly bySplit: BySplit }[];
}

interface NearFigures {
  readonly pairs: number;
  /** Pictures that have at least one near duplicate. */
  readonly pictures: number;
  /** Pairs in two splits. */
  readonly leaks: readonly {
    readonly first: string;
    readonly second: string;
    readonly splits: readonly [Split, Split];
    readonly likeness: number;
  }[];
}

/** From this ratio on the smallest class is likely to be neglected. */
const IMBALANCED = 10;

/** The index must hold at least one picture. */
export function datasetFigures(index: DatasetIndex, pairs: readonly NearPair[] | null): DatasetFigures {
  const { entries, size } = index;
  const classes = index.labels.map((label) => ({
    label,
    bySplit: countSplits(entries.filter((entry) => entry.label === label)),
  }));
  const figures = {
    pictures: entries.length,
    size,
    classes,
    sources: index.sources.map(({ name, licence }) => ({
      name,
      licence,
      bySplit: countSplits(entries.filter(({ source }) => source === name)),
    })),
    attributes: attributeCounts(entries),
    imbalance: imbalanceOf(classes),
    groups: groupFigures(entries),
    near: pairs === null ? null : nearFigures(entries, pairs),
  };
  return { ...figures, warnings: warningsOf(figures) };
}

function countSplits(entries: readonly DatasetEntry[]): BySplit {
  const counts = { train: 0, validation: 0, test: 0 };
  for (const { split } of entries) counts[split] += 1;
  return counts;
}

function attributeCounts(entries: readonly DatasetEntry[]): AttributeCounts[] {
  const attributes = new Map<string, Map<string, DatasetEntry[]>>();
  for (const entry of entries) {
    for (const [name, value] of Object.entries(entry.attributes ?? {})) {
      const values = attributes.get(name) ?? new Map<string, DatasetEntry[]>();
      attributes.set(name, values);
      const members = values.get(value) ?? [];
      values.set(value, members);
      members.push(entry);
    }
  }
  return [...attributes]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([attribute, values]) => {
      const told = [...values].sort(([a, one], [b, other]) => other.length - one.length || (a < b ? -1 : 1));
      return {
        attribute,
        values: told.map(([value, members]) => ({ value, bySplit: countSplits(members) })),
        untold: entries.length - told.reduce((sum, [, members]) => sum + members.length, 0),
      };
    });
}

function imbalanceOf(classes: DatasetFigures['classes']): Imbalance {
  const sorted = [...classes].sort((a, b) => b.bySplit.train - a.bySplit.train);
  const [largest, smallest] = [sorted[0], sorted.at(-1)];
  if (largest === undefined || smallest === undefined) throw new RangeError('a data set without classes');
  const ratio = smallest.bySplit.train === 0 ? null : largest.bySplit.train / smallest.bySplit.train;
  return { largest: largest.label, smallest: smallest.label, ratio };
}

function groupFigures(entries: readonly DatasetEntry[]): GroupFigures {
  const groups = new Map<string, DatasetEntry[]>();
  for (const entry of entries) {
    if (entry.group === undefined) continue;
    const members = groups.get(entry.group) ?? [];
    groups.set(entry.group, members);
    members.push(entry);
  }
  return {
    groups: groups.size,
    ungrouped: entries.filter(({ group }) => group === undefined).length,
    crossing: [...groups]
      .filter(([, members]) => new Set(members.map(({ split }) => split)).size > 1)
      .map(([group, members]) => ({ group, bySplit: countSplits(members) }))
      .sort((a, b) => (a.group < b.group ? -1 : 1)),
  };
}

function nearFigures(entries: readonly DatasetEntry[], pairs: readonly NearPair[]): NearFigures {
  const leaks = pairs.flatMap(({ first, second, likeness }) => {
    const [one, other] = [entries[first], entries[second]];
    if (one === undefined || other === undefined || one.split === other.split) return [];
    return [{ first: one.path, second: other.path, splits: [one.split, other.split] as const, likeness }];
  });
  const pictures = new Set(pairs.flatMap(({ first, second }) => [first, second])).size;
  return { pairs: pairs.length, pictures, leaks };
}

function warningsOf(figures: Omit<DatasetFigures, 'warnings'>): string[] {
  const { classes, imbalance, groups, near } = figures;
  const warnings: string[] = [];
  const uses = {
    train: 'there is nothing to learn from',
    validation: 'nothing tells when to stop training, and no threshold can be fitted',
    test: 'no figure on it can be reported',
  };
  for (const split of SPLITS) {
    const without = classes.filter(({ bySplit }) => bySplit[split] === 0).map(({ label }) => label);
    if (without.length === classes.length) warnings.push(`the ${split} split is empty: ${uses[split]}`);
    else if (without.length > 0) warnings.push(`no ${split} pictures of ${without.join(', ')}`);
  }
  if (classes.length === 1) warnings.push('there is one class only: nothing to decide between');
  if (imbalance.ratio !== null && imbalance.ratio >= IMBALANCED) {
    const { largest, smallest, ratio } = imbalance;
    warnings.push(
      `${largest} has ${ratio.toFixed(1)} times the training pictures of ${smallest}: consider train --balance 1`,
    );
  }
  if (groups.crossing.length > 0) {
    warnings.push(
      `${groups.crossing.length} of ${groups.groups} groups lie in several splits, which flatters the figures: ` +
        'import with --resplit',
    );
  }
  if (near !== null && near.leaks.length > 0) {
    warnings.push(
      `${near.leaks.length} pairs of near duplicates lie in two splits, which flatters the figures: ` +
        'import with --leaks drop or move',
    );
  }
  return warnings;
}
