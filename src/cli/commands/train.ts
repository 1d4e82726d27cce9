/** `fashiond train`: a data set in, a model folder out. */
import type { Command } from 'commander';
import { shippedFashionWordsPath } from '../../config/assets.js';
import { DCGAN_DEFAULTS } from '../../learn/dcgan/options.js';
import { SVM_DEFAULTS } from '../../learn/svm/options.js';
import { TRAIN_DEFAULTS } from '../../learn/train/options.js';
import type { CliContext, RegisterCommand } from '../context.js';
import { positive, whole } from '../option-values.js';
import type { TrainDcganFlags } from '../train-dcgan.js';
import type { LookalikeFlags } from '../train-lookalike.js';
import type { TrainSvmFlags } from '../train-svm.js';
import type { TrainTextFlags } from '../train-text.js';
import { registerTrainCategory } from './train-category.js';

export const registerTrain: RegisterCommand = (program, context) => {
  const train = program.command('train').description('train a model');
  registerTrainCategory(train, context);
  registerLookalike(train, context);
  registerSvm(train, context);
  registerDcgan(train, context);
  registerText(train, context);
};

function registerLookalike(train: Command, context: CliContext): void {
  train
    .command('lookalike')
    .description('train the network that tells which pictures show the same garment')
    .requiredOption(
      '--truth <file...>',
      'JSON Lines, a picture a line: {"path", "group", "category"}; pictures of one group show the same garment',
    )
    .requiredOption('--out <folder>', 'model folder to write; the checkpoint is kept there too')
    .option('--name <name>', 'name of the model', 'lookalike')
    .option('--from <folder>', 'start from the weights of this category or lookalike model')
    .option('--size <px>', 'side of the pictures', whole(16, 512), 64)
    .option('--epochs <n>', 'passes over the groups, a pair of each', whole(1), 9)
    .option('--batch <n>', 'pictures of one step', whole(4), 96)
    .option('--lr <rate>', 'highest learning rate', positive, 2e-3)
    .option(
      '--temperature <t>',
      'of the loss; the smaller, the more the nearest others count',
      positive,
      0.08,
    )
    .option('--seed <n>', 'decides every random choice', whole(0), TRAIN_DEFAULTS.seed)
    .option('--workers <n>', 'threads, one core each', whole(1))
    .option('--resume', 'go on from the checkpoint in the output folder')
    .action(async (flags: LookalikeFlags) => {
      const { trainLookalikeFromFlags } = await import('../train-lookalike.js');
      await trainLookalikeFromFlags(flags, context);
    });
}

function registerSvm(train: Command, context: CliContext): void {
  train
    .command('svm')
    .description('train the baseline: linear machines on histograms of oriented gradients')
    .requiredOption('--data <folder>', 'data set, made by `fashiond dataset import`')
    .requiredOption('--out <folder>', 'model folder to write')
    .option('--name <name>', 'name of the model', 'hog-svm')
    .option(
      '--cost <c>',
      `C; without it the best on validation of ${SVM_DEFAULTS.costs.join(', ')}`,
      positive,
    )
    .option('--seed <n>', 'decides the order of the pictures', whole(0), SVM_DEFAULTS.seed)
    .action(async (flags: TrainSvmFlags) => {
      const { trainSvmFromFlags } = await import('../train-svm.js');
      await trainSvmFromFlags(flags, context);
    });
}

function registerDcgan(train: Command, context: CliContext): void {
  const { width, batch, learningRate, epochs, encoderEpochs, seed, threads } = DCGAN_DEFAULTS;
  train
    .command('dcgan')
    .description(
      'train a generator of 64 px pictures against a discriminator, and an encoder that inverts it',
    )
    .requiredOption('--data <folder>', 'data set, made by `fashiond dataset import --size 64`')
    .requiredOption('--out <folder>', 'model folder to write; the checkpoint is kept there too')
    .option('--name <name>', 'name of the model', 'dcgan')
    .option('--width <n>', 'feature maps of the widest layer; the paper has 128', whole(1, 512), width)
    .option('--batch <n>', 'pictures of one step', whole(2), batch)
    .option('--lr <rate>', 'learning rate', positive, learningRate)
    .option(
      '--epochs <n>',
      `passes over the pictures; ${epochs}, or as many as --minutes leaves time for`,
      whole(1),
    )
    .option('--encoder-epochs <n>', `passes of the encoder after them; ${encoderEpochs} likewise`, whole(1))
    .option('--minutes <n>', 'end when they are up, seven tenths of them without the encoder', positive)
    .option('--seed <n>', 'decides every random choice', whole(0), seed)
    .option('--threads <n>', 'work on one step', whole(1), threads)
    .option('--resume', 'go on from the checkpoint in the output folder')
    .option('--checkpoint-minutes <n>', 'time between two checkpoints within an epoch', positive, 5)
    .action(async (flags: TrainDcganFlags) => {
      const { trainDcganFromFlags } = await import('../train-dcgan.js');
      await trainDcganFromFlags(flags, context);
    });
}

function registerText(train: Command, context: CliContext): void {
  train
    .command('text')
    .description(
      'train the model that tells an item’s category from its words, and join it with a picture model',
    )
    .requiredOption('--out <folder>', 'model folder to write')
    .option('--name <name>', 'name of the model', 'text')
    .option('--words <file>', 'YAML file of fashion words', shippedFashionWordsPath)
    .option('--texts <n>', 'texts of the grammar to fit it to', whole(100), 8000)
    .option('--seed <n>', 'decides every random choice', whole(0), 1)
    .option('--picture-model <folder>', 'picture model to join it with; the default is the one that ships')
    .option('--pictures <folder...>', 'class folders of pictures that model was not trained on', [])
    .option('--rendered <n>', 'rendered pictures of each category to join it with', whole(0), 80)
    .action(async (flags: TrainTextFlags) => {
      const { trainTextFromFlags } = await import('../train-text.js');
      await trainTextFromFlags(flags, context);
    });
}
