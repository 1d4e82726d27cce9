/** `fashiond train dcgan`: a generator of pictures, and the encoder that describes a picture by its numbers. */
import { FashiondError } from '../domain/errors.js';
import { readDataset } from '../learn/dataset/dataset.js';
import { encoderLine, passLine, verdictLine } from '../learn/dcgan/figure-text.js';
import { makeDcgan } from '../learn/dcgan/make-dcgan.js';
import { DCGAN_DEFAULTS } from '../learn/dcgan/options.js';
import type { DcganOptions } from '../learn/dcgan/options.js';
import { systemClock } from '../platform/clock.js';
import type { CliContext } from './context.js';

export interface TrainDcganFlags {
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

export async function trainDcganFromFlags(flags: TrainDcganFlags, context: CliContext): Promise<void> {
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
