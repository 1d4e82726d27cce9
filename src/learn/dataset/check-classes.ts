/** Whether a data set can be learnt from at all. */
import { FashiondError } from '../../domain/errors.js';
import { picturesOf } from './dataset.js';
import type { DatasetIndex } from './dataset.js';

/** One class needs no decision, and one without training pictures would never be named: throws FashiondError. */
export function checkClasses(index: DatasetIndex): void {
  if (index.labels.length < 2) {
    throw new FashiondError('usage', `the data has one class only: ${index.labels.join()}`, {
      hint: 'import folders of at least two classes',
    });
  }
  const trained = new Set(picturesOf(index, 'train').map((picture) => index.entries[picture]?.label));
  const missing = index.labels.filter((label) => !trained.has(label));
  if (missing.length === 0) return;
  throw new FashiondError('usage', `no training pictures of ${missing.join(', ')}`, {
    hint: 'add pictures to the train split, or leave the class out with --map FOLDER=-',
  });
}
