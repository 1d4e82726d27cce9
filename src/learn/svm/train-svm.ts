/** Data set -> folder of linear machines: describe, choose C on validation, train, calibrate, evaluate. */
import { FashiondError } from '../../domain/errors.js';
import type { Clock } from '../../domain/ports.js';
import { checkClasses } from '../dataset/check-classes.js';
import { classesOf, picturesOf, SPLITS } from '../dataset/dataset.js';
import type { Dataset, Split } from '../dataset/dataset.js';
import { bestOf } from '../evaluation/decisions.js';
import { judge } from '../evaluation/judge.js';
import { evaluationReport } from '../evaluation/report.js';
import type { EvaluationReport } from '../evaluation/report.js';
import { describeAll } from './descriptor.js';
import type { PictureDescriptor } from './descriptor.js';
import type { FeatureRows } from './dual-descent.js';
import { calibrate, decisionValues, trainMachines } from './one-against-rest.js';
import type { LinearMachines, MachineProgress } from './one-against-rest.js';
import { svmCard } from './svm-card.js';
import type { Attempt } from './svm-card.js';
import { svmManifest, writeSvmFolder } from './svm-folder.js';
import type { TrainSvmOptions } from './options.js';
import { svmModel } from './svm-model.js';

export interface TrainSvmSetting {
  readonly out: string;
  readonly name: string;
  readonly descriptor: PictureDescriptor;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly onMachine?: (progress: MachineProgress & { readonly cost: number }) => void;
}

export interface TrainedSvm {
  readonly cost: number;
  readonly attempts: readonly Attempt[];
  readonly evaluations: readonly EvaluationReport[];
}

/** Throws FashiondError `usage` when the data cannot be learnt from. */
export async function trainSvm(
  dataset: Dataset,
  options: TrainSvmOptions,
  setting: TrainSvmSetting,
): Promise<TrainedSvm> {
  const { index } = dataset;
  checkClasses(index);
  const start = setting.clock.monotonic();
  const train = labelledRows(dataset, 'train', setting.descriptor);
  const validation = labelledRows(dataset, 'validation', setting.descriptor);
  const describedMs = setting.clock.monotonic() - start;
  const { best, attempts } = await chooseCost(train, validation, index.labels.length, options, setting);
  const trainedMs = setting.clock.monotonic() - start - describedMs;
  const values = decisionValues(best.machines, validation.rows);
  const facts = {
    name: setting.name,
    createdAt: new Date(setting.clock.now()).toISOString(),
    input: { size: index.size, fill: index.fill },
    labels: index.labels,
    threshold: options.threshold,
    descriptor: { name: setting.descriptor.name, length: setting.descriptor.length },
    cost: best.cost,
    calibration: calibrate(values, validation.labels, index.labels.length),
  };
  const { weights } = best.machines;
  const manifest = svmManifest(facts, weights);
  const model = svmModel(manifest, weights, setting.descriptor);
  const evaluations: EvaluationReport[] = [];
  for (const split of SPLITS.slice(1)) {
    const judged = await judge(model, dataset, split, setting.clock);
    if (judged !== null) evaluations.push(evaluationReport(model, index, judged, options.threshold));
  }
  const card = svmCard({ manifest, index, attempts, evaluations });
  const history = { options, attempts, describedMs, trainedMs, evaluations };
  await writeSvmFolder(setting.out, { manifest, weights, card, history });
  return { cost: best.cost, attempts, evaluations };
}

interface LabelledRows {
  readonly rows: FeatureRows;
  readonly labels: readonly number[];
}

function labelledRows({ index, pixels }: Dataset, split: Split, descriptor: PictureDescriptor): LabelledRows {
  const pictures = picturesOf(index, split);
  if (pictures.length === 0) {
    throw new FashiondError('usage', `the data has no ${split} pictures`, {
      hint: 'import a folder with train/ and validation/, or one that is split by seed',
    });
  }
  return {
    rows: describeAll(descriptor, pixels, index.size, pictures),
    labels: pictures.map(classesOf(index)),
  };
}

async function chooseCost(
  train: LabelledRows,
  validation: LabelledRows,
  classes: number,
  options: TrainSvmOptions,
  setting: TrainSvmSetting,
): Promise<{
  readonly best: { readonly cost: number; readonly machines: LinearMachines };
  readonly attempts: readonly Attempt[];
}> {
  const attempts: Attempt[] = [];
  let best: { cost: number; machines: LinearMachines; accuracy: number } | null = null;
  for (const cost of [...options.costs].sort((a, b) => a - b)) {
    let unfinished = 0;
    const machines = await trainMachines(
      train.rows,
      train.labels,
      classes,
      { ...options, cost },
      {
        signal: setting.signal,
        onMachine: (progress) => {
          if (!progress.converged) unfinished += 1;
          setting.onMachine?.({ ...progress, cost });
        },
      },
    );
    const accuracy = accuracyOf(machines, validation);
    attempts.push({ cost, validationAccuracy: accuracy, unfinished });
    if (best === null || accuracy > best.accuracy) best = { cost, machines, accuracy };
  }
  if (best === null) throw new FashiondError('usage', 'no value of C to try');
  return { best, attempts };
}

function accuracyOf(machines: LinearMachines, { rows, labels }: LabelledRows): number {
  const values = decisionValues(machines, rows);
  const right = labels.filter((label, row) => largestOf(values, machines.classes, row) === label);
  return right.length / labels.length;
}

/** Decision values may all be negative, which probabilities never are. */
function largestOf(values: Float32Array, classes: number, row: number): number {
  const own = values.subarray(row * classes, (row + 1) * classes);
  const lowest = Math.min(...own);
  return bestOf(
    own.map((value) => value - lowest),
    classes,
    0,
  ).named;
}
