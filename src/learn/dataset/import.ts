/**
 * Folders of pictures -> a data set, with a preview of what came in and what did not. A picture that appears
 * twice (same bytes) comes in once; where the copies are in different splits the test split keeps it, then
 * validation, so that nothing is tested on what was trained on.
 */
import { readFile } from 'node:fs/promises';
import type { CategoryId } from '../../domain/ids.js';
import { FashiondError } from '../../domain/errors.js';
import { sha256Hex } from '../../platform/fingerprint.js';
import { SPLITS } from './dataset.js';
import type { Dataset, DatasetEntry, DatasetSource, Split } from './dataset.js';
import { findPictures, sourceOf } from './find-pictures.js';
import type { FoundPicture, LeftOut, SplitRule } from './find-pictures.js';

type DecodedPixels =
  | { readonly kind: 'pixels'; readonly pixels: Uint8Array }
  | { readonly kind: 'refused'; readonly reason: string; readonly detail: string };

export interface ImportOptions {
  readonly roots: readonly string[];
  /** Source name (the root's last folder) -> licence. */
  readonly licences: ReadonlyMap<string, string>;
  readonly size: number;
  readonly fill: number;
  readonly splits: SplitRule;
  /** A folder's name -> its class, or null when it is left out. */
  readonly classOf: (folder: string) => CategoryId | null;
  /** Bytes -> size x size x 3 pixels. */
  readonly decode: (bytes: Uint8Array) => Promise<DecodedPixels>;
  readonly signal: AbortSignal;
  readonly onPicture?: (done: number, of: number) => void;
}

export interface ImportPreview {
  readonly counts: readonly {
    readonly label: CategoryId;
    readonly bySplit: Readonly<Record<Split, number>>;
  }[];
  readonly undecodable: readonly { readonly path: string; readonly reason: string }[];
  readonly duplicates: readonly { readonly path: string; readonly of: string }[];
  /** Folders whose name is no class, with the number of their pictures. */
  readonly skipped: readonly { readonly folder: string; readonly pictures: number }[];
  /** Files and folders that are no pictures of a class. */
  readonly left: readonly LeftOut[];
}

interface Candidate extends FoundPicture {
  readonly label: CategoryId;
}

const KEEPING_ORDER: Readonly<Record<Split, number>> = { test: 0, validation: 1, train: 2 };
/** Pictures read and decoded at once. */
const AT_ONCE = 4;

export async function importDataset(
  options: ImportOptions,
): Promise<{ readonly dataset: Dataset; readonly preview: ImportPreview }> {
  const { candidates, skipped, left, sources } = await collect(options);
  const duplicates: { path: string; of: string }[] = [];
  const undecodable: { path: string; reason: string }[] = [];
  const kept: { entry: DatasetEntry; pixels: Uint8Array }[] = [];
  const firstOf = new Map<string, string>();
  for (let start = 0; start < candidates.length; start += AT_ONCE) {
    if (options.signal.aborted) throw new FashiondError('cancelled', 'the import was cancelled');
    const some = candidates.slice(start, start + AT_ONCE);
    const read = await Promise.all(some.map((candidate) => readOne(candidate, options)));
    for (const { candidate, sha256, decoded } of read) {
      const first = firstOf.get(sha256);
      if (first !== undefined) duplicates.push({ path: candidate.path, of: first });
      else if (decoded.kind === 'refused') {
        undecodable.push({ path: candidate.path, reason: `${decoded.reason}: ${decoded.detail}` });
      } else {
        firstOf.set(sha256, candidate.path);
        const { path, source, label, split } = candidate;
        kept.push({ entry: { path, source, label, split, sha256 }, pixels: decoded.pixels });
      }
    }
    options.onPicture?.(Math.min(start + AT_ONCE, candidates.length), candidates.length);
  }
  if (kept.length === 0) {
    const [first] = undecodable;
    throw new FashiondError('refused', `none of ${candidates.length} pictures could be decoded`, {
      hint: `the first is ${first?.path ?? ''} (${first?.reason ?? ''}); expected JPEG, PNG or WebP`,
    });
  }
  kept.sort((a, b) => (a.entry.path < b.entry.path ? -1 : 1));
  const entries = kept.map(({ entry }) => entry);
  const labels = [...new Set(entries.map(({ label }) => label))].sort();
  const pixels = Buffer.concat(kept.map((one) => one.pixels));
  const { size, fill } = options;
  const index = { format: 1, size, fill, sources, labels, entries, pixelsSha256: sha256Hex(pixels) } as const;
  const counts = labels.map((label) => ({ label, bySplit: countSplits(entries, label) }));
  return { dataset: { index, pixels }, preview: { counts, undecodable, duplicates, skipped, left } };
}

/** Pictures with their classes, the test split first, so that of two copies the tested one stays. */
async function collect(options: ImportOptions): Promise<{
  readonly candidates: readonly Candidate[];
  readonly skipped: ImportPreview['skipped'];
  readonly left: ImportPreview['left'];
  readonly sources: readonly DatasetSource[];
}> {
  checkNames(options.roots);
  const candidates: Candidate[] = [];
  const left: LeftOut[] = [];
  const skipped = new Map<string, number>();
  const sources = new Map<string, DatasetSource>();
  for (const root of options.roots) {
    const found = await findPictures(root, options.splits);
    left.push(...found.left);
    for (const picture of found.pictures) {
      const label = options.classOf(picture.folder);
      const { source } = picture;
      sources.set(source, { name: source, licence: options.licences.get(source) ?? null });
      if (label !== null) candidates.push({ ...picture, label });
      else {
        const folder = `${source}/${picture.folder}`;
        skipped.set(folder, (skipped.get(folder) ?? 0) + 1);
      }
    }
  }
  if (candidates.length === 0) {
    throw new FashiondError('usage', `no pictures of a known class in ${options.roots.join(', ')}`, {
      hint: 'folders must be named like a category, or be named with --map FOLDER=CATEGORY',
    });
  }
  candidates.sort((a, b) => KEEPING_ORDER[a.split] - KEEPING_ORDER[b.split]);
  return {
    candidates,
    skipped: [...skipped].map(([folder, pictures]) => ({ folder, pictures })),
    left,
    sources: [...sources.values()],
  };
}

/** A source goes by its folder's name: two of one name would share their licence and their paths. */
function checkNames(roots: readonly string[]): void {
  const names = roots.map(sourceOf);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice === undefined) return;
  throw new FashiondError('usage', `two of the folders are named ${twice}`, {
    hint: 'give each folder a name of its own: it becomes the source that the model card lists',
  });
}

async function readOne(
  candidate: Candidate,
  options: ImportOptions,
): Promise<{ readonly candidate: Candidate; readonly sha256: string; readonly decoded: DecodedPixels }> {
  const bytes = await readFile(candidate.file);
  return { candidate, sha256: sha256Hex(bytes), decoded: await options.decode(bytes) };
}

function countSplits(entries: readonly DatasetEntry[], label: CategoryId): Record<Split, number> {
  const count = (split: Split): number =>
    entries.filter((entry) => entry.label === label && entry.split === split).length;
  return { train: count(SPLITS[0]), validation: count(SPLITS[1]), test: count(SPLITS[2]) };
}
