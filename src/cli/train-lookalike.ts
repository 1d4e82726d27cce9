/** `fashiond train lookalike`: truths of what is alike in, the network that finds lookalikes out. */
import { availableParallelism } from 'node:os';
import { readFile } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join } from 'node:path';
import type { Command } from 'commander';
import { PIXELS_VERSION, preparePixels } from '../images/prepare.js';
import { readPairs } from '../learn/lookalike/pair-data.js';
import type { PairPicture } from '../learn/lookalike/pair-data.js';
import { trainLookalike } from '../learn/lookalike/train-lookalike.js';
import { writeLookalikeFolder } from '../learn/lookalike/write-lookalike.js';
import { lookalikeNetwork } from '../learn/networks/lookalike.js';
import { LOOKALIKE_AUGMENTATION } from '../learn/train/augment.js';
import { TRAIN_DEFAULTS } from '../learn/train/options.js';
import { epochLine, progressBar } from '../learn/train/progress.js';
import { describeEnd } from '../learn/train/train-end.js';
import type { StartingPoint } from '../learn/train/start-from.js';
import { readWeights, WEIGHTS_FILE } from '../model/weights.js';
import { sha256Hex } from '../platform/fingerprint.js';
import { systemClock } from '../platform/clock.js';
import { parseTruth } from '../search/evaluation/truth.js';
import type { CliContext } from './context.js';
import { positive, whole } from './option-values.js';
import { progressOf } from './picture-progress.js';
import { readText } from './search-truth.js';

interface Flags {
  readonly truth: readonly string[];
  readonly out: string;
  readonly name: string;
  readonly from?: string;
  readonly size: number;
  readonly epochs: number;
  readonly batch: number;
  readonly lr: number;
  readonly temperature: number;
  readonly seed: number;
  readonly workers?: number;
  readonly resume?: true;
}

const MAX_PIXELS = 40_000_000;
const FILL = 255;
const VALIDATION_SHARE = 0.03;

export function registerTrainLookalike(train: Command, context: CliContext): void {
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
    .action(async (flags: Flags) => trainFromFlags(flags, context));
}

async function trainFromFlags(flags: Flags, context: CliContext): Promise<void> {
  const pictures = (await Promise.all(flags.truth.map(picturesOf))).flat();
  const progress = progressOf(context);
  const { size, seed } = flags;
  const data = await readPairs(pictures, {
    size,
    seed,
    validationShare: VALIDATION_SHARE,
    preprocessing: PIXELS_VERSION,
    decode: async (bytes) => {
      const outcome = await preparePixels(bytes, { size, fill: FILL, maxPixels: MAX_PIXELS });
      return outcome.kind === 'pixels' ? outcome.pixels : null;
    },
    signal: context.signal,
    onPicture: (done, of) => progress.show(done, of),
  });
  progress.clear();
  context.note(`${pictures.length} pictures of ${data.groups.length} garments`);
  const spec = lookalikeNetwork(size, data.factCount, flags.temperature);
  const options = {
    ...TRAIN_DEFAULTS,
    epochs: flags.epochs,
    batch: flags.batch,
    learningRate: flags.lr,
    patience: flags.epochs,
    // Pairs are neither balanced nor mixed.
    balance: 0,
    mixup: 0,
    labelSmoothing: 0,
    seed,
    workers: flags.workers ?? Math.min(2, availableParallelism()),
    augmentation: LOOKALIKE_AUGMENTATION,
  };
  const result = await trainLookalike(spec, data, options, {
    out: flags.out,
    resume: flags.resume === true,
    from: flags.from === undefined ? null : await startingPoint(flags.from),
    signal: context.signal,
    clock: systemClock,
    ...(context.interactive
      ? { onStep: (step) => process.stderr.write(`\r${progressBar(step, options.epochs)}\u001b[K`) }
      : {}),
    onEpoch: (record) => {
      if (context.interactive) process.stderr.write('\r\u001b[K');
      context.note(epochLine(record, options.epochs));
    },
  });
  const manifest = await writeLookalikeFolder(flags.out, spec, result, {
    name: flags.name,
    fill: FILL,
    createdAt: new Date(systemClock.now()).toISOString(),
    options,
    pictures: pictures.length,
    garments: data.groups.length,
    truths: flags.truth.map((file) => basename(file)),
  });
  context.print(`${describeEnd(result.end)}; best epoch ${result.best.epoch}`);
  context.print(`model ${manifest.fingerprint} written to ${flags.out}`);
}

async function picturesOf(file: string): Promise<PairPicture[]> {
  const name = basename(file);
  return parseTruth(await readText(file), file).map(({ path, group, category, facts = [] }) => ({
    file: isAbsolute(path) ? path : join(dirname(file), path),
    group: `${name} ${group}`,
    category: category === null ? null : `${name} ${category}`,
    facts,
  }));
}

async function startingPoint(folder: string): Promise<StartingPoint> {
  const { spec, tensors } = await readWeights(join(folder, WEIGHTS_FILE));
  const columns = spec.contrastive === undefined ? [] : Array.from({ length: spec.classes }, (_, at) => at);
  const fingerprint = sha256Hex(await readFile(join(folder, WEIGHTS_FILE)));
  return { name: basename(folder), fingerprint, tensors, columns };
}
