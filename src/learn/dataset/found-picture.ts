/** Picture files that are to become a data set, before any is opened. */
import type { Attributes, DatasetSource, Split } from './dataset.js';

export interface FoundPicture {
  readonly file: string;
  /** Source and path below its root, with forward slashes. */
  readonly path: string;
  readonly source: string;
  /** As the folder or the manifest names it; the importer makes a category of it. */
  readonly className: string;
  /** As the folder or the manifest gives it; null where it is to be dealt. */
  readonly split: Split | null;
  /** Whose pictures must not be in two splits: a product, a contributor; null when it is not told. */
  readonly group: string | null;
  /** What the deal by seed looks at: equal keys come into the same split. */
  readonly dealtBy: string;
  /** What else is told of it; empty where nothing is. */
  readonly attributes: Attributes;
}

/** What lies there and is not taken. */
export interface LeftOut {
  readonly path: string;
  readonly why: string;
}

export interface Found {
  readonly pictures: readonly FoundPicture[];
  readonly left: readonly LeftOut[];
  /** With the licences that a manifest states. */
  readonly sources: readonly DatasetSource[];
}

/** Splits by the names in use for them. */
const SPLIT_NAMES: ReadonlyMap<string, Split> = new Map([
  ['train', 'train'],
  ['validation', 'validation'],
  ['val', 'validation'],
  ['valid', 'validation'],
  ['test', 'test'],
]);

export function splitNamed(name: string): Split | null {
  return SPLIT_NAMES.get(name) ?? null;
}
