/** `fashiond dataset import`: folders or a CSV list of pictures in, a data set out, with a preview of it. */
import { InvalidArgumentError } from 'commander';
import { categoryByName } from '../config/categories.js';
import type { Category } from '../domain/category.js';
import { FashiondError, messageOf } from '../domain/errors.js';
import type { CategoryId } from '../domain/ids.js';
import { PIXELS_VERSION, preparePixels } from '../images/prepare.js';
import { SPLITS, readDataset, writeDataset } from '../learn/dataset/dataset.js';
import type { Dataset, Split } from '../learn/dataset/dataset.js';
import type { Dealing, SplitShares } from '../learn/dataset/deal.js';
import { importDataset } from '../learn/dataset/import.js';
import { MANIFEST_FIELDS } from '../learn/dataset/manifest.js';
import type { ManifestColumns, ManifestField } from '../learn/dataset/manifest.js';
import type { LeakRule } from '../learn/dataset/near-duplicates.js';
import type { CliContext, RegisterCommand } from './context.js';
import { previewLines } from './dataset-text.js';
import { edgesOf } from './edges-of.js';
import { leakRule, pairs, split, whole } from './option-values.js';
import { progressOf } from './picture-progress.js';
import { shippedCategories } from './shipped-categories.js';

interface ImportFlags {
  readonly out?: string;
  readonly csv?: string;
  readonly csvColumns: ManifestColumns;
  readonly attributes: readonly string[];
  readonly size: number;
  readonly map: ReadonlyMap<string, string>;
  readonly licence: ReadonlyMap<string, string>;
  readonly split: Dealing;
  readonly resplit: readonly Split[];
  readonly shares: SplitShares;
  readonly groupBy?: RegExp;
  readonly seed: number;
  readonly leaks: LeakRule;
  readonly reuse?: string;
  readonly dryRun?: true;
  readonly json?: true;
}

const MAX_PIXELS = 40_000_000;
/** Letterbox bars are white: most shop pictures are, and augmentation knows the bars by it. */
const FILL = 255;
const SHARES: SplitShares = { train: 80, validation: 10, test: 10 };

export const registerDatasetImport: RegisterCommand = (program, context) => {
  program
    .command('import')
    .description('decode pictures, in one folder per class or listed in a CSV file, into a data set')
    .argument('[folder...]', 'holds class folders, or train/, validation/ and test/ with class folders')
    .option('--out <folder>', 'data set to write; needed unless it is a --dry-run')
    .option('--csv <file>', 'list of pictures with the columns path,class[,split][,contributor][,source]')
    .option(
      '--csv-columns <field=column,...>',
      `columns by other names, of ${MANIFEST_FIELDS.join(', ')}`,
      columns,
      new Map(),
    )
    .option(
      '--attributes <column,...>',
      'further columns of the CSV file that are kept with each picture; figures are broken down by them',
      names,
      [],
    )
    .option('--size <px>', 'side of the square pictures', whole(16, 512), 64)
    .option('--map <name=category>', 'class of a folder; "-" leaves it out; repeatable', pairs, new Map())
    .option(
      '--licence <source=name>',
      'licence of a source (its folder’s name); repeatable',
      pairs,
      new Map(),
    )
    .option(
      '--split <how>',
      'for pictures without a split: seeded, stratified (each class alike), train, validation or test',
      dealing,
      'seeded',
    )
    .option('--resplit <split,...>', 'deal these splits anew, whatever the folders say', splits, [])
    .option('--shares <t:v:t>', 'what train, validation and test get of a deal, as 60:10:30', shares, SHARES)
    .option('--group-by <regexp>', 'file names with the same first group stay in one split', pattern)
    .option('--seed <n>', 'decides the splits', whole(0, 2 ** 31), 1)
    .option('--leaks <how>', 'near duplicates in two splits: report, drop or move', leakRule, 'report')
    .option(
      '--reuse <folder>',
      'data set whose pixels are taken where the bytes are the same (default: --out)',
    )
    .option('--dry-run', 'show the preview and write nothing')
    .option('--json', 'the whole preview, machine-readable')
    .action(async (roots: string[], flags: ImportFlags) => importPictures(roots, flags, context));
};

