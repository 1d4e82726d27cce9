/** Which picture comes into which split, where neither folder nor manifest says so. */
import { sha256Hex } from '../../platform/fingerprint.js';
import { SPLITS } from './dataset.js';
import type { Split } from './dataset.js';

export type SplitShares = Readonly<Record<Split, number>>;

/**
 * A split's name: all of them go there. `seeded`: each group goes where a hash of seed and group says, so that
 * adding pictures moves no other picture; the shares are met on average (of 170 groups, 30 % are 51 give or take
 * 6). `stratified`: every class gets its shares, as far as whole groups allow; adding pictures may move others.
 */
export type Dealing = Split | 'seeded' | 'stratified';

export interface SplitRule {
  readonly dealing: Dealing;
  readonly seed: number;
  /** What each split gets; need not add up to 1. */
  readonly shares: SplitShares;
  /** Splits that folder or manifest give and that are dealt anew all the same. */
  readonly resplit: readonly Split[];
}

interface Dealt {
  readonly path: string;
  readonly label: string;
  readonly split: Split | null;
  readonly group: string | null;
  readonly dealtBy: string;
}

/** The pictures, each with its split. A group that is dealt comes into one split as a whole. */
export function deal<T extends Dealt>(
  pictures: readonly T[],
  rule: SplitRule,
): (T & { readonly split: Split })[] {
  const isOpen = ({ split }: T): boolean => split === null || rule.resplit.includes(split);
  const splitOf = dealer(pictures.filter(isOpen), rule);
  return pictures.map((picture) => ({
    ...picture,
    split: picture.split === null || isOpen(picture) ? splitOf(picture) : picture.split,
  }));
}

function dealer<T extends Dealt>(open: readonly T[], rule: SplitRule): (picture: T) => Split {
  const { dealing, seed, shares } = rule;
  if (dealing === 'seeded') {
    return ({ dealtBy }) => splitAt(placeOf(seed, dealtBy), shares);
  }
  if (dealing === 'stratified') {
    const splits = stratify(open, rule);
    return (picture) => splits.get(identityOf(picture)) ?? 'train';
  }
  return () => dealing;
}

/** Group by group in the order of their hashes; a group is where the middle of its pictures lies in its class. */
function stratify(open: readonly Dealt[], { seed, shares }: SplitRule): Map<string, Split> {
  const groups = new Map<string, Map<string, number>>();
  for (const picture of open) {
    const labels = groups.get(identityOf(picture)) ?? new Map<string, number>();
    groups.set(identityOf(picture), labels.set(picture.label, (labels.get(picture.label) ?? 0) + 1));
  }
  const classes = new Map<string, { name: string; place: number; pictures: number }[]>();
  for (const [name, labels] of groups) {
    // A group of several classes, as contributors are, counts for the class it has most of.
    const [[label] = ['']] = [...labels].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
    const pictures = [...labels.values()].reduce((sum, count) => sum + count, 0);
    const members = classes.get(label) ?? [];
    classes.set(label, members);
    members.push({ name, place: placeOf(seed, name), pictures });
  }
  const splits = new Map<string, Split>();
  for (const members of classes.values()) {
    const total = members.reduce((sum, { pictures }) => sum + pictures, 0);
    let before = 0;
    for (const { name, pictures } of members.sort((a, b) => a.place - b.place)) {
      splits.set(name, splitAt((before + pictures / 2) / total, shares));
      before += pictures;
    }
  }
  return splits;
}

function identityOf({ group, path }: Dealt): string {
  return group ?? path;
}

/** From 0 to below 1, evenly spread. */
function placeOf(seed: number, name: string): number {
  return Number.parseInt(sha256Hex(Buffer.from(`${seed} ${name}`)).slice(0, 8), 16) / 2 ** 32;
}

function splitAt(place: number, shares: SplitShares): Split {
  const all = SPLITS.reduce((sum, split) => sum + shares[split], 0);
  if (place < shares.train / all) return 'train';
  return place < (shares.train + shares.validation) / all ? 'validation' : 'test';
}
