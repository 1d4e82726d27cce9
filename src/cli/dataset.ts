/** `fashiond dataset`: `generate` renders pictures, `import` makes a data set of folders of pictures. */
import { InvalidArgumentError } from 'commander';
import { categoryByName } from '../config/categories.js';
import type { Category } from '../domain/category.js';
import { FashiondError } from '../domain/errors.js';
import type { CategoryId } from '../domain/ids.js';
import { renderDataset } from '../garments/dataset.js';
import type { Profile } from '../garments/spec.js';
import { preparePixels } from '../images/prepare.js';
import { SPLITS, writeDataset } from '../learn/dataset/dataset.js';
import type { Split } from '../learn/dataset/dataset.js';
import type { SplitShares } from '../learn/dataset/find-pictures.js';
import { importDataset } from '../learn/dataset/import.js';
import type { ImportPreview } from '../learn/dataset/import.js';
import type { CliContext, RegisterCommand } from './context.js';
import { whole } from './option-values.js';
import { shippedCategories } from './shipped-categories.js';

interface ImportFlags {
  readonly out: string;
  readonly size: number;
  readonly map: ReadonlyMap<string, string>;
  readonly licence: ReadonlyMap<string, string>;
  readonly split: Split | 'seeded';
  readonly shares: SplitShares;
  readonly groupBy?: RegExp;
  readonly seed: number;
}

interface GenerateFlags {
  readonly out: string;
  readonly perClass: number;
  readonly seed: number;
  readonly size: number;
  readonly profile: Profile;
}

const MAX_PIXELS = 40_000_000;
/** Letterbox bars are white: most shop pictures are, and augmentation knows the bars by it. */
const FILL = 255;
const SHARES: SplitShares = { train: 80, validation: 10, test: 10 };
/** Names of folders and pictures shown of each kind of trouble. */
const SHOWN = 10;

export const registerDataset: RegisterCommand = (program, context) => {
  const dataset = program.command('dataset').description('make data sets for training');
  dataset
    .command('import')
    .description('decode folders of pictures, one folder per class, into a data set')
    .argument('<folder...>', 'holds class folders, or train/, validation/ and test/ with class folders')
    .requiredOption('--out <folder>', 'data set to write')
    .option('--size <px>', 'side of the square pictures', whole(16, 512), 64)
    .option('--map <folder=category>', 'class of a folder; "-" leaves it out; repeatable', pairs, new Map())
    .option(
      '--licence <source=name>',
      'licence of a source (its folder’s name); repeatable',
      pairs,
      new Map(),
    )
    .option(
      '--split <split>',
      'for folders without splits: seeded, train, validation or test',
      split,
      'seeded',
    )
    .option('--shares <t:v:t>', 'seeded: train, validation and test, as 60:10:30', shares, SHARES)
    .option('--group-by <regexp>', 'file names with the same first group stay in one split', pattern)
    .option('--seed <n>', 'decides the splits', whole(0, 2 ** 31), 1)
    .action(async (roots: string[], flags: ImportFlags) => importFolders(roots, flags, context));
  dataset
    .command('generate')
    .description('render pictures of garments, one folder per class')
    .requiredOption('--out <folder>', 'folder in which the class folders are made')
    .requiredOption('--per-class <n>', 'pictures of each class', whole(1, 1_000_000))
    .option('--seed <n>', 'decides every picture', whole(0, 2 ** 31), 1)
    .option('--size <px>', 'side of the square pictures', whole(16, 2048), 160)
    .option('--profile <name>', 'training, or held-out: partly other looks, for testing', profile, 'training')
    .action(async (flags: GenerateFlags) => generate(flags, context));
};

async function generate(flags: GenerateFlags, context: CliContext): Promise<void> {
  const written = await renderDataset({
    ...flags,
    signal: context.signal,
    ...(context.interactive ? { onProgress: showProgress } : {}),
  });
  clearProgress(context);
  context.print(`${written} pictures written to ${flags.out}`);
}

function showProgress(done: number, of: number): void {
  process.stderr.write(`\r${done} of ${of} pictures\u001b[K`);
}

