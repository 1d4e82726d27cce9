/** Hats against long-sleeves, real photos, in the splits they came in: nobody whose photos are tested was seen. */
import { join } from 'node:path';
import type { CliContext } from '../../src/cli/context.js';
import { whole } from '../../src/cli/option-values.js';
import type { CategoryId } from '../../src/domain/ids.js';
import { loadModelFolder } from '../../src/infer/model-folder.js';
import { baseModelOf } from '../../src/learn/fine-tuning/base-model.js';
import type { BaseModel } from '../../src/learn/fine-tuning/base-model.js';
import { fineTuningOf } from '../../src/learn/fine-tuning/fine-tuning.js';
import { DEFAULT_AUGMENTATION } from '../../src/learn/train/augment.js';
import { TRAIN_DEFAULTS } from '../../src/learn/train/options.js';
import { barLine, barsOf, requireKept } from './bars.js';
import type { Promised } from './bars.js';
import { judgeContest, THREADS, trainContest, writeContestReport } from './contest.js';
import { AS_GIVEN, dealtAnew, importPictures } from './import-pictures.js';
import { PHOTO_LICENCES, photosFolder } from './photos.js';
import { experimentCommand, workFolder } from './work-folder.js';

/** Seen from the project's folder, where npm runs scripts. */
const SHIPPED = 'data/models/category';
/** From random weights, and from a model that knows more classes. */
const SCRATCH = {
  size: 64,
  epochs: 40,
  learningRate: TRAIN_DEFAULTS.learningRate,
  mixup: TRAIN_DEFAULTS.mixup,
};
const FINE_TUNED = { epochs: 20, learningRate: 5e-4, mixup: 0 };
const CLASSES: ReadonlyMap<string, string> = new Map([
  ['hat', 'hat'],
  ['longsleeve', 'long-sleeve'],
]);
/** On the test split of the first source. */
const PROMISED: Promised = { precision: 0.995, coverage: 0.9 };

async function readBase(folder: string): Promise<BaseModel> {
  const { manifest, weights } = await loadModelFolder(folder);
  return baseModelOf(folder, manifest, weights);
}

/** Throws FashiondError when a promise was not kept; says so and ends where there are no photos. */
export async function hatExperiment(args: readonly string[], context: CliContext): Promise<void> {
  const command = experimentCommand('hat', 'photos of hats against photos of long-sleeves')
    .option(
      '--epochs <n>',
      `passes over the pictures; ${FINE_TUNED.epochs}, or ${SCRATCH.epochs} from scratch`,
      whole(1),
    )
    .option(
      '--from <folder>',
      'model to start from; its training must not have seen the test pictures',
      SHIPPED,
    )
    .option('--scratch', 'start from random weights')
    .parse(args, { from: 'user' });
  const flags = command.opts<{ epochs?: number; from: string; scratch?: true; work: string }>();
  const photos = photosFolder('hat', context);
  if (photos === null) return;
  const base = flags.scratch === true ? null : await readBase(flags.from);
  const plan = base === null ? SCRATCH : { ...FINE_TUNED, size: base.spec.size };
  const own = join(workFolder(flags.work, context), base === null ? 'hat-scratch' : 'hat');
  const dataset = await importPictures(
    {
      roots: ['clothing', 'clothing-extra'].map((name) => join(photos, name)),
      licences: { clothing: PHOTO_LICENCES.clothing, 'clothing-extra': PHOTO_LICENCES['clothing-extra'] },
      splits: AS_GIVEN,
      classOf: (name) => (CLASSES.get(name) ?? null) as CategoryId | null,
      size: plan.size,
      out: join(own, 'dataset'),
    },
    context,
  );
  const epochs = flags.epochs ?? plan.epochs;
  const options = {
    ...TRAIN_DEFAULTS,
    epochs,
    batch: 32,
    learningRate: plan.learningRate,
    mixup: plan.mixup,
    // Of five pictures one is a hat.
    balance: 1,
    patience: epochs,
    workers: THREADS,
    augmentation: { ...DEFAULT_AUGMENTATION, turn: 30 },
  };
  const from = base === null ? {} : { from: fineTuningOf(base, dataset.index, { absent: 'drop', keep: 0 }) };
  const contest = await trainContest(dataset, { options, ...from }, own, context);
  const promisedOn = dealtAnew(dataset, ({ source, split }) =>
    split === 'test' && source !== 'clothing' ? null : split,
  );
  const parts = await judgeContest(contest, 'photos of clothing', promisedOn, context);
  context.print('');
  const published = await judgeContest(contest, 'photos of clothing, clothing-extra', dataset, context);
  await writeContestReport(own, dataset, published, context);
  const bars = barsOf('CNN', parts.network.report, PROMISED);
  for (const bar of bars) context.print(barLine(bar));
  requireKept(bars);
}
