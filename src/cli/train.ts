/** `fashiond train`: a data set in, a model folder out; here `train category`. */
import { rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { Option } from 'commander';
import type { Command } from 'commander';
import { requiredConfig, withConfigOption } from './config-option.js';
import type { CliContext, RegisterCommand } from './context.js';
import { FashiondError } from '../domain/errors.js';
import { readDataset } from '../learn/dataset/dataset.js';
import type { Dataset } from '../learn/dataset/dataset.js';
import { baseModelOf } from '../learn/fine-tuning/base-model.js';
import { FINE_TUNE_RATE, fineTuningOf, fineTuningText } from '../learn/fine-tuning/fine-tuning.js';
import type { FineTuning } from '../learn/fine-tuning/fine-tuning.js';
import { trainCategory } from '../learn/train-category.js';
import { AUGMENTATIONS } from '../learn/train/augment.js';
import { TRAIN_DEFAULTS } from '../learn/train/options.js';
import type { TrainOptions } from '../learn/train/options.js';
import { epochLine, progressBar } from '../learn/train/progress.js';
import { chooseRuntime, DEVICES, RUNTIMES } from '../model/runtime.js';
import type { RuntimeChoice, RuntimeWish } from '../model/runtime.js';
import { systemClock } from '../platform/clock.js';
import { OTHER_SHOPS } from './calibrate-folder.js';
import { finishTraining } from './finish-training.js';
import { positive, rateOfSource, unit, whole } from './option-values.js';
import { NOT_WITH_BACKBONE, trainHeadFromFlags } from './train-backbone.js';
import { addStartOptions, defaultsFor, fineTuningFromFlags } from './train-start.js';
import type { StartFlags } from './train-start.js';
import { draftFolder, registerTrained, REMINDERS, REVIEW_DEFAULTS, reviewMaterial } from './train-review.js';
import { REVIEWED } from './reviewed-set.js';
import { registerTrainDcgan } from './train-dcgan.js';
import { registerTrainLookalike } from './train-lookalike.js';
import { registerTrainSvm } from './train-svm.js';
import { registerTrainText } from './train-text.js';

interface Folders {
  readonly data: string;
  readonly out: string;
}

interface TrainFlags extends StartFlags {
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

/** What the review and the current model decide. */
const NOT_WITH_REVIEW = ['data', 'from', 'absent', 'backbone', 'rate'];

export const registerTrain: RegisterCommand = (program, context) => {
  const train = program.command('train').description('train a model');
  const category = addFolderOptions(withConfigOption(train.command('category')))
    .description('train the network that decides an item’s category from a picture')
    .option('--name <name>', 'name of the model', 'category')
    .option('--epochs <n>', 'passes over the pictures', whole(1), TRAIN_DEFAULTS.epochs)
    .option('--batch <n>', 'pictures of one step', whole(2), TRAIN_DEFAULTS.batch)
    .option(
      '--lr <rate>',
      `highest learning rate; ${TRAIN_DEFAULTS.learningRate}, or ${FINE_TUNE_RATE} where --from changes classes`,
      positive,
    )
    .option('--balance <share>', '0: classes as they are; 1: all equally often', unit, TRAIN_DEFAULTS.balance)
    .option('--mixup <a>', 'strength of mixup, 0 to 1; 0 turns it off', unit, TRAIN_DEFAULTS.mixup)
    .addOption(
      oneOf('--augment <how>', 'how far shown pictures are altered', Object.keys(AUGMENTATIONS), 'wide'),
    )
    .option(
      '--rate <source=times>',
      'how often an epoch shows a picture of this source; repeatable',
      rateOfSource,
      {},
    )
    .option('--seed <n>', 'decides every random choice', whole(0), TRAIN_DEFAULTS.seed)
    .option('--patience <n>', 'epochs without improvement before it stops', whole(1), TRAIN_DEFAULTS.patience)
    .option(
      '--workers <n>',
      'threads, one core each; 2 where there are as many, 1 on another device',
      whole(1),
    )
    .addOption(oneOf('--runtime <name>', 'what computes the network', RUNTIMES))
    .addOption(oneOf('--device <name>', 'where it is computed', DEVICES))
    .addOption(
      new Option(
        '--backbone <file>',
        'ONNX file, or YAML that names one, as frozen features: only a head is trained on them',
      ).conflicts(NOT_WITH_BACKBONE),
    )
    .option('--no-mirror', 'a model that looks at a picture only, not at its mirror image as well')
    .option('--calibrate-on <folder...>', OTHER_SHOPS)
    .option('--off-domain <folder>', 'pictures of other things, of which at most 5 % may be accepted')
    .option('--resume', 'go on from the checkpoint in the output folder')
    .option('--checkpoint-minutes <n>', 'time between two checkpoints within an epoch', positive, 5)
    .action(async (flags: TrainFlags) => {
      if (flags.fromReview === true) await trainFromReview(flags, category, context);
      else await trainFromFlags({ ...flags, ...requiredFolders(flags) }, context);
    });
  addStartOptions(category);
  registerTrainLookalike(train, context);
  registerTrainSvm(train, context);
  registerTrainDcgan(train, context);
  registerTrainText(train, context);
};

/** What is taught from, and where the model goes. */
function addFolderOptions(command: Command): Command {
  return command
    .option('--data <folder>', 'data set, made by `fashiond dataset import`')
    .addOption(
      new Option(
        '--from-review',
        'teach the current model what people labelled, and register the result as candidate; needs --config',
      ).conflicts(NOT_WITH_REVIEW),
    )
    .option(
      '--rendered <n>',
      `with --from-review: rendered pictures of each category that remind of it, ${REMINDERS} if not said`,
      whole(2, 1000),
    )
    .option(
      '--out <folder>',
      'model folder to write; the checkpoint is kept there too. With --from-review one below model.folder without it',
    );
}

async function trainFromFlags(flags: TrainFlags & Folders, context: CliContext): Promise<void> {
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

/** What people labelled, on top of the current model. */
async function trainFromReview(flags: TrainFlags, command: Command, context: CliContext): Promise<void> {
  const { config } = await requiredConfig(command);
  if (flags.resume === true && flags.out === undefined) {
    throw new FashiondError('usage', '--resume needs to know where the training was', {
      hint: 'Add --out FOLDER.',
    });
  }
  const { base, dataset, repeats, remarks } = await reviewMaterial(
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
  const chosen = withoutDefaults(flags, command);
  const options = {
    ...optionsFrom({ ...flags, ...REVIEW_DEFAULTS, ...chosen }, workersOn(runtime), from),
    learningRate: flags.lr ?? REVIEW_DEFAULTS.learningRate,
    warmupSteps: REVIEW_DEFAULTS.warmupSteps,
    rates: { [REVIEWED]: repeats },
  };
  try {
    await runTraining({ ...flags, out }, dataset, { runtime, from, options }, context);
    if (context.signal.aborted)
      throw new FashiondError('cancelled', 'the training was stopped: nothing is registered');
    await registerTrained(config, out, base, context);
  } finally {
    if (flags.out === undefined) await rm(out, { recursive: true, force: true });
  }
}

/** Options that were given on the command line. */
function withoutDefaults(flags: TrainFlags, command: Command): Partial<TrainFlags> {
  return Object.fromEntries(
    Object.entries(flags).filter(([name]) => command.getOptionValueSource(name) !== 'default'),
  );
}

function requiredFolders({ data, out }: TrainFlags): Folders {
  if (data !== undefined && out !== undefined) return { data, out };
  throw new FashiondError('usage', `train category needs ${data === undefined ? '--data' : '--out'} FOLDER`, {
    hint: 'Name a data set and where the model goes; or teach the current model with --from-review --config FILE.',
  });
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
}

async function runTraining(
  flags: TrainFlags & Pick<Folders, 'out'>,
  dataset: Dataset,
  { runtime, from, options }: Training,
  context: CliContext,
): Promise<void> {
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
  await finishTraining(flags, dataset, { trained, from, threads: options.workers }, context);
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

/** An option that takes one of these names, and `fallback` when it is not given. */
function oneOf(flags: string, description: string, names: readonly string[], fallback = 'auto'): Option {
  return new Option(flags, description).choices(names).default(fallback);
}
