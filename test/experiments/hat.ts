/** Hats against long-sleeves, real photos, in the splits they came in: nobody whose photos are tested was seen. */
import { join } from 'node:path';
import type { CliContext } from '../../src/cli/context.js';
import { whole } from '../../src/cli/option-values.js';
import type { CategoryId } from '../../src/domain/ids.js';
import { DEFAULT_AUGMENTATION } from '../../src/learn/train/augment.js';
import { TRAIN_DEFAULTS } from '../../src/learn/train/options.js';
import { barLine, barsOf, requireKept } from './bars.js';
import type { Promised } from './bars.js';
import { judgeContest, THREADS, trainContest, writeContestReport } from './contest.js';
import { AS_GIVEN, dealtAnew, importPictures } from './import-pictures.js';
import { PHOTO_LICENCES, photosFolder } from './photos.js';
import { experimentCommand, workFolder } from './work-folder.js';

const SIZE = 64;
const EPOCHS = 40;
const CLASSES: ReadonlyMap<string, string> = new Map([
  ['hat', 'hat'],
  ['longsleeve', 'long-sleeve'],
]);
/** On the test split of the first source. */
const PROMISED: Promised = { precision: 0.995, coverage: 0.9 };

/** Throws FashiondError when a promise was not kept; says so and ends where there are no photos. */
export async function hatExperiment(args: readonly string[], context: CliContext): Promise<void> {
  const command = experimentCommand('hat', 'photos of hats against photos of long-sleeves')
    .option('--epochs <n>', 'passes over the pictures', whole(1), EPOCHS)
    .parse(args, { from: 'user' });
  const { epochs, work } = command.opts<{ epochs: number; work: string }>();
  const photos = photosFolder('hat', context);
  if (photos === null) return;
  const own = join(workFolder(work, context), 'hat');
  const dataset = await importPictures(
    {
      roots: ['clothing', 'clothing-extra'].map((name) => join(photos, name)),
      licences: { clothing: PHOTO_LICENCES.clothing, 'clothing-extra': PHOTO_LICENCES['clothing-extra'] },
      splits: AS_GIVEN,
      classOf: (name) => (CLASSES.get(name) ?? null) as CategoryId | null,
      size: SIZE,
      out: join(own, 'dataset'),
    },
    context,
  );
  const options = {
    ...TRAIN_DEFAULTS,
    epochs,
    batch: 32,
    // Of five pictures one is a hat.
    balance: 1,
    patience: epochs,
    workers: THREADS,
    augmentation: { ...DEFAULT_AUGMENTATION, turn: 30 },
  };
  const contest = await trainContest(dataset, { options }, own, context);
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
