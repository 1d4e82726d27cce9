/** `fashiond train category`. */
import { Option } from 'commander';
import type { Command } from 'commander';
import { FashiondError } from '../../domain/errors.js';
import { ABSENT_RULES } from '../../learn/fine-tuning/classes.js';
import { AUGMENTATIONS } from '../../learn/train/augment.js';
import { FINE_TUNE_RATE, TRAIN_DEFAULTS } from '../../learn/train/options.js';
import { DEVICES, RUNTIMES } from '../../model/runtime.js';
import { requiredConfig, withConfigOption } from '../config-option.js';
import type { CliContext } from '../context.js';
import { atLeastZero, positive, rateOfSource, unit, whole } from '../option-values.js';
import { REMINDERS } from '../review-training.js';
import type { Folders, TrainFlags } from '../train.js';
import { withCalibrationOptions } from './calibration-options.js';

/** What the review and the current model decide. */
const NOT_WITH_REVIEW = ['data', 'from', 'absent', 'backbone', 'rate'];

/** Options of the command that say nothing where only a head is trained. */
const NOT_WITH_BACKBONE = [
  'from',
  'keep',
  'absent',
  'mirror',
  'resume',
  'mixup',
  'augment',
  'runtime',
  'device',
  'checkpointMinutes',
];

/** `train`: the command that holds one command for each kind of model. */
export function registerTrainCategory(train: Command, context: CliContext): void {
  const category = addFolderOptions(withConfigOption(train.command('category')))
    .description('train the network that decides an item’s category from a picture')
    .option('--name <name>', 'name of the model', 'category');
  addLearningOptions(category)
    .addOption(oneOf('--runtime <name>', 'what computes the network', RUNTIMES))
    .addOption(oneOf('--device <name>', 'where it is computed', DEVICES))
    .addOption(
      new Option(
        '--backbone <file>',
        'ONNX file, or YAML that names one, as frozen features: only a head is trained on them',
      ).conflicts(NOT_WITH_BACKBONE),
    )
    .option('--no-mirror', 'a model that looks at a picture only, not at its mirror image as well');
  addStartOptions(category);
  withCalibrationOptions(category)
    .option('--resume', 'go on from the checkpoint in the output folder')
    .option('--checkpoint-minutes <n>', 'time between two checkpoints within an epoch', positive, 5)
    .action(async (flags: TrainFlags) => {
      if (flags.fromReview === true) {
        const { config } = await requiredConfig(category);
        if (flags.resume === true && flags.out === undefined) {
          throw new FashiondError('usage', '--resume needs to know where the training was', {
            hint: 'Add --out FOLDER.',
          });
        }
        const { trainFromReview } = await import('../train.js');
        await trainFromReview(config, flags, givenOf(flags, category), context);
        return;
      }
      const folders = requiredFolders(flags);
      const { trainFromFlags } = await import('../train.js');
      await trainFromFlags({ ...flags, ...folders }, context);
    });
}

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

/** How it learns. */
function addLearningOptions(command: Command): Command {
  return command
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
    );
}

/** What a training starts from. */
function addStartOptions(command: Command): void {
  command
    .option('--from <folder>', 'start from the weights of this model; classes are matched by name')
    .option(
      '--keep <weight>',
      'with --from: how strongly to keep to that model’s answers; 1 where classes change, else 0',
      atLeastZero,
    )
    .addOption(
      new Option(
        '--absent <what>',
        'with --from: what becomes of that model’s classes of which the data has no pictures; refuse if not given',
      ).choices(ABSENT_RULES),
    );
}

/** Options that were given on the command line. */
function givenOf(flags: TrainFlags, command: Command): Partial<TrainFlags> {
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

/** An option that takes one of these names, and `fallback` when it is not given. */
function oneOf(flags: string, description: string, names: readonly string[], fallback = 'auto'): Option {
  return new Option(flags, description).choices(names).default(fallback);
}
