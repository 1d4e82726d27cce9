/** Which classes a fine-tuned network has: those of its base first, matched by name, then the new ones. */
import { FashiondError } from '../../domain/errors.js';
import type { CategoryId } from '../../domain/ids.js';
import { sha256Hex } from '../../platform/fingerprint.js';
import { picturesOf, pixelsOf } from '../dataset/dataset.js';
import type { Dataset, DatasetIndex } from '../dataset/dataset.js';

export interface ClassPlan {
  /** In the order of the network's outputs. */
  readonly labels: readonly CategoryId[];
  /** For each of the first labels its position among the base's; the labels after them are new. */
  readonly columns: readonly number[];
  readonly added: readonly CategoryId[];
  /** Of the base, kept, without a training picture in the data. */
  readonly absent: readonly CategoryId[];
  /** Of the base, forgotten. */
  readonly dropped: readonly CategoryId[];
}

/**
 * What happens to classes of the base of which the data has no training picture. What a network is not shown it
 * forgets, even where it is held to its answers about other pictures, so that nobody gets it without asking.
 */
export const ABSENT_RULES = ['refuse', 'keep', 'drop'] as const;
export type AbsentRule = (typeof ABSENT_RULES)[number];

/**
 * Throws FashiondError `usage` for classes that the data lacks, as `rule` says, and in any case for data that shows
 * only one class, or nothing that the base knows: shown nothing but new classes, a network learns to name them always,
 * and no distillation over the old ones speaks against it.
 */
export function planClasses(base: readonly CategoryId[], index: DatasetIndex, rule: AbsentRule): ClassPlan {
  const shown = new Set(picturesOf(index, 'train').map((picture) => index.entries[picture]?.label));
  const without = base.filter((label) => !shown.has(label));
  const added = index.labels.filter((label) => !base.includes(label));
  if (without.length === base.length || shown.size < 2) {
    const only = index.labels.filter((label) => shown.has(label)).join(', ');
    throw new FashiondError(
      'usage',
      `the data shows ${only === '' ? 'nothing' : `only ${only}`}: a network that is shown nothing else learns ` +
        'to see it everywhere',
      { hint: mergeHint(base) },
    );
  }
  if (rule === 'refuse' && without.length > 0) {
    throw new FashiondError(
      'usage',
      `the data has no training pictures of ${without.join(', ')}, which the model knows and would forget`,
      { hint: `${mergeHint(without)}; or say what becomes of these classes: --absent keep or --absent drop` },
    );
  }
  const dropped = rule === 'drop' ? without : [];
  const kept = base.filter((label) => !dropped.includes(label));
  return {
    labels: [...kept, ...added],
    columns: kept.map((label) => base.indexOf(label)),
    added,
    absent: rule === 'drop' ? [] : without,
    dropped,
  };
}

function mergeHint(labels: readonly string[]): string {
  return `merge pictures of ${labels.join(', ')} into the data with \`fashiond dataset merge\``;
}

/** Whether the classes or their order differ from the base's. */
export function changesClasses({ labels, columns, dropped }: ClassPlan): boolean {
  return dropped.length > 0 || labels.length > columns.length;
}

/** The same pictures, as a data set of these classes. */
export function withLabels({ index, pixels }: Dataset, labels: readonly CategoryId[]): Dataset {
  return { index: { ...index, labels }, pixels };
}

/** As `withLabels` with the classes of the plan; pictures of classes to forget are left out of every split. */
export function withClasses(dataset: Dataset, { labels, dropped }: ClassPlan): Dataset {
  const { entries } = dataset.index;
  const forgotten = new Set(dropped);
  const kept = [...entries.entries()].filter(([, { label }]) => !forgotten.has(label));
  if (kept.length === entries.length) return withLabels(dataset, labels);
  const pixels = Buffer.concat(kept.map(([picture]) => pixelsOf(dataset, picture)));
  const pixelsSha256 = sha256Hex(pixels);
  return {
    index: { ...dataset.index, labels, entries: kept.map(([, entry]) => entry), pixelsSha256 },
    pixels: new Uint8Array(pixels),
  };
}

/** What a training does to its base's classes, for people; null where it changes none and shows all. */
export function classesText({ added, absent, dropped }: ClassPlan): string | null {
  const parts = [
    ...(added.length === 0 ? [] : [`new: ${added.join(', ')}`]),
    ...(absent.length === 0 ? [] : [`kept without pictures: ${absent.join(', ')}`]),
    ...(dropped.length === 0 ? [] : [`forgotten: ${dropped.join(', ')}`]),
  ];
  return parts.length === 0 ? null : parts.join('; ');
}
