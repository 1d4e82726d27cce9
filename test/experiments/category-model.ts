/**
 * How a category model like the one that ships is made: rendered pictures of all categories and real photos, first
 * at 64 pixels, where a pass costs less than half, then on from there at 96, gently for photos at home, at last with
 * wide alterations and more of shops' pictures. Ends with the limits and with the figures on splits that had no part
 * in it.
 */
import { copyFile, mkdir, readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { CliContext } from '../../src/cli/context.js';
import { whole } from '../../src/cli/option-values.js';
import type { CategoryId } from '../../src/domain/ids.js';
import { GARMENT_KINDS } from '../../src/garments/spec.js';
import type { Profile } from '../../src/garments/spec.js';
import type { Dataset, Split } from '../../src/learn/dataset/dataset.js';
import { writeDataset } from '../../src/learn/dataset/dataset.js';
import { fashiond } from './fashiond.js';
import { AS_GIVEN, importPictures, joinDatasets } from './import-pictures.js';
import { photosFromHome, photosFromShop } from './photo-data.js';
import { photosFolder } from './photos.js';
import { RENDERED_LICENCE, writeRenderedList } from './rendered-list.js';
import { renderedPictures } from './rendered-pictures.js';
import { experimentCommand, workFolder } from './work-folder.js';

interface Flags {
  readonly work: string;
  readonly rendered: number;
  readonly first: number;
  readonly second: number;
  readonly third: number;
  readonly fourth: number;
}

/** Pictures of each category, seed and look of what is rendered. */
const RENDERED: Readonly<
  Record<Split, { readonly seed: number; readonly profile: Profile; readonly count: number }>
> = {
  train: { seed: 5001, profile: 'training', count: 1000 },
  validation: { seed: 7002, profile: 'held-out', count: 40 },
  test: { seed: 9003, profile: 'held-out', count: 60 },
};
const STAGES = ['first', 'second', 'third', 'fourth'] as const;
const SIZES = { first: 64, second: 96, third: 96, fourth: 96 } as const;
/** Passes over the real photos, which are few; of the rendered pictures an epoch shows a part. */
const EPOCHS = { first: 40, second: 24, third: 14, fourth: 22 } as const;
const SETTINGS = {
  first: ['--rate', 'rendered=0.3'],
  second: [
    '--rate',
    'rendered=0.15',
    '--rate',
    'magento=1.5',
    '--mixup',
    '0',
    '--augment',
    'mild',
    '--lr',
    '0.0015',
  ],
  third: [
    '--rate',
    'rendered=0.3',
    '--rate',
    'magento=3',
    '--mixup',
    '0',
    '--augment',
    'wide',
    '--lr',
    '0.001',
  ],
  fourth: [
    '--rate',
    'rendered=0.4',
    '--rate',
    'magento=3',
    '--mixup',
    '0',
    '--augment',
    'wide',
    '--lr',
    '0.0012',
  ],
} as const;

/** Throws FashiondError; says so and ends where there are no photos. Goes on where an interrupted run stopped. */
export async function categoryModelExperiment(args: readonly string[], context: CliContext): Promise<void> {
  const command = experimentCommand('category-model', 'a category model from rendered pictures and photos')
    .option(
      '--rendered <n>',
      'rendered pictures of each category to train on',
      whole(1),
      RENDERED.train.count,
    )
    .option('--first <n>', `passes over the photos at ${SIZES.first} pixels`, whole(1), EPOCHS.first)
    .option('--second <n>', `passes over the photos at ${SIZES.second} pixels`, whole(1), EPOCHS.second)
    .option('--third <n>', `then with wide alterations and more of shops`, whole(1), EPOCHS.third)
    .option('--fourth <n>', `and more rendered pictures yet`, whole(1), EPOCHS.fourth)
    .parse(args, { from: 'user' });
  const flags = command.opts<Flags>();
  const photos = photosFolder('category-model', context);
  if (photos === null) return;
  const work = join(workFolder(flags.work, context), 'category-model');
  const other = await otherThings(join(photos, 'offdomain'), join(work, 'other-things'));
  const stages = {
    first: join(work, 'first-stage'),
    second: join(work, 'second-stage'),
    third: join(work, 'third-stage'),
    fourth: join(work, 'category'),
  };
  let before: string | null = null;
  for (const stage of STAGES) {
    const out = stages[stage];
    // The manifest comes last: a folder that has one is whole.
    if (await exists(join(out, 'manifest.json'))) {
      before = out;
      continue;
    }
    const data = await gather(photos, work, SIZES[stage], flags.rendered, context);
    const epochs = String(flags[stage]);
    const start = before === null ? ['--name', 'first stage'] : ['--from', before, '--off-domain', other.fit];
    before = out;
    const resume = (await exists(join(out, 'checkpoint.bin'))) ? ['--resume'] : [];
    const places = ['--data', data, '--out', out, '--epochs', epochs, '--patience', epochs];
    await fashiond(context, 'train', 'category', ...places, ...SETTINGS[stage], ...start, ...resume);
  }
  const judged = [
    '--model',
    stages.fourth,
    '--data',
    dataFolder(work, SIZES.fourth),
    '--off-domain',
    other.test,
  ];
  await fashiond(context, 'evaluate', ...judged, '--backgrounds', '--out', join(work, 'report'));
}

function dataFolder(work: string, size: number): string {
  return join(work, `all-${size}px`);
}

/** Everything at this size as one data set; returns its folder. */
async function gather(
  photos: string,
  work: string,
  size: number,
  perClass: number,
  context: CliContext,
): Promise<string> {
  const place = (name: string): { size: number; out: string } => ({
    size,
    out: join(work, `${name}-${size}px`),
  });
  const home = await photosFromHome(photos, place('home'), context);
  const shop = await photosFromShop(photos, place('shop'), context);
  const rendered = await rendering(work, place('rendered'), perClass, context);
  const out = dataFolder(work, size);
  const parts = [
    { name: 'home', dataset: home },
    { name: 'shop', dataset: shop },
    { name: 'rendered', dataset: rendered },
  ] as const;
  await writeDataset(out, joinDatasets(parts));
  return out;
}

async function rendering(
  work: string,
  place: { readonly size: number; readonly out: string },
  perClass: number,
  context: CliContext,
): Promise<Dataset> {
  const parts = [];
  for (const split of ['train', 'validation', 'test'] as const) {
    const { seed, profile, count } = RENDERED[split];
    const asked = { kinds: GARMENT_KINDS, perClass: split === 'train' ? perClass : count, seed, profile };
    const folder = await renderedPictures(work, asked, context);
    parts.push({ ...asked, folder, splitOf: () => split });
  }
  return importPictures(
    {
      ...place,
      list: await writeRenderedList(work, 'rendered', parts),
      licences: RENDERED_LICENCE,
      splits: AS_GIVEN,
      classOf: (name) => name as CategoryId,
    },
    context,
  );
}

/**
 * Every other picture to fit the limits to, the rest to judge them by. Each stays in a folder of its name: some folders
 * hold bags, shoes and coats, which the model is right to accept, and are left out by their names.
 */
async function otherThings(
  from: string,
  to: string,
): Promise<{ readonly fit: string; readonly test: string }> {
  const folders = { fit: join(to, 'fit'), test: join(to, 'test') };
  const files = (await readdir(from, { recursive: true }))
    .filter((name) => /\.(?:jpe?g|png|webp)$/.test(name))
    .sort();
  for (const [at, name] of files.entries()) {
    const folder = at % 2 === 0 ? folders.fit : folders.test;
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await copyFile(join(from, name), join(folder, name));
  }
  return folders;
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}
