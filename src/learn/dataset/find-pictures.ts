/** Picture files in folders per class, below train/, validation/ and test/ or directly below the root. */
import { readdir } from 'node:fs/promises';
import { basename, extname, join, resolve } from 'node:path';
import { FashiondError, messageOf } from '../../domain/errors.js';
import { sha256Hex } from '../../platform/fingerprint.js';
import { SPLITS } from './dataset.js';
import type { Split } from './dataset.js';

export interface FoundPicture {
  readonly file: string;
  /** Source and path below its root, with forward slashes. */
  readonly path: string;
  readonly source: string;
  readonly folder: string;
  readonly split: Split;
}

/** What lies in the folders and is not taken. */
export interface LeftOut {
  readonly path: string;
  readonly why: string;
}

export interface Found {
  readonly pictures: readonly FoundPicture[];
  readonly left: readonly LeftOut[];
}

export type SplitShares = Readonly<Record<Split, number>>;

export interface SplitRule {
  /** For roots without split folders: one split for all, or by seed. */
  readonly unsplit: Split | 'seeded';
  readonly seed: number;
  /** What each split gets of the groups when they are dealt by seed; need not add up to 1. */
  readonly shares: SplitShares;
  /** Pictures whose file names give the same first group stay in one split; null keeps none together. */
  readonly groupBy: RegExp | null;
}

const EXTENSIONS = new Set(['.jpg', '.jpeg', '.png', '.webp']);
/** Other names in use for a split's folder. */
const SPLIT_FOLDERS: Readonly<Record<string, Split>> = {
  ...Object.fromEntries(SPLITS.map((split) => [split, split])),
  val: 'validation',
  valid: 'validation',
};

/** The name of a root's pictures: its last folder. */
export function sourceOf(root: string): string {
  return basename(resolve(root));
}

/** Sorted by path, so that the same folders always give the same data set. */
export async function findPictures(root: string, rule: SplitRule): Promise<Found> {
  const source = sourceOf(root);
  const folders = await subfolders(root);
  const found: FoundPicture[] = [];
  const left: LeftOut[] = [];
  const isSplit = folders.some((folder) => SPLIT_FOLDERS[folder] === 'train');
  for (const folder of folders) {
    const split = SPLIT_FOLDERS[folder];
    if (!isSplit) found.push(...(await inClass(root, folder, source, (name) => splitOf(name, rule), left)));
    else if (split === undefined) left.push({ path: `${source}/${folder}`, why: 'no split folder' });
    else {
      for (const one of await subfolders(join(root, folder))) {
        found.push(...(await inClass(join(root, folder), one, `${source}/${folder}`, () => split, left)));
      }
    }
  }
  const byPath = (a: { path: string }, b: { path: string }): number =>
    a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
  return { pictures: found.map((picture) => ({ ...picture, source })).sort(byPath), left: left.sort(byPath) };
}

async function inClass(
  parent: string,
  folder: string,
  prefix: string,
  split: (name: string) => Split,
  left: LeftOut[],
): Promise<FoundPicture[]> {
  const names = await readdir(join(parent, folder));
  const isPicture = (name: string): boolean => EXTENSIONS.has(extname(name).toLowerCase());
  for (const name of names) {
    // Hidden files are the file manager's.
    if (isPicture(name) || name.startsWith('.')) continue;
    left.push({ path: `${prefix}/${folder}/${name}`, why: `not named ${[...EXTENSIONS].join(', ')}` });
  }
  return names.filter(isPicture).map((name) => ({
    file: join(parent, folder, name),
    path: `${prefix}/${folder}/${name}`,
    source: prefix,
    folder,
    split: split(name),
  }));
}

/**
 * By a hash of seed and group, so that adding pictures moves no other picture between splits. The shares are
 * met on average: of 170 groups, 30 % are 51 give or take 6.
 */
function splitOf(name: string, rule: SplitRule): Split {
  if (rule.unsplit !== 'seeded') return rule.unsplit;
  const group = rule.groupBy?.exec(name)?.[1] ?? name;
  const position = Number.parseInt(sha256Hex(Buffer.from(`${rule.seed} ${group}`)).slice(0, 8), 16) / 2 ** 32;
  const { train, validation, test } = rule.shares;
  const all = train + validation + test;
  if (position < train / all) return 'train';
  return position < (train + validation) / all ? 'validation' : 'test';
}

async function subfolders(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  } catch (error) {
    throw new FashiondError('not-found', `cannot read the folder ${folder}: ${messageOf(error)}`, {
      hint: 'name a folder that holds one folder of pictures per class',
      cause: error,
    });
  }
}
