/** `fashiond train svm`: the baseline, HOG and linear machines, trained on a data set. */
import { readDataset } from '../learn/dataset/dataset.js';
import { interval } from '../learn/evaluation/share.js';
import { SVM_DEFAULTS } from '../learn/svm/options.js';
import { trainSvm } from '../learn/svm/train-svm.js';
import { systemClock } from '../platform/clock.js';
import type { CliContext } from './context.js';
import { hogDescriptor } from './hog-descriptor.js';
import { reportTraining } from './report-training.js';

export interface TrainSvmFlags {
  readonly data: string;
  readonly out: string;
  readonly name: string;
  readonly cost?: number;
  readonly seed: number;
}

export async function trainSvmFromFlags(flags: TrainSvmFlags, context: CliContext): Promise<void> {
  const dataset = await readDataset(flags.data);
  const options = {
    ...SVM_DEFAULTS,
    seed: flags.seed,
    ...(flags.cost === undefined ? {} : { costs: [flags.cost] }),
  };
  const { cost, attempts, evaluations } = await trainSvm(dataset, options, {
    out: flags.out,
    name: flags.name,
    descriptor: hogDescriptor,
    signal: context.signal,
    clock: systemClock,
    ...(context.interactive
      ? {
          onMachine: ({ cost, machine, of }) =>
            process.stderr.write(`\rC = ${cost}: machine ${machine} of ${of}\u001b[K`),
        }
      : {}),
  });
  if (context.interactive) process.stderr.write('\r\u001b[K');
  for (const attempt of attempts) {
    const { validationAccuracy, unfinished } = attempt;
    const rest = unfinished === 0 ? '' : `, ${unfinished} machines not converged`;
    context.note(`C = ${attempt.cost}: validation accuracy ${validationAccuracy.toFixed(3)}${rest}`);
  }
  context.print(`C = ${cost}`);
  for (const { split, all } of evaluations) {
    context.print(
      `${split}: ${all.pictures} pictures, accuracy ${interval(all.accuracy)}, above ${all.threshold} precision ` +
        `${interval(all.precision)} coverage ${interval(all.coverage)}`,
    );
  }
  await reportTraining(flags.out, dataset, 1);
  context.print(`model and report.html written to ${flags.out}`);
}
