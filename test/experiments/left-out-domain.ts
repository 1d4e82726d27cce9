/**
 * How much a setting of the training helps where pictures look otherwise: trained on photos that people took of their
 * clothes and on rendered pictures, judged on photos of a shop; then the other way round. No picture of a test split
 * is used, so that what is chosen by these figures may still be tested.
 */
import { join } from 'node:path';
import type { CliContext } from '../../src/cli/context.js';
import { positive, unit, whole } from '../../src/cli/option-values.js';
import type { CategoryId } from '../../src/domain/ids.js';
import type { Dataset } from '../../src/learn/dataset/dataset.js';
import { TRAIN_DEFAULTS } from '../../src/learn/train/options.js';
import { judged, THREADS, trainNetwork } from './contest.js';
import { figuresTable } from './figures-table.js';
import { AS_GIVEN, dealtAnew, importPictures, joinDatasets } from './import-pictures.js';
import { photosFromHome, photosFromShop } from './photo-data.js';
import { photosFolder } from './photos.js';
import { RENDERED_LICENCE, writeRenderedList } from './rendered-list.js';
import { renderedPictures } from './rendered-pictures.js';
import { experimentCommand, workFolder } from './work-folder.js';

interface Flags {
  readonly work: string;
  readonly epochs: number;
  readonly size: number;
  readonly rendered: number;
  readonly mixup: number;
  readonly labelSmoothing: number;
  readonly weightDecay: number;
  readonly dropout: number;
}

interface Domains {
  readonly home: Dataset;
  readonly shop: Dataset;
  readonly rendered: Dataset;
}

const KINDS = [
  't-shirt',
  'long-sleeve',
  'shirt',
  'dress',
  'skirt',
  'trousers',
  'shorts',
  'coat',
  'hat',
  'shoes',
] as const;
const SEED = 303;

/** Throws FashiondError; says so and ends where there are no photos. */
export async function leftOutDomainExperiment(args: readonly string[], context: CliContext): Promise<void> {
  const command = experimentCommand('left-out-domain', 'settings of the training, judged on another domain')
    .option('--epochs <n>', 'passes over the pictures', whole(1), 20)
    .option('--size <px>', 'side of the square pictures, a multiple of 16', whole(32, 256), 64)
    .option('--rendered <n>', 'rendered pictures of each class', whole(1), 300)
    .option('--mixup <a>', 'strength of mixup, 0 to 1', unit, TRAIN_DEFAULTS.mixup)
    .option('--label-smoothing <share>', '0 to 1', unit, TRAIN_DEFAULTS.labelSmoothing)
    .option('--weight-decay <rate>', 'decay of the weights', positive, TRAIN_DEFAULTS.weightDecay)
    .option('--dropout <share>', 'features left out, 0 to 1', unit, 0.2)
    .parse(args, { from: 'user' });
  const flags = command.opts<Flags>();
  const photos = photosFolder('left-out-domain', context);
  if (photos === null) return;
  const work = workFolder(flags.work, context);
  const { home, shop, rendered } = await importDomains(photos, work, flags, context);
  await trial('home to shop', [home, rendered], shop, flags, work, context);
  context.print('');
  await trial('shop to home', [shop, rendered], home, flags, work, context);
}

/** Trains on some domains and judges all that is in the other. */
async function trial(
  name: string,
  [known, rendered]: readonly [Dataset, Dataset],
  leftOut: Dataset,
  flags: Flags,
  work: string,
  context: CliContext,
): Promise<void> {
  const dataset = joinDatasets([
    { name: 'known', dataset: known },
    { name: 'rendered', dataset: rendered },
    { name: 'left out', dataset: dealtAnew(leftOut, () => 'test') },
  ]);
  const { epochs, mixup, labelSmoothing, weightDecay, dropout } = flags;
  const options = { ...TRAIN_DEFAULTS, epochs, mixup, labelSmoothing, weightDecay, workers: THREADS };
  const folder = join(work, 'left-out-domain', name.replaceAll(' ', '-'));
  const network = await trainNetwork(dataset, { options, network: { dropout } }, folder, context);
  const { report } = await judged(network, dataset);
  for (const line of figuresTable(`photos, ${name}`, [{ ...network, report }])) context.print(line);
}

function withoutTest(dataset: Dataset): Dataset {
  return dealtAnew(dataset, ({ split }) => (split === 'test' ? null : split));
}

async function importDomains(
  photos: string,
  work: string,
  { size, rendered }: Flags,
  context: CliContext,
): Promise<Domains> {
  const placed = (name: string): { size: number; out: string } => ({
    size,
    out: join(work, 'left-out-domain', `${name}-${size}px`),
  });
  const home = await photosFromHome(photos, placed('home'), context);
  const shop = await photosFromShop(photos, placed('shop'), context);
  const rendering = { perClass: rendered, kinds: KINDS, seed: SEED, profile: 'training' } as const;
  const folder = await renderedPictures(work, rendering, context);
  return {
    home: withoutTest(home),
    shop: withoutTest(shop),
    rendered: await importPictures(
      {
        ...placed('rendered'),
        list: await writeRenderedList(work, 'left-out-domain', [
          { ...rendering, folder, splitOf: () => 'train' },
        ]),
        licences: RENDERED_LICENCE,
        splits: AS_GIVEN,
        classOf: (name) => name as CategoryId,
      },
      context,
    ),
  };
}
