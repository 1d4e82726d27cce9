/** The report that a training leaves in its model folder. */
import { picturesOf } from '../learn/dataset/dataset.js';
import type { Dataset } from '../learn/dataset/dataset.js';
import { DEFAULT_PROMISE } from '../learn/rejection/guaranteed-threshold.js';
import { writeReport } from '../learn/report/write-report.js';
import { evaluateFolder } from './evaluate-folder.js';

/** On the test split; on validation, which flatters, where the data set has no test pictures. */
export async function reportTraining(folder: string, dataset: Dataset, threads: number): Promise<void> {
  const split = picturesOf(dataset.index, 'test').length > 0 ? 'test' : 'validation';
  const evaluated = await evaluateFolder(folder, dataset, {
    split,
    promised: DEFAULT_PROMISE,
    backgrounds: true,
    threads,
  });
  await writeReport(folder, dataset, [evaluated], null);
}
