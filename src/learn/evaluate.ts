/** A model's figures on one split of a data set, as a whole and by source. */
import { classesOf, picturesOf, SPLITS } from './dataset/dataset.js';
import type { Dataset, Split } from './dataset/dataset.js';
import type { Predictions } from './evaluation/decisions.js';
import { figuresBySource } from './evaluation/by-attribute.js';
import { figures } from './metrics.js';
import type { Figures } from './metrics.js';
import { predict } from './train/serve.js';

export interface Evaluation {
  readonly split: Split;
  readonly all: Figures;
  readonly bySource: readonly { readonly source: string; readonly figures: Figures }[];
}

/** Probabilities of a new model at or below it are unknown. */
export const THRESHOLD = 0.9;

/** On all splits that decide nothing about the weights and have pictures. */
export async function evaluateSplits(
  network: Uint8Array,
  dataset: Dataset,
  threads: number,
): Promise<Evaluation[]> {
  const evaluations: Evaluation[] = [];
  for (const split of SPLITS.slice(1)) {
    const evaluation = await evaluate(network, dataset, split, { threshold: THRESHOLD, threads });
    if (evaluation !== null) evaluations.push(evaluation);
  }
  return evaluations;
}

/** Null when the split is empty. `network` takes the data set's pixels and knows its labels. */
export async function evaluate(
  network: Uint8Array,
  dataset: Dataset,
  split: Split,
  options: { readonly threshold: number; readonly threads: number },
): Promise<Evaluation | null> {
  const pictures = picturesOf(dataset.index, split);
  if (pictures.length === 0) return null;
  const predictions = await predictionsOf(network, dataset, pictures, options.threads);
  const bySource = figuresBySource(predictions, pictures, dataset.index, options.threshold);
  return { split, all: figures(predictions, options.threshold), bySource };
}

/** Probabilities and true classes of the pictures at these positions. */
export async function predictionsOf(
  network: Uint8Array,
  { index, pixels }: Dataset,
  pictures: readonly number[],
  threads: number,
): Promise<Predictions> {
  const probabilities = await predict(network, { pixels, size: index.size }, pictures, threads);
  return { probabilities, classes: index.labels.length, labels: pictures.map(classesOf(index)) };
}
