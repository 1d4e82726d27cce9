/** `fashiond train`: a data set in, a model folder out; here `train category`. */
import { rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import type { Config } from '../config/schema.js';
import { FashiondError } from '../domain/errors.js';
import { loadModelFolder } from '../infer/model-folder.js';
import { readDataset } from '../learn/dataset/dataset.js';
import type { Dataset } from '../learn/dataset/dataset.js';
import { baseModelOf } from '../learn/fine-tuning/base-model.js';
import { fineTuningOf, fineTuningText } from '../learn/fine-tuning/fine-tuning.js';
import type { FineTuning } from '../learn/fine-tuning/fine-tuning.js';
import { trainCategory } from '../learn/train-category.js';
import type { TrainedCategory } from '../learn/train-category.js';
import { AUGMENTATIONS } from '../learn/train/augment.js';
import { TRAIN_DEFAULTS } from '../learn/train/options.js';
import type { TrainOptions } from '../learn/train/options.js';
import { epochLine, progressBar } from '../learn/train/progress.js';
import { chooseRuntime } from '../model/runtime.js';
import type { RuntimeChoice, RuntimeWish } from '../model/runtime.js';
import { systemClock } from '../platform/clock.js';
import type { CliContext } from './context.js';
import type { OutOfFoldFolder } from './calibrate-folder.js';
import { finishTraining } from './finish-training.js';
import { firstFolder, judgeFirst, keepFirst, outOfFold, remarkOn, withEveryLabel } from './refit.js';
import { checkLine } from './registry.js';
import { REMINDERS, REVIEW_DEFAULTS } from './review-training.js';
import { trainHeadFromFlags } from './train-backbone.js';
import { defaultsFor, fineTuningFromFlags } from './train-start.js';
import type { StartFlags } from './train-start.js';
import { draftFolder, registerTrained, reviewMaterial } from './train-review.js';
import { REVIEWED } from './reviewed-set.js';

export interface Folders {
  readonly data: string;
  readonly out: string;
}

export interface TrainFlags extends StartFlags {
  readonly data?: string;
  readonly fromReview?: true;
  readonly rendered?: number;
  readonly out?: string;
  readonly name: string;
  readonly epochs: number;
  readonly batch: number;
  readonly lr?: number;
  readonly balance: number;
  readonly mixup: number;
  readonly augment: keyof typeof AUGMENTATIONS;
  readonly rate: Readonly<Record<string, number>>;
  readonly seed: number;
  readonly patience: number;
  readonly workers?: number;
  readonly backbone?: string;
  readonly runtime: RuntimeWish['runtime'];
  readonly device: RuntimeWish['device'];
  readonly mirror: boolean;
  readonly calibrateOn?: readonly string[];
  readonly offDomain?: string;
  readonly resume?: true;
  readonly checkpointMinutes: number;
}

export async function trainFromFlags(flags: TrainFlags & Folders, context: CliContext): Promise<void> {
  const dataset = await readDataset(flags.data);
  if (flags.backbone !== undefined) {
    const options = optionsFrom(flags, Math.min(2, availableParallelism()), null);
    const trained = await trainHeadFromFlags(
      { ...flags, backbone: flags.backbone },
      dataset,
      options,
      context,
    );
    await finishTraining(flags, dataset, { trained, from: null, threads: options.workers }, context);
    return;
  }
  const runtime = await runtimeFrom(flags);
  const from = await fineTuningFromFlags(flags, dataset);
  const options = optionsFrom(flags, workersOn(runtime), from);
  await runTraining(flags, dataset, { runtime, from, options }, context);
}

/** What people labelled, on top of the current model. `given`: the flags that are no defaults. */
export async function trainFromReview(
  config: Config,
  flags: TrainFlags,
  given: Partial<TrainFlags>,
  context: CliContext,
): Promise<void> {
  const { base, dataset, repeats, record, everyRecord, remarks } = await reviewMaterial(
    config,
    flags.rendered ?? REMINDERS,
    context.signal,
  );
  for (const remark of remarks) context.note(remark);
  const out = flags.out ?? draftFolder(config);
  const runtime = await runtimeFrom(flags);
  const model = baseModelOf(base.folder, base.manifest, base.weights);
  const from = fineTuningOf(model, dataset.index, {
    absent: 'keep',
    keep: flags.keep ?? REVIEW_DEFAULTS.keep,
  });
  const options = {
    ...optionsFrom({ ...flags, ...REVIEW_DEFAULTS, ...given }, workersOn(runtime), from),
    learningRate: flags.lr ?? REVIEW_DEFAULTS.learningRate,
    warmupSteps: REVIEW_DEFAULTS.warmupSteps,
    rates: { [REVIEWED]: repeats },
  };
  const requireGoing = (): void => {
    if (context.signal.aborted)
      throw new FashiondError('cancelled', 'the training was stopped: nothing is registered');
  };
  try {
    const training = { runtime, from, options, record };
    const { bestEpoch } = await runTraining({ ...flags, out: firstFolder(out) }, dataset, training, context);
    requireGoing();
    const first = await loadModelFolder(firstFolder(out));
    const verdict = await judgeFirst(first, base, dataset, { config, threads: options.workers });
    for (const check of verdict.checks) context.print(checkLine(check));
    if (verdict.passed) {
      context.note('it passes by the held-out labels: taught once more in the same way, with every label');
      const again = {
        ...training,
        options: { ...options, epochs: Math.max(1, bestEpoch), patience: options.epochs + 1 },
        record: everyRecord,
        remark: remarkOn(first),
        outOfFold: outOfFold(out, dataset),
      };
      await runTraining({ ...flags, out }, withEveryLabel(dataset), again, context);
      requireGoing();
    } else {
      context.note('it does not pass by the held-out labels, and stays as it is: without them');
      await keepFirst(out);
    }
    await registerTrained(config, out, base, context);
  } finally {
    if (flags.out === undefined) await rm(out, { recursive: true, force: true });
  }
}

function runtimeFrom({ runtime, device }: TrainFlags): Promise<RuntimeChoice> {
  return chooseRuntime(
    { runtime, device },
    { names: { runtime: '--runtime', device: '--device' }, noTensorFlow: null },
  );
}

function workersOn({ device }: RuntimeChoice): number {
  return device === 'cpu' ? Math.min(2, availableParallelism()) : 1;
}

interface Training {
  readonly runtime: RuntimeChoice;
  readonly from: FineTuning | null;
  readonly options: TrainOptions;
  /** For the history. */
  readonly record?: Readonly<Record<string, unknown>>;
  /** Of a training whose epochs were chosen before: how that came about, for the card. */
  readonly remark?: string;
  readonly outOfFold?: OutOfFoldFolder;
}

async function runTraining(
  flags: TrainFlags & Pick<Folders, 'out'>,
  dataset: Dataset,
  { runtime, from, options, record = {}, remark, outOfFold: answered }: Training,
  context: CliContext,
): Promise<TrainedCategory> {
  context.note(`training with ${runtime.runtime} on ${runtime.device}: ${runtime.reason}`);
  if (from !== null) context.note(fineTuningText(from));
  const trained = await trainCategory(dataset, options, {
    out: flags.out,
    name: flags.name,
    resume: flags.resume === true,
    runtime,
    checkpointEveryMs: flags.checkpointMinutes * 60_000,
    ...(from === null ? {} : { from }),
    mirrored: flags.mirror,
    record,
    ...(remark === undefined ? {} : { remark, keepLast: true }),
    signal: context.signal,
    clock: systemClock,
    ...(context.interactive
      ? { onStep: (progress) => process.stderr.write(`\r${progressBar(progress, options.epochs)}\u001b[K`) }
      : {}),
    onEpoch: (record) => {
      if (context.interactive) process.stderr.write('\r\u001b[K');
      context.note(epochLine(record, options.epochs));
    },
  });
  const { workers: threads } = options;
  await finishTraining(flags, dataset, { trained, from, threads, outOfFold: answered }, context);
  return trained;
}

function optionsFrom(flags: TrainFlags, workers: number, from: FineTuning | null): TrainOptions {
  const { learningRate, warmupSteps } = defaultsFor(from);
  return {
    ...TRAIN_DEFAULTS,
    epochs: flags.epochs,
    batch: flags.batch,
    learningRate: flags.lr ?? learningRate,
    warmupSteps,
    balance: flags.balance,
    mixup: flags.mixup,
    augmentation: AUGMENTATIONS[flags.augment],
    rates: flags.rate,
    seed: flags.seed,
    patience: flags.patience,
    workers: flags.workers ?? workers,
  };
}
