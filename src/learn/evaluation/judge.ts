/** A model run over one split of a data set: what it says, beside what is true. */
import { FashiondError } from '../../domain/errors.js';
import type { Clock } from '../../domain/ports.js';
import { picturesOf } from '../dataset/dataset.js';
import type { Dataset, Split } from '../dataset/dataset.js';
import type { Predictions } from './decisions.js';
import { outputsOf } from './judged-model.js';
import type { JudgedModel, Outputs } from './judged-model.js';

export interface Judged {
  readonly split: Split;
  /** Positions in the data set of the pictures that count, in the order of the rows. */
  readonly pictures: readonly number[];
  readonly predictions: Predictions;
  readonly outputs: Outputs;
  /** Pictures of classes that the model was not taught; they are not judged. */
  readonly leftOut: readonly { readonly label: string; readonly pictures: number }[];
  /** Time of the model alone. */
  readonly elapsedMs: number;
}

/** Null when the split has no picture of the model's classes. Throws FashiondError when the pixels do not fit. */
export async function judge(
  model: JudgedModel,
  dataset: Dataset,
  split: Split,
  clock: Pick<Clock, 'monotonic'>,
): Promise<Judged | null> {
  const { index } = dataset;
  const all = picturesOf(index, split);
  const start = clock.monotonic();
  const judged = await judgePictures(model, dataset, all);
  if (judged.pictures.length === 0) return null;
  const known = new Set<string>(model.labels);
  const labels = all.map((picture) => index.entries[picture]?.label ?? '');
  return {
    split,
    ...judged,
    leftOut: countedLabels(labels.filter((label) => !known.has(label))),
    elapsedMs: clock.monotonic() - start,
  };
}

/** Those of the pictures (positions in the data set) that show a class of the model, and what it says of them. */
export async function judgePictures(
  model: JudgedModel,
  { index, pixels }: Dataset,
  some: readonly number[],
): Promise<Pick<Judged, 'pictures' | 'predictions' | 'outputs'>> {
  checkInput(model, index);
  const positions = new Map<string, number>(model.labels.map((label, position) => [label, position]));
  const positionOf = (picture: number): number | undefined =>
    positions.get(index.entries[picture]?.label ?? '');
  const pictures = some.filter((picture) => positionOf(picture) !== undefined);
  const outputs = await outputsOf(model, pixels, pictures);
  const labels = pictures.map((picture) => positionOf(picture) ?? 0);
  const { probabilities } = outputs;
  return { pictures, predictions: { probabilities, classes: model.labels.length, labels }, outputs };
}

/** Throws FashiondError `incompatible` when the data set was made for another input. */
export function checkInput(
  { name, input }: JudgedModel,
  { size, fill }: { readonly size: number; readonly fill: number },
): void {
  if (input.size === size && input.fill === fill) return;
  throw new FashiondError(
    'incompatible',
    `model ${name} takes pictures of ${input.size} px with bars of ${input.fill}; the data set has ${size} px ` +
      `with bars of ${fill}`,
    { hint: `import the pictures with --size ${input.size}` },
  );
}

function countedLabels(labels: readonly string[]): { label: string; pictures: number }[] {
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts]
    .map(([label, pictures]) => ({ label, pictures }))
    .sort((a, b) => b.pictures - a.pictures);
}
