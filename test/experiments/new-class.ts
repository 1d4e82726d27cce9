/**
 * A thirteenth class: a network that was taught twelve rendered categories, but no beanies, gets them on top. It has
 * to find the new class, and to name the old ones about as well as before.
 *
 * The commands are those that a user would type. Test pictures are of other seeds, drawn with other proportions,
 * colours, grounds and presentations than those for training (the renderer's `held-out` profile).
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CliContext } from '../../src/cli/context.js';
import { whole } from '../../src/cli/option-values.js';
import { FashiondError } from '../../src/domain/errors.js';
import type { ModelManifest } from '../../src/domain/model.js';
import { GARMENT_KINDS } from '../../src/garments/spec.js';
import type { GarmentKind, Profile } from '../../src/garments/spec.js';
import { memoryLines } from '../../src/learn/fine-tuning/memory.js';
import type { Memory } from '../../src/learn/fine-tuning/memory.js';
import { RENDERED_ATTRIBUTES, RENDERED_LICENCE, writeRenderedList } from './rendered-list.js';
import type { Listed } from './rendered-list.js';
import { renderedPictures } from './rendered-pictures.js';
import { fashiond } from './fashiond.js';
import { experimentCommand, workFolder } from './work-folder.js';

interface Form {
  /** Side of the pictures, in pixels. */
  readonly size: number;
  /** Pictures of each class that the base is taught, and of the new class. */
  readonly perClass: number;
  /** Pictures of each old class beside those of the new one. */
  readonly reminders: number;
  readonly test: number;
  readonly epochs: number;
  readonly grownEpochs: number;
}

const NEW_CLASS = 'beanie';
/** Of the pictures to learn from; the others are for validation. */
const TRAIN_SHARE = 0.85;
const FULL: Form = { size: 64, perClass: 400, reminders: 150, test: 100, epochs: 20, grownEpochs: 16 };
/** Shows that all of it works, not how good it can be. */
const SHORT: Form = { size: 32, perClass: 80, reminders: 30, test: 25, epochs: 40, grownEpochs: 30 };

const LEAST_RECALL = 0.9;
const MOST_LOST = 0.01;

/** What was promised and not kept, in words; empty when all was. */
export function brokenPromises({ before, after, added }: Memory): string[] {
  const lost = before.value - after.value;
  return [
    ...(lost > MOST_LOST + 1e-9
      ? [`old classes lost ${(100 * lost).toFixed(1)} points, at most ${100 * MOST_LOST} was promised`]
      : []),
    ...(added.length === 0 ? ['no new class was taught'] : []),
    ...added
      .filter(({ recall }) => recall.value < LEAST_RECALL)
      .map(({ label, recall }) => `${label} found ${recall.value.toFixed(3)}, promised ${LEAST_RECALL}`),
  ];
}

/** Throws FashiondError when a promise was not kept. */
export async function newClassExperiment(args: readonly string[], context: CliContext): Promise<void> {
  const command = experimentCommand('new-class', 'twelve rendered categories, and beanies on top')
    .option('--short', 'few pictures; the promises are printed, and not required')
    .option('--old <n>', 'pictures of each old class beside the new ones', whole(1))
    .option('--base <folder>', 'model that knows the other categories, instead of one that is trained first')
    .parse(args, { from: 'user' });
  const flags = command.opts<{ short?: true; old?: number; base?: string; work: string }>();
  const form = flags.short === true ? SHORT : FULL;
  const work = join(workFolder(flags.work, context), flags.short === true ? 'new-class-short' : 'new-class');
  const size = flags.base === undefined ? form.size : await sizeOf(flags.base);
  await makePictures({ ...form, size, reminders: flags.old ?? form.reminders }, work, context);
  if (flags.base === undefined) await fashiond(context, ...training(work, 'base', form.epochs));
  const base = flags.base ?? join(work, 'base-model');
  const results: Memory[] = [];
  for (const keep of ['0', '1']) {
    const out = `grown-keep-${keep}`;
    const more = ['--from', base, '--keep', keep];
    await fashiond(context, ...training(work, 'grown', form.grownEpochs, out), ...more);
    const history = JSON.parse(await readFile(join(work, out, 'history.json'), 'utf8')) as { memory: Memory };
    results.push(history.memory);
  }
  for (const [at, memory] of results.entries()) {
    context.print(
      at === 0 ? 'with pictures of the old classes:' : 'held to the base’s answers besides, to compare with:',
    );
    for (const line of memoryLines(memory)) context.print(`  ${line}`);
  }
  const broken = results[0] === undefined ? ['nothing was measured'] : brokenPromises(results[0]);
  for (const promise of broken) context.print(promise);
  if (broken.length > 0 && flags.short !== true) throw new FashiondError('refused', broken.join('; '));
}

/** Of the pictures that a model takes. */
async function sizeOf(model: string): Promise<number> {
  const manifest = JSON.parse(await readFile(join(model, 'manifest.json'), 'utf8')) as ModelManifest;
  return manifest.input.size;
}

function training(work: string, data: string, epochs: number, out = `${data}-model`): string[] {
  const places = ['--data', join(work, data), '--out', join(work, out)];
  return ['train', 'category', ...places, '--epochs', String(epochs), '--mixup', '0', '--batch', '32'];
}

/** Two data sets: `base` without the new class; `grown` with it, and with a few pictures of each old one. */
async function makePictures(form: Form, work: string, context: CliContext): Promise<void> {
  const draw = (perClass: number, seed: number, profile: Profile): Promise<string> =>
    renderedPictures(work, { perClass, kinds: GARMENT_KINDS, seed, profile }, context);
  const parts = partsOf(form, {
    many: await draw(form.perClass, 1, 'training'),
    few: await draw(form.reminders, 3, 'training'),
    test: await draw(form.test, 2, 'held-out'),
  });
  for (const [name, listed] of Object.entries(parts)) {
    const list = await writeRenderedList(work, name, listed);
    const told = [
      '--licence',
      `rendered=${RENDERED_LICENCE.rendered}`,
      '--attributes',
      RENDERED_ATTRIBUTES.join(),
    ];
    const where = ['--out', join(work, name), '--size', String(form.size)];
    await fashiond(context, 'dataset', 'import', '--csv', list, ...where, ...told);
  }
}

/** What each data set takes of the rendered pictures, which lie in these folders: perhaps more than are asked for. */
export function partsOf(
  { perClass, reminders, test }: Pick<Form, 'perClass' | 'reminders' | 'test'>,
  folders: Readonly<Record<'many' | 'few' | 'test', string>>,
): { readonly base: readonly Listed[]; readonly grown: readonly Listed[] } {
  const old = GARMENT_KINDS.filter((kind) => kind !== NEW_CLASS);
  const learning = (folder: string, kinds: readonly GarmentKind[], count: number): Listed => ({
    folder,
    kinds,
    perClass: count,
    splitOf: (number) => (number < TRAIN_SHARE * count ? 'train' : 'validation'),
  });
  const testing = (kinds: readonly GarmentKind[]): Listed => ({
    folder: folders.test,
    kinds,
    perClass: test,
    splitOf: () => 'test',
  });
  return {
    base: [learning(folders.many, old, perClass), testing(old)],
    grown: [
      learning(folders.many, [NEW_CLASS], perClass),
      learning(folders.few, old, reminders),
      testing(GARMENT_KINDS),
    ],
  };
}
