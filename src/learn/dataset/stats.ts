/** A data set described: its figures, the colours of its classes, and whether the background gives them away. */
import { backgroundTells, classColours } from './background.js';
import type { BackgroundTell, ClassColours } from './background.js';
import { pixelsOf } from './dataset.js';
import type { Dataset } from './dataset.js';
import { datasetFigures } from './figures.js';
import type { DatasetFigures } from './figures.js';
import { nearDuplicates } from './near-duplicates.js';
import type { EdgeDirections } from './near-duplicates.js';

/** What `dataset stats --json` prints; the names are a contract. */
export interface DatasetStats extends DatasetFigures {
  readonly colours: readonly ClassColours[];
  readonly background: readonly BackgroundTell[];
}

export function datasetStats(dataset: Dataset, edgesOf: EdgeDirections): DatasetStats {
  const { entries, size } = dataset.index;
  const near = nearDuplicates({ entries, size, pixelsOf: (at) => pixelsOf(dataset, at), edgesOf });
  return {
    ...datasetFigures(dataset.index, near),
    colours: classColours(dataset),
    background: backgroundTells(dataset),
  };
}
