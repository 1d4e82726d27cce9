/** `fashiond train dcgan`: a generator of pictures, and the encoder that describes a picture by its numbers. */
import type { Command } from 'commander';
import { FashiondError } from '../domain/errors.js';
import { readDataset } from '../learn/dataset/dataset.js';
import { encoderLine, passLine, verdictLine } from '../learn/dcgan/figure-text.js';
import { makeDcgan } from '../learn/dcgan/make-dcgan.js';
import { DCGAN_DEFAULTS } from '../learn/dcgan/options.js';
import type { DcganOptions } from '../learn/dcgan/options.js';
import { systemClock } from '../platform/clock.js';
import type { CliContext } from './context.js';
import { positive, whole } from './option-values.js';

interface TrainDcganFlags {
  readonly data: string;
  readonly out: string;
  readonly name: string;
  readonly width: number;
  readonly batch: number;
  readonly lr: number;
  readonly epochs?: number;
  readonly encoderEpochs?: number;
  readonly minutes?: number;
  readonly seed: number;
  readonly threads: number;
  readonly resume?: true;
  readonly checkpointMinutes: number;
}

/** `train`: the command that holds one command for each kind of model. */
export function registerTrainDcgan(train: Command, context: CliContext): void {
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
    .action(async (flags: TrainDcganFlags) => trainFromFlags(flags, context));
}

async function trainFromFlags(flags: TrainDcganFlags, context: CliContext): Promise<void> {
  const dataset = await readDataset(flags.data);
  const judgement = await makeDcgan(dataset, optionsFrom(flags), {
    out: flags.out,
    name: flags.name,
    resume: flags.resume === true,
    checkpointEveryMs: flags.checkpointMinutes * 60_000,
    signal: context.signal,
    clock: systemClock,
    ...(context.interactive
      ? {
          onStep: ({ phase, epoch, step, steps }) =>
            process.stderr.write(`\r${phase} epoch ${epoch}: step ${step} of ${steps}\u001b[K`),
        }
      : {}),
    onEpoch: (record) => {
      if (context.interactive) process.stderr.write('\r\u001b[K');
      context.note(passLine(record));
    },
  });
  context.print(verdictLine(judgement));
  context.print(encoderLine(judgement));
  context.print(`model and report.html written to ${flags.out}`);
  if (judgement.diversity.verdict.kind !== 'collapsed') return;
  throw new FashiondError(
    'refused',
    'the generator has collapsed, so there is little for its encoder to invert',
    {
      hint: 'see report.html; train longer, with another --seed, or with more pictures',
    },
  );
}

function optionsFrom(flags: TrainDcganFlags): DcganOptions {
  const { width, batch, lr, seed, threads, minutes = null } = flags;
  const passes = (given: number | undefined, fallback: number): number =>
    given ?? (minutes === null ? fallback : Number.MAX_SAFE_INTEGER);
  return {
    ...DCGAN_DEFAULTS,
    width,
    batch,
    learningRate: lr,
    epochs: passes(flags.epochs, DCGAN_DEFAULTS.epochs),
    encoderEpochs: passes(flags.encoderEpochs, DCGAN_DEFAULTS.encoderEpochs),
    minutes,
    seed,
    threads,
  };
}
