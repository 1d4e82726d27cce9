/** Our network and HOG + linear machines, trained on the same pictures and judged as `fashiond evaluate` judges. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { CliContext } from '../../src/cli/context.js';
import { evaluateFolder } from '../../src/cli/evaluate-folder.js';
import type { Evaluated } from '../../src/cli/evaluate-folder.js';
import { hogDescriptor } from '../../src/cli/hog-descriptor.js';
import { FashiondError } from '../../src/domain/errors.js';
import type { Dataset } from '../../src/learn/dataset/dataset.js';
import { compare } from '../../src/learn/evaluation/compare.js';
import type { FineTuning } from '../../src/learn/fine-tuning/fine-tuning.js';
import { DEFAULT_PROMISE } from '../../src/learn/rejection/guaranteed-threshold.js';
import { writeReport } from '../../src/learn/report/write-report.js';
import { SVM_DEFAULTS } from '../../src/learn/svm/options.js';
import { trainSvm } from '../../src/learn/svm/train-svm.js';
import { trainCategory } from '../../src/learn/train-category.js';
import type { TrainCategorySetting } from '../../src/learn/train-category.js';
import type { TrainOptions } from '../../src/learn/train/options.js';
import { describeEnd } from '../../src/learn/train/train-end.js';
import { epochLine, progressBar } from '../../src/learn/train/progress.js';
import { systemClock } from '../../src/platform/clock.js';
import { figuresTable } from './figures-table.js';

export interface Contestant {
  readonly name: string;
  /** Its model folder. */
  readonly folder: string;
  readonly trainedMs: number;
}

/** Something of each of the two. */
export interface Contest<T> {
  readonly network: T;
  readonly machines: T;
}

export interface NetworkTraining {
  readonly options: TrainOptions;
  readonly network?: NonNullable<TrainCategorySetting['network']>;
  /** The model it starts from; random weights when absent. */
  readonly from?: FineTuning;
}

/** As many threads as the machine has cores, two at most: times are those of two cores. */
export const THREADS: number = Math.min(2, availableParallelism());

/** Probabilities above it are accepted. */
const THRESHOLD = 0.9;

/** Both are trained, one after the other, into folders below `folder`. */
export async function trainContest(
  dataset: Dataset,
  training: NetworkTraining,
  folder: string,
  context: CliContext,
): Promise<Contest<Contestant>> {
  const network = await trainNetwork(dataset, training, join(folder, 'cnn'), context);
  return { network, machines: await trainMachines(dataset, join(folder, 'hog-svm'), context) };
}

/** On the test split; prints their figures side by side. `of` names the pictures, and says whether they are rendered. */
export async function judgeContest(
  { network, machines }: Contest<Contestant>,
  of: string,
  dataset: Dataset,
  context: CliContext,
): Promise<Contest<Evaluated>> {
  const parts = { network: await judged(network, dataset), machines: await judged(machines, dataset) };
  const columns = [
    { ...network, report: parts.network.report },
    { ...machines, report: parts.machines.report },
  ];
  for (const line of figuresTable(of, columns)) context.print(line);
  return parts;
}

/** Throws FashiondError when the training did not come to its end. */
export async function trainNetwork(
  dataset: Dataset,
  { options, network, from }: NetworkTraining,
  folder: string,
  context: CliContext,
): Promise<Contestant> {
  const clear = (): void => {
    if (context.interactive) process.stderr.write('\r\u001b[K');
  };
  const start = systemClock.monotonic();
  const { end } = await trainCategory(dataset, options, {
    out: folder,
    name: 'CNN',
    resume: false,
    ...(network === undefined ? {} : { network }),
    ...(from === undefined ? {} : { from }),
    signal: context.signal,
    clock: systemClock,
    ...(context.interactive
      ? { onStep: (progress) => process.stderr.write(`\r${progressBar(progress, options.epochs)}\u001b[K`) }
      : {}),
    onEpoch: (record) => {
      clear();
      context.note(epochLine(record, options.epochs));
    },
  });
  clear();
  if (end.kind === 'interrupted' || end.kind === 'diverged') {
    const code = end.kind === 'interrupted' ? 'cancelled' : 'refused';
    throw new FashiondError(code, `the training did not come to its end: ${describeEnd(end)}`, {
      hint: 'run the experiment again: pictures that were rendered are kept',
    });
  }
  return { name: 'CNN', folder, trainedMs: systemClock.monotonic() - start };
}

async function trainMachines(dataset: Dataset, folder: string, context: CliContext): Promise<Contestant> {
  const start = systemClock.monotonic();
  const { cost, attempts } = await trainSvm(dataset, SVM_DEFAULTS, {
    out: folder,
    name: 'HOG + SVM',
    descriptor: hogDescriptor,
    signal: context.signal,
    clock: systemClock,
  });
  const unfinished = attempts.filter((attempt) => attempt.unfinished > 0).map((attempt) => attempt.cost);
  const rest = unfinished.length === 0 ? '' : `; not converged with ${unfinished.join(', ')}`;
  context.note(`HOG + SVM: C = ${cost} of ${attempts.map((attempt) => attempt.cost).join(', ')}${rest}`);
  return { name: 'HOG + SVM', folder, trainedMs: systemClock.monotonic() - start };
}

/** On the test split. */
export async function judged({ folder }: Contestant, dataset: Dataset): Promise<Evaluated> {
  return evaluateFolder(folder, dataset, {
    split: 'test',
    threshold: THRESHOLD,
    promised: DEFAULT_PROMISE,
    threads: THREADS,
  });
}

/** Writes report.html of both models, side by side. */
export async function writeContestReport(
  folder: string,
  dataset: Dataset,
  { network, machines }: Contest<Evaluated>,
  context: CliContext,
): Promise<void> {
  const comparison = compare(network.judged, machines.judged);
  await writeReport(folder, dataset, [network, machines], comparison);
  context.print(`report with the worst mistakes as pictures: ${join(folder, 'report.html')}`);
}
