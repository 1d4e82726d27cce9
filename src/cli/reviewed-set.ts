/** What people labelled in the review as parts of a data set: pictures, dealt to the splits by item. */
import { readFile } from 'node:fs/promises';
import type { ModelInput } from '../domain/model.js';
import { MAX_PIXELS } from '../domain/picture.js';
import { createBlobStore } from '../images/blob-store.js';
import { PIXELS_VERSION, preparePixels } from '../images/prepare.js';
import { assemble } from '../learn/dataset/assemble.js';
import type { Part } from '../learn/dataset/assemble.js';
import { pixelsOf } from '../learn/dataset/dataset.js';
import { deal } from '../learn/dataset/deal.js';
import { mendLeaks, nearDuplicates } from '../learn/dataset/near-duplicates.js';
import { edgesOf } from './edges-of.js';
import type { LabelledPicture } from './labelled-pictures.js';

export const REVIEWED = 'reviewed';

/**
 * By a hash of the item, so that more labels move no picture. Near duplicates may, and so may a catalogue that is crawled
 * anew, which numbers its items anew: what keeps a model from being judged by what it was taught is `taught`.
 */
const SHARES = { train: 70, validation: 15, test: 15 };
const SEED = 1;

export interface ReviewedSet {
  readonly parts: readonly Part[];
  /** Pictures that are not on the disk any more, or cannot be read. */
  readonly lost: number;
}

/**
 * Nearly the same pictures come into one split. `taught`: SHA-256 of pictures that models were taught; neither these nor
 * near duplicates of them come into the test split.
 */
export async function reviewedSet(
  labelled: readonly LabelledPicture[],
  blobs: string,
  input: ModelInput,
  taught: ReadonlySet<string>,
): Promise<ReviewedSet> {
  const files = createBlobStore(blobs);
  const dealt = deal(
    labelled.map((one) => ({
      ...one,
      path: `${REVIEWED}/${one.category}/${one.picture}`,
      label: one.category,
      split: null,
      group: `${REVIEWED}:${one.item}`,
      dealtBy: `${one.shop} ${one.item}`,
    })),
    { dealing: 'seeded', seed: SEED, shares: SHARES, resplit: [] },
  );
  const parts: Part[] = [];
  for (const { picture, path, label, split, group } of dealt) {
    const bytes = await readFile(files.pathOf(picture)).catch(() => null);
    const prepared = bytes === null ? null : await preparePixels(bytes, { ...input, maxPixels: MAX_PIXELS });
    if (prepared === null || prepared.kind === 'refused') continue;
    const { pixels, box, phash } = prepared;
    const entry = { path, source: REVIEWED, label, split, sha256: picture, group, box, phash };
    parts.push({ entry, pixels });
  }
  const lost = labelled.length - parts.length;
  if (parts.length === 0) return { parts, lost };
  const { dataset } = assemble(untested(parts, taught, input.size), {
    ...input,
    preprocessing: PIXELS_VERSION,
    sources: [{ name: REVIEWED, licence: null }],
    leaks: 'move',
    edgesOf,
  });
  return {
    parts: dataset.index.entries.map((entry, at) => ({ entry, pixels: pixelsOf(dataset, at) })),
    lost,
  };
}

/** The same parts; what was taught, and what hangs together with it by near duplicates, is not in the test split. */
function untested(parts: readonly Part[], taught: ReadonlySet<string>, size: number): Part[] {
  if (!parts.some(({ entry }) => taught.has(entry.sha256))) return [...parts];
  const entries = parts.map(({ entry }) => entry);
  const pixelsAt = (at: number): Uint8Array => parts[at]?.pixels ?? new Uint8Array();
  const pairs = nearDuplicates({ entries, size, pixelsOf: pixelsAt, edgesOf }) ?? [];
  // Whatever is near a picture of the split that keeps comes into that split.
  const marked = entries.map((entry) => ({
    ...entry,
    split: taught.has(entry.sha256) ? ('test' as const) : ('train' as const),
  }));
  const near = new Set(mendLeaks(marked, pairs, 'move').map(({ position }) => position));
  return parts.map((part, at) => {
    const { entry } = part;
    const isKnown = near.has(at) || taught.has(entry.sha256);
    return isKnown && entry.split === 'test' ? { ...part, entry: { ...entry, split: 'train' } } : part;
  });
}
