/** Folders and lists of pictures -> data sets, as `fashiond dataset import` makes them. */
import type { CliContext } from '../../src/cli/context.js';
import { edgesOf } from '../../src/cli/edges-of.js';
import { progressOf } from '../../src/cli/picture-progress.js';
import { FashiondError } from '../../src/domain/errors.js';
import { MAX_PIXELS } from '../../src/domain/picture.js';
import { PIXELS_VERSION, preparePixels } from '../../src/images/prepare.js';
import { pixelsOf, readDataset, writeDataset } from '../../src/learn/dataset/dataset.js';
import type { Dataset, DatasetEntry, Split } from '../../src/learn/dataset/dataset.js';
import { importDataset } from '../../src/learn/dataset/import.js';
import type { ManifestColumns } from '../../src/learn/dataset/manifest.js';
import type { ImportOptions } from '../../src/learn/dataset/import.js';
import { mergeDatasets } from '../../src/learn/dataset/merge.js';
import type { NamedDataset } from '../../src/learn/dataset/merge.js';
import { sha256Hex } from '../../src/platform/fingerprint.js';
import { RENDERED_ATTRIBUTES } from './rendered-list.js';

/** `classOf` takes a folder's or a list's name of a class; null leaves its pictures out. */
export interface Pictures extends Pick<ImportOptions, 'splits' | 'classOf' | 'size'> {
  readonly roots?: readonly string[];
  /** A CSV file with the columns path, class, split and source, and those of RENDERED_ATTRIBUTES. */
  readonly list?: string;
  /** Columns of the list by other names. */
  readonly columns?: ManifestColumns;
  /** Source -> licence. */
  readonly licences: Readonly<Record<string, string>>;
  readonly groupBy?: RegExp;
  /** Where the data set is written, and read from again to decode nothing twice. */
  readonly out: string;
}

/** White, as in `dataset import`. */
const FILL = 255;

/** For folders and lists that say of every picture in which split it is. */
export const AS_GIVEN: ImportOptions['splits'] = {
  dealing: 'train',
  seed: 1,
  shares: { train: 1, validation: 0, test: 0 },
  resplit: [],
};

/** Near duplicates of a test picture come neither into training nor into validation. */
const LEAKS = 'drop';

/** Throws FashiondError, also when pictures of the project's own data cannot be read. */
export async function importPictures(pictures: Pictures, context: CliContext): Promise<Dataset> {
  const {
    roots = [],
    list,
    columns = new Map(),
    licences,
    groupBy = null,
    out,
    size,
    splits,
    classOf,
  } = pictures;
  const progress = progressOf(context);
  const { dataset, preview } = await importDataset({
    roots,
    manifest: list === undefined ? null : { path: list, columns, attributes: attributesOf(pictures) },
    licences: new Map(Object.entries(licences)),
    groupBy,
    splits,
    classOf,
    leaks: LEAKS,
    edgesOf,
    size,
    fill: FILL,
    preprocessing: PIXELS_VERSION,
    decode: (bytes) => preparePixels(bytes, { size, fill: FILL, maxPixels: MAX_PIXELS }),
    reuse: await readDataset(out).catch(() => null),
    signal: context.signal,
    onPicture: progress.show,
  });
  progress.clear();
  const [bad] = preview.undecodable;
  if (bad !== undefined) {
    const count = preview.undecodable.length;
    throw new FashiondError(
      'refused',
      `${count} pictures cannot be read, such as ${bad.path}: ${bad.reason}`,
      {
        hint: 'delete them, and they are made or fetched anew',
      },
    );
  }
  await writeDataset(out, dataset);
  const dropped = preview.mended.length + preview.duplicates.length;
  context.note(
    `${dataset.index.entries.length} pictures of ${size} px in ${out}; ${dropped} left out as copies or near ` +
      'duplicates of another split',
  );
  return dataset;
}

/** Only lists of rendered pictures tell more than the class. */
function attributesOf({ licences }: Pictures): readonly string[] {
  return Object.hasOwn(licences, 'rendered') ? RENDERED_ATTRIBUTES : [];
}

export function joinDatasets(parts: readonly [NamedDataset, ...NamedDataset[]]): Dataset {
  return mergeDatasets(parts, { leaks: LEAKS, edgesOf }).dataset;
}

/** The pictures in the splits that `splitOf` gives them; null leaves one out. */
export function dealtAnew(dataset: Dataset, splitOf: (entry: DatasetEntry) => Split | null): Dataset {
  const rows = dataset.index.entries.flatMap((entry, at) => {
    const split = splitOf(entry);
    return split === null ? [] : [{ entry: { ...entry, split }, at }];
  });
  const pixels = Buffer.concat(rows.map(({ at }) => pixelsOf(dataset, at)));
  const entries = rows.map(({ entry }) => entry);
  return { index: { ...dataset.index, entries, pixelsSha256: sha256Hex(pixels) }, pixels };
}
