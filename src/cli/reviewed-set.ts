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
import { edgesOf } from './edges-of.js';
import type { LabelledPicture } from './labelled-pictures.js';

export const REVIEWED = 'reviewed';

/**
 * By a hash of the item: what was held out stays held out when more is labelled, so that no model was taught what it, or
 * the one after it, is judged by.
 */
const SHARES = { train: 70, validation: 15, test: 15 };
const SEED = 1;

export interface ReviewedSet {
  readonly parts: readonly Part[];
  /** Pictures that are not on the disk any more, or cannot be read. */
  readonly lost: number;
}

/** Nearly the same pictures come into one split. */
export async function reviewedSet(
  labelled: readonly LabelledPicture[],
  blobs: string,
  input: ModelInput,
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
  const { dataset } = assemble(parts, {
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
