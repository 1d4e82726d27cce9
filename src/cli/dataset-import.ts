/** `fashiond dataset import`: folders or a CSV list of pictures in, a data set out, with a preview of it. */
import { categoryByName } from '../config/categories.js';
import type { Category } from '../domain/category.js';
import { FashiondError, messageOf } from '../domain/errors.js';
import type { CategoryId } from '../domain/ids.js';
import { MAX_PIXELS } from '../domain/picture.js';
import { PIXELS_VERSION, preparePixels } from '../images/prepare.js';
import { readDataset, writeDataset } from '../learn/dataset/dataset.js';
import type { Dataset, Split } from '../learn/dataset/dataset.js';
import type { Dealing, SplitShares } from '../learn/dataset/deal.js';
import { importDataset } from '../learn/dataset/import.js';
import type { ManifestColumns } from '../learn/dataset/manifest.js';
import type { LeakRule } from '../learn/dataset/near-duplicates.js';
import type { CliContext } from './context.js';
import { previewLines } from './dataset-text.js';
import { edgesOf } from './edges-of.js';
import { progressOf } from './picture-progress.js';
import { shippedCategories } from './shipped-categories.js';

export interface ImportFlags {
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

/** Letterbox bars are white: most shop pictures are, and augmentation knows the bars by it. */
const FILL = 255;

/** Throws FashiondError `usage` where it is not said what to import, or where to. */
export async function importPictures(
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
