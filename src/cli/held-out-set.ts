/** The fixed pictures that every candidate and the current model are judged by. */
import type { CategoryId } from '../domain/ids.js';
import type { ModelInput } from '../domain/model.js';
import { PIXELS_VERSION } from '../images/prepare.js';
import { datasetOf } from '../learn/dataset/from-parts.js';
import { readDataset } from '../learn/dataset/dataset.js';
import type { Dataset } from '../learn/dataset/dataset.js';
import type { LabelledPicture } from './labelled-pictures.js';
import { renderedParts } from './rendered-set.js';
import { REVIEWED, reviewedSet } from './reviewed-set.js';

export interface HeldOutSet {
  /** For people and the record. */
  readonly name: string;
  /** The pictures as a model takes them; those of the test split count. */
  at(input: ModelInput): Promise<Dataset>;
}

/** A data set of the operator's own. Throws as `readDataset`. */
export async function ownSet(folder: string): Promise<HeldOutSet> {
  const dataset = await readDataset(folder);
  return { name: `test split of ${folder}`, at: async () => dataset };
}

const RENDERED = 'rendered';
/** Another one than those that models are taught with. */
const SEED = 20_260;

/** Held-out garments of the renderer, `perClass` of each category, and the labelled items that no training saw. */
export function madeSet(
  wish: {
    readonly categories: readonly CategoryId[];
    readonly perClass: number;
    readonly labelled: readonly LabelledPicture[];
    readonly blobs: string;
    /** SHA-256 of pictures that the models were taught. */
    readonly taught: ReadonlySet<string>;
  },
  signal: AbortSignal,
): HeldOutSet {
  const { categories, perClass, labelled, blobs, taught } = wish;
  const made = new Map<string, Promise<Dataset>>();
  const make = async (input: ModelInput): Promise<Dataset> => {
    const drawn = await renderedParts({
      categories,
      from: 0,
      to: perClass,
      seed: SEED,
      profile: 'held-out',
      split: 'test',
      source: RENDERED,
      input,
      signal,
    });
    const { parts } = await reviewedSet(labelled, blobs, input, taught);
    const sources = [
      { name: RENDERED, licence: 'MIT' },
      { name: REVIEWED, licence: null },
    ];
    return datasetOf([...parts.filter(({ entry }) => entry.split === 'test'), ...drawn], {
      ...input,
      preprocessing: PIXELS_VERSION,
      sources,
    });
  };
  return {
    name: `${perClass} rendered held-out pictures of each category, and the held-out labels of the review`,
    at: ({ size, fill }) => {
      const key = `${size} ${fill}`;
      const dataset = made.get(key) ?? make({ size, fill });
      made.set(key, dataset);
      return dataset;
    },
  };
}
