/** What follows every training of a network: its figures, its limits, its report, and whether it went well. */
import { FashiondError } from '../domain/errors.js';
import { unseen } from '../learn/dataset/check-classes.js';
import { picturesOf } from '../learn/dataset/dataset.js';
import type { Dataset } from '../learn/dataset/dataset.js';
import { interval } from '../learn/evaluation/share.js';
import { withLabels } from '../learn/fine-tuning/classes.js';
import type { FineTuning } from '../learn/fine-tuning/fine-tuning.js';
import { memoryLines } from '../learn/fine-tuning/memory.js';
import { LIMITS_PROMISE } from '../learn/rejection/fit-limits.js';
import { temperatureText } from '../learn/temperature.js';
import type { TrainedCategory } from '../learn/train-category.js';
import { describeEnd, LOWER_RATE } from '../learn/train/train-end.js';
import { calibrateFolder, limitLines, readDatasets } from './calibrate-folder.js';
import type { OutOfFoldFolder } from './calibrate-folder.js';
import type { CliContext } from './context.js';
import { reportTraining } from './report-training.js';

interface FinishFlags {
  readonly out: string;
  readonly calibrateOn?: readonly string[];
  readonly offDomain?: string;
}

/** Throws FashiondError `refused` for a training that diverged; its best model is written all the same. */
export async function finishTraining(
  flags: FinishFlags,
  dataset: Dataset,
  {
    trained,
    from,
    threads,
    outOfFold,
  }: {
    trained: TrainedCategory;
    from: FineTuning | null;
    threads: number;
    outOfFold?: OutOfFoldFolder | undefined;
  },
  context: CliContext,
): Promise<void> {
  for (const line of summary(trained)) context.print(line);
  await calibrateFromFlags(flags, dataset, { from, threads, outOfFold }, context);
  await reportTraining(flags.out, dataset, threads);
  context.print(`model and report.html written to ${flags.out}`);
  if (trained.end.kind === 'diverged') {
    const message = `training ${describeEnd(trained.end)}; the model is that of epoch ${trained.bestEpoch}`;
    throw new FashiondError('refused', message, { hint: LOWER_RATE });
  }
}

/** Fits what the new model refuses to the validation split, and to the other shops' where they are named. */
async function calibrateFromFlags(
  flags: FinishFlags,
  dataset: Dataset,
  {
    from,
    threads,
    outOfFold,
  }: { from: FineTuning | null; threads: number; outOfFold: OutOfFoldFolder | undefined },
  context: CliContext,
): Promise<void> {
  const without = from === null ? [] : unseen(withLabels(dataset, from.plan.labels).index, 'validation');
  if (without.length > 0) {
    context.note(
      `no validation pictures of ${without.join(', ')}, so no limits: the model decides by its fixed threshold`,
    );
    return;
  }
  if (picturesOf(dataset.index, 'validation').length === 0) {
    context.note('no validation pictures, so no limits: the model decides by its fixed threshold');
    return;
  }
  const manifest = await calibrateFolder(flags.out, {
    data: dataset,
    others: await readDatasets(flags.calibrateOn ?? []),
    split: 'validation',
    ...(flags.offDomain === undefined ? {} : { offDomain: flags.offDomain }),
    ...(outOfFold === undefined ? {} : { outOfFold }),
    promised: LIMITS_PROMISE,
    threads,
  });
  for (const line of limitLines(manifest)) context.print(line);
}

function summary(trained: TrainedCategory): string[] {
  const { end, bestEpoch, evaluations, temperature, temperatureFrom, memory } = trained;
  return [
    `${describeEnd(end)}; best epoch ${bestEpoch}`,
    `temperature ${temperature.toFixed(3)}, ${temperatureText(temperatureFrom)}`,
    ...evaluations.flatMap(({ split, all, bySource }) =>
      [{ source: 'all', figures: all }, ...bySource].map(
        ({ source, figures }) =>
          `${split}, ${source}: ${figures.pictures} pictures, accuracy ${interval(figures.accuracy)}, above ` +
          `${figures.threshold} precision ${interval(figures.precision)} coverage ${interval(figures.coverage)}`,
      ),
    ),
    ...(memory === null ? [] : memoryLines(memory)),
  ];
}