function clearProgress(context: CliContext): void {
  if (context.interactive) process.stderr.write('\r\u001b[K');
}

async function importFolders(roots: string[], flags: ImportFlags, context: CliContext): Promise<void> {
  const categories = await shippedCategories();
  const { size } = flags;
  const { dataset, preview } = await importDataset({
    roots,
    licences: flags.licence,
    size,
    fill: FILL,
    splits: {
      unsplit: flags.split,
      seed: flags.seed,
      shares: flags.shares,
      groupBy: flags.groupBy ?? null,
    },
    classOf: (folder) => classOf(folder, flags.map, categories),
    decode: (bytes) => preparePixels(bytes, { size, fill: FILL, maxPixels: MAX_PIXELS }),
    signal: context.signal,
    ...(context.interactive ? { onPicture: showProgress } : {}),
  });
  clearProgress(context);
  await writeDataset(flags.out, dataset);
  for (const line of previewLines(preview)) context.print(line);
  context.print(`${dataset.index.entries.length} pictures of ${size} px written to ${flags.out}`);
}

/** --map wins over the vocabulary; a category it names must exist. */
function classOf(
  folder: string,
  map: ReadonlyMap<string, string>,
  categories: readonly Category[],
): CategoryId | null {
  const mapped = map.get(folder);
  if (mapped === '-') return null;
  const category = categoryByName(categories, mapped ?? folder);
  if (category !== null) return category.id;
  if (mapped === undefined) return null;
  throw new FashiondError('usage', `--map ${folder}=${mapped}: there is no category ${mapped}`, {
    hint: 'config/categories.yaml lists the categories',
  });
}

function previewLines({ counts, undecodable, duplicates, skipped, left }: ImportPreview): string[] {
  const width = Math.max(...counts.map(({ label }) => label.length));
  return [
    `${'class'.padEnd(width)}  ${SPLITS.map((name) => name.padStart(12)).join('')}`,
    ...counts.map(({ label, bySplit }) => {
      const numbers = SPLITS.map((name) => String(bySplit[name]).padStart(12)).join('');
      return `${label.padEnd(width)}  ${numbers}`;
    }),
    ...troubleLines(
      'folders left out',
      skipped,
      ({ folder, pictures }) => `${folder} (${pictures} pictures)`,
    ),
    ...troubleLines('not taken', left, ({ path, why }) => `${path}: ${why}`),
    ...troubleLines('undecodable', undecodable, ({ path, reason }) => `${path}: ${reason}`),
    ...troubleLines('exact duplicates', duplicates, ({ path, of }) => `${path} = ${of}`),
  ];
}

function troubleLines<T>(title: string, items: readonly T[], line: (item: T) => string): string[] {
  if (items.length === 0) return [];
  const rest = items.length > SHOWN ? [`  and ${items.length - SHOWN} more`] : [];
  return [`${title}: ${items.length}`, ...items.slice(0, SHOWN).map((item) => `  ${line(item)}`), ...rest];
}

function pairs(text: string, before: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const at = text.indexOf('=');
  if (at < 1 || at === text.length - 1) throw new InvalidArgumentError('expected NAME=VALUE');
  return new Map([...before, [text.slice(0, at), text.slice(at + 1)]]);
}

function split(text: string): Split | 'seeded' {
  const found = [...SPLITS, 'seeded' as const].find((name) => name === text);
  if (found !== undefined) return found;
  throw new InvalidArgumentError('expected seeded, train, validation or test');
}

function shares(text: string): SplitShares {
  const parts = text.split(':').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  const [train, validation, test] = parts;
  if (train !== undefined && validation !== undefined && test !== undefined && parts.length === 3) {
    if (parts.every((part) => part >= 0 && Number.isFinite(part)) && train > 0) {
      return { train, validation, test };
    }
  }
  throw new InvalidArgumentError('expected three numbers, the first above 0: TRAIN:VALIDATION:TEST');
}

function profile(text: string): Profile {
  if (text === 'training' || text === 'held-out') return text;
  throw new InvalidArgumentError('expected training or held-out');
}

function pattern(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch {
    throw new InvalidArgumentError('expected a regular expression with one group');
  }
}
