/** `fashiond train lookalike`: truths of what is alike in, the network that finds lookalikes out. */
import { availableParallelism } from 'node:os';
import { readFile } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { MAX_PIXELS } from '../domain/picture.js';
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
import { progressOf } from './picture-progress.js';
import { readText } from './search-truth.js';

export interface LookalikeFlags {
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

const FILL = 255;
const VALIDATION_SHARE = 0.03;

export async function trainLookalikeFromFlags(flags: LookalikeFlags, context: CliContext): Promise<void> {
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