async function importPictures(
  roots: readonly string[],
  flags: ImportFlags,
  context: CliContext,
): Promise<void> {
  const out = checkPlaces(roots, flags);
  const categories = await shippedCategories();
  const progress = progressOf(context);
  const { size } = flags;
  const { dataset, preview } = await importDataset({
    roots,
    manifest:
      flags.csv === undefined
        ? null
        : { path: flags.csv, columns: flags.csvColumns, attributes: flags.attributes },
    licences: flags.licence,
    groupBy: flags.groupBy ?? null,
    splits: { dealing: flags.split, seed: flags.seed, shares: flags.shares, resplit: flags.resplit },
    classOf: (name) => classOf(name, flags.map, categories),
    leaks: flags.leaks,
    edgesOf,
    size,
    fill: FILL,
    preprocessing: PIXELS_VERSION,
    decode: (bytes) => preparePixels(bytes, { size, fill: FILL, maxPixels: MAX_PIXELS }),
    reuse: await earlier(flags, context),
    signal: context.signal,
    onPicture: progress.show,
  });
  progress.clear();
  if (out !== null) await writeDataset(out, dataset);
  if (flags.json === true) {
    context.print(JSON.stringify({ writtenTo: out, ...preview }, null, 2));
    return;
  }
  for (const line of previewLines(preview)) context.print(line);
  const { pictures } = preview.figures;
  context.print(`${pictures} pictures of ${size} px ${out === null ? 'in all' : `written to ${out}`}`);
}

/** Where to write; null for a dry run. */
function checkPlaces(roots: readonly string[], flags: ImportFlags): string | null {
  const { out, csv, csvColumns, attributes, dryRun } = flags;
  if (roots.length === 0 && csv === undefined) {
    throw new FashiondError('usage', 'there is nothing to import', {
      hint: 'name folders of pictures, or a list of them with --csv FILE',
    });
  }
  if (csv === undefined && (csvColumns.size > 0 || attributes.length > 0)) {
    const option = csvColumns.size > 0 ? '--csv-columns' : '--attributes';
    throw new FashiondError('usage', `${option} needs a --csv FILE`, { hint: 'add --csv FILE' });
  }
  if (dryRun === true) return null;
  if (out !== undefined) return out;
  throw new FashiondError('usage', 'the data set needs a place', {
    hint: 'add --out FOLDER, or --dry-run to see the preview only',
  });
}

/** The data set whose pixels may be used again. */
async function earlier({ out, reuse }: ImportFlags, context: CliContext): Promise<Dataset | null> {
  if (reuse !== undefined) return readDataset(reuse);
  if (out === undefined) return null;
  try {
    return await readDataset(out);
  } catch (error) {
    if (!(error instanceof FashiondError)) throw error;
    if (error.code !== 'not-found') context.note(`${messageOf(error)}; every picture is decoded anew`);
    return null;
  }
}

/** --map wins over the vocabulary; a category it names must exist. */
function classOf(
  name: string,
  map: ReadonlyMap<string, string>,
  categories: readonly Category[],
): CategoryId | null {
  const mapped = map.get(name);
  if (mapped === '-') return null;
  const category = categoryByName(categories, mapped ?? name);
  if (category !== null) return category.id;
  if (mapped === undefined) return null;
  throw new FashiondError('usage', `--map ${name}=${mapped}: there is no category ${mapped}`, {
    hint: 'config/categories.yaml lists the categories',
  });
}

function columns(text: string): ManifestColumns {
  return new Map(
    text.split(',').map((part) => {
      const [name = '', column = ''] = part.split('=').map((word) => word.trim());
      const field = MANIFEST_FIELDS.find((one): one is ManifestField => one === name);
      if (field !== undefined && column !== '') return [field, column];
      throw new InvalidArgumentError(`expected FIELD=COLUMN, with a field of ${MANIFEST_FIELDS.join(', ')}`);
    }),
  );
}

function names(text: string): readonly string[] {
  const found = text.split(',').map((name) => name.trim());
  if (found.every((name) => name !== '')) return found;
  throw new InvalidArgumentError('expected COLUMN,COLUMN,...');
}

function dealing(text: string): Dealing {
  const found = [...SPLITS, 'seeded' as const, 'stratified' as const].find((name) => name === text);
  if (found !== undefined) return found;
  throw new InvalidArgumentError('expected seeded, stratified, train, validation or test');
}

function splits(text: string): readonly Split[] {
  return text.split(',').map((name) => split(name.trim()));
}

function shares(text: string): SplitShares {
  const parts = text.split(':').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  const [train, validation, test] = parts;
  if (train !== undefined && validation !== undefined && test !== undefined && parts.length === 3) {
    if (parts.every((part) => part >= 0 && Number.isFinite(part)) && train + validation + test > 0) {
      return { train, validation, test };
    }
  }
  throw new InvalidArgumentError('expected three numbers: TRAIN:VALIDATION:TEST');
}

function pattern(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch {
    throw new InvalidArgumentError('expected a regular expression with one group');
  }
}
