/** What a fine-tuned network still knows of what its base knew, and what it has learnt. */
import type { CategoryId } from '../../domain/ids.js';
import { picturesOf } from '../dataset/dataset.js';
import type { Dataset, Split } from '../dataset/dataset.js';
import { predictionsOf } from '../evaluate.js';
import { decisionsOf } from '../evaluation/decisions.js';
import type { Decision } from '../evaluation/decisions.js';
import { interval, share } from '../evaluation/share.js';
import type { Share } from '../evaluation/share.js';
import { buildServingGraph } from '../networks/serving-graph.js';
import { valuesOfBase } from './base-model.js';
import { withLabels } from './classes.js';
import type { FineTuning } from './fine-tuning.js';

export interface Memory {
  readonly split: Split;
  /** Accuracy of the base, and of the network now, on the same pictures: those of the base's classes that were kept. */
  readonly before: Share;
  readonly after: Share;
  /** Recall of each new class. */
  readonly added: readonly { readonly label: CategoryId; readonly recall: Share }[];
}

/**
 * On the test split, or on validation where there is none; null where the base looks at pictures of another size.
 * `mirrored`: whether the network serves mirror images too. The base is asked in the same way, so that what differs is
 * what was learnt.
 */
export async function memoryOf(
  { base, plan }: FineTuning,
  { network, mirrored }: { readonly network: Uint8Array; readonly mirrored: boolean },
  dataset: Dataset,
  threads: number,
): Promise<Memory | null> {
  const { index } = dataset;
  if (base.spec.size !== index.size) return null;
  const split = picturesOf(index, 'test').length > 0 ? 'test' : 'validation';
  const pictures = picturesOf(index, split);
  const labelOf = (picture: number): string => index.entries[picture]?.label ?? '';
  const isAdded = (picture: number): boolean => plan.added.some((label) => label === labelOf(picture));
  const known = pictures.filter((picture) => !isAdded(picture));
  const decide = async (bytes: Uint8Array, labels: readonly CategoryId[], some: readonly number[]) =>
    decisionsOf(await predictionsOf(bytes, withLabels(dataset, labels), some, threads));
  const asked = buildServingGraph({ ...base.spec, mirrored }, valuesOfBase(base));
  const before = await decide(asked, base.labels, known);
  const after = await decide(network, plan.labels, pictures);
  const added = plan.added.map((label) => ({
    label,
    recall: rightShare(after.filter((_, row) => labelOf(pictures[row] ?? -1) === label)),
  }));
  const still = after.filter((_, row) => !isAdded(pictures[row] ?? -1));
  return { split, before: rightShare(before), after: rightShare(still), added };
}

export function memoryLines({ split, before, after, added }: Memory): string[] {
  return [
    `${split}, classes it knew: accuracy ${interval(before)} before, ${interval(after)} now`,
    ...added.map(({ label, recall }) => `${split}, new class ${label}: found ${interval(recall)}`),
  ];
}

function rightShare(decisions: readonly Decision[]): Share {
  return share(decisions.filter(({ right }) => right).length, decisions.length);
}
