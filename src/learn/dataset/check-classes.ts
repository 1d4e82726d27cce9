/** Whether a data set can be learnt from at all. */
import { FashiondError } from '../../domain/errors.js';
import type { CategoryId } from '../../domain/ids.js';
import { picturesOf } from './dataset.js';
import type { DatasetIndex, Split } from './dataset.js';

/**
 * One class needs no decision, and one without training pictures would never be named: throws FashiondError.
 * `known`: classes that the network knows already.
 */
export function checkClasses(index: DatasetIndex, known: readonly CategoryId[] = []): void {
  if (index.labels.length < 2) {
    throw new FashiondError('usage', `the data has one class only: ${index.labels.join()}`, {
      hint: 'import folders of at least two classes',
    });
  }
  const missing = unseen(index, 'train').filter((label) => !known.includes(label));
  if (missing.length === 0) return;
  throw new FashiondError('usage', `no training pictures of ${missing.join(', ')}`, {
    hint: 'add pictures to the train split, or leave the class out with --map FOLDER=-',
  });
}

/** Classes without a picture in the split. */
export function unseen(index: DatasetIndex, split: Split): CategoryId[] {
  const seen = new Set(picturesOf(index, split).map((picture) => index.entries[picture]?.label));
  return index.labels.filter((label) => !seen.has(label));
}
