/** Folders and manifests of pictures -> a data set, with a preview of what came in and what did not. */
import type { CategoryId } from '../../domain/ids.js';
import { FashiondError } from '../../domain/errors.js';
import { assemble } from './assemble.js';
import type { AssemblyReport, Part } from './assemble.js';
import type { Dataset, DatasetEntry, DatasetSource, Split } from './dataset.js';
import { deal } from './deal.js';
import type { SplitRule } from './deal.js';
import { findPictures, sourceOf } from './find-pictures.js';
import type { Found, FoundPicture, LeftOut } from './found-picture.js';
import { readManifest } from './manifest.js';
import type { ManifestColumns } from './manifest.js';
import type { EdgeDirections, LeakRule } from './near-duplicates.js';
import { readPictures } from './read-pictures.js';
import type { ReadOptions } from './read-pictures.js';

export interface ImportOptions extends ReadOptions {
  readonly roots: readonly string[];
  readonly manifest: {
    readonly path: string;
    readonly columns: ManifestColumns;
    readonly attributes: readonly string[];
  } | null;
  /** Source name (a root's last folder) -> licence; wins over the manifest. */
  readonly licences: ReadonlyMap<string, string>;
  /** In the roots, pictures whose file names give the same first group are a group. */
  readonly groupBy: RegExp | null;
  readonly splits: SplitRule;
  /** A folder's or manifest's class name -> its class, or null when it is left out. */
  readonly classOf: (name: string) => CategoryId | null;
  readonly leaks: LeakRule;
  readonly edgesOf: EdgeDirections;
}

export interface ImportPreview extends AssemblyReport {
  /** Pictures that had to be decoded; the others were known by their bytes. */
  readonly decoded: number;
  readonly undecodable: readonly { readonly path: string; readonly reason: string }[];
  /** Names that are no class, with the number of their pictures. */
  readonly skipped: readonly { readonly name: string; readonly pictures: number }[];
  /** Files and folders that are no pictures of a class. */
  readonly left: readonly LeftOut[];
}

interface Candidate extends FoundPicture {
  readonly label: CategoryId;
}

/** Throws FashiondError `usage` or `refused` when there is no picture to take, `cancelled`, `not-found`. */
export async function importDataset(
  options: ImportOptions,
): Promise<{ readonly dataset: Dataset; readonly preview: ImportPreview }> {
  const { candidates, skipped, left, sources } = await collect(options);
  const { read, decoded } = await readPictures(deal(candidates, options.splits), options);
  const parts: Part[] = [];
  const undecodable: { path: string; reason: string }[] = [];
  for (const { picture, sha256, decoded } of read) {
    if (decoded.kind === 'refused') {
      undecodable.push({ path: picture.path, reason: `${decoded.reason}: ${decoded.detail}` });
    } else {
      const { phash, box } = decoded;
      parts.push({ entry: { ...entryOf(picture, sha256), phash, box }, pixels: decoded.pixels });
    }
  }
  if (parts.length === 0) {
    const [first] = undecodable;
    throw new FashiondError('refused', `none of ${candidates.length} pictures could be decoded`, {
      hint: `the first is ${first?.path ?? ''} (${first?.reason ?? ''}); expected JPEG, PNG or WebP`,
    });
  }
  const { dataset, report } = assemble(parts, { ...options, sources });
  return { dataset, preview: { ...report, decoded, undecodable, skipped, left } };
}

function entryOf(
  { path, source, label, split, group, attributes }: Candidate & { readonly split: Split },
  sha256: string,
): DatasetEntry {
  return {
    path,
    source,
    label,
    split,
    sha256,
    ...(group === null ? {} : { group }),
    ...(Object.keys(attributes).length === 0 ? {} : { attributes }),
  };
}

async function collect(options: ImportOptions): Promise<{
  readonly candidates: readonly Candidate[];
  readonly skipped: ImportPreview['skipped'];
  readonly left: ImportPreview['left'];
  readonly sources: readonly DatasetSource[];
}> {
  const found = await findAll(options);
  const candidates: Candidate[] = [];
  const skipped = new Map<string, number>();
  for (const picture of found.flatMap(({ pictures }) => pictures)) {
    const label = options.classOf(picture.className);
    if (label !== null) candidates.push({ ...picture, label });
    else {
      const name = `${picture.source}/${picture.className}`;
      skipped.set(name, (skipped.get(name) ?? 0) + 1);
    }
  }
  if (candidates.length === 0) {
    const places = [...options.roots, ...(options.manifest === null ? [] : [options.manifest.path])];
    throw new FashiondError('usage', `no pictures of a known class in ${places.join(', ')}`, {
      hint: 'folders must be named like a category, or be named with --map FOLDER=CATEGORY',
    });
  }
  const used = new Set(candidates.map(({ source }) => source));
  return {
    candidates,
    skipped: [...skipped].map(([name, pictures]) => ({ name, pictures })),
    left: found.flatMap(({ left }) => left),
    sources: found
      .flatMap(({ sources }) => sources)
      .filter(({ name }) => used.has(name))
      .map(({ name, licence }) => ({ name, licence: options.licences.get(name) ?? licence })),
  };
}

/** A source goes by its name: two of one name would share their licence and their paths. */
async function findAll({ roots, manifest, groupBy }: ImportOptions): Promise<Found[]> {
  const found: Found[] = [];
  const names = new Set<string>();
  const add = (one: Found, ofOne: readonly string[]): void => {
    const twice = ofOne.find((name) => names.has(name));
    if (twice !== undefined) {
      throw new FashiondError('usage', `two of the folders are named ${twice}`, {
        hint: 'give each folder a name of its own: it becomes the source that the model card lists',
      });
    }
    for (const name of ofOne) names.add(name);
    found.push(one);
  };
  for (const root of roots) add(await findPictures(root, groupBy), [sourceOf(root)]);
  if (manifest !== null) {
    const listed = await readManifest(manifest.path, manifest.columns, manifest.attributes);
    add(
      listed,
      listed.sources.map(({ name }) => name),
    );
  }
  return found;
}
