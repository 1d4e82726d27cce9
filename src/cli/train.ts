/** `fashiond train`: a data set in, a model folder out; here `train category`. */
import { availableParallelism } from 'node:os';
import { Option } from 'commander';
import type { CliContext, RegisterCommand } from './context.js';
import { readDataset } from '../learn/dataset/dataset.js';
import { FINE_TUNE_RATE, fineTuningText } from '../learn/fine-tuning/fine-tuning.js';
import type { FineTuning } from '../learn/fine-tuning/fine-tuning.js';
import { trainCategory } from '../learn/train-category.js';
import { AUGMENTATIONS } from '../learn/train/augment.js';
import { TRAIN_DEFAULTS } from '../learn/train/options.js';
import type { TrainOptions } from '../learn/train/options.js';
import { epochLine, progressBar } from '../learn/train/progress.js';
import { chooseRuntime, DEVICES, RUNTIMES } from '../model/runtime.js';
import type { RuntimeWish } from '../model/runtime.js';
import { systemClock } from '../platform/clock.js';
import { OTHER_SHOPS } from './calibrate-folder.js';
import { finishTraining } from './finish-training.js';
import { positive, rateOfSource, unit, whole } from './option-values.js';
import { NOT_WITH_BACKBONE, trainHeadFromFlags } from './train-backbone.js';
import { addStartOptions, defaultsFor, fineTuningFromFlags } from './train-start.js';
import type { StartFlags } from './train-start.js';
import { registerTrainSvm } from './train-svm.js';
import { registerTrainText } from './train-text.js';

interface TrainFlags extends StartFlags {
  readonly data: string;
  readonly out: string;
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

export const registerTrain: RegisterCommand = (program, context) => {
  const train = program.command('train').description('train a model');
  const category = train
    .command('category')
    .description('train the network that decides an item’s category from a picture')
    .requiredOption('--data <folder>', 'data set, made by `fashiond dataset import`')
    .requiredOption('--out <folder>', 'model folder to write; the checkpoint is kept there too')
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
    .action(async (flags: TrainFlags) => trainFromFlags(flags, context));
  addStartOptions(category);
  registerTrainSvm(train, context);
  registerTrainText(train, context);
};

async function trainFromFlags(flags: TrainFlags, context: CliContext): Promise<void> {
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
  const runtime = await chooseRuntime(
    { runtime: flags.runtime, device: flags.device },
    { names: { runtime: '--runtime', device: '--device' }, noTensorFlow: null },
  );
  const from = await fineTuningFromFlags(flags, dataset);
  const workers = runtime.device === 'cpu' ? Math.min(2, availableParallelism()) : 1;
  const options = optionsFrom(flags, workers, from);
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
