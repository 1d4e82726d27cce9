/** `fashiond dataset stats`: what a data set is made of, and whether it gives its classes away. */
import { backgroundTells, classColours } from '../learn/dataset/background.js';
import type { BackgroundTell, ClassColours } from '../learn/dataset/background.js';
import { pixelsOf, readDataset } from '../learn/dataset/dataset.js';
import { datasetFigures } from '../learn/dataset/figures.js';
import type { DatasetFigures } from '../learn/dataset/figures.js';
import { nearDuplicates } from '../learn/dataset/near-duplicates.js';
import type { RegisterCommand } from './context.js';
import { statsLines } from './dataset-text.js';
import { edgesOf } from './edges-of.js';

/** The JSON output; the names are a contract. */
export interface DatasetStats extends DatasetFigures {
  readonly colours: readonly ClassColours[];
  readonly background: readonly BackgroundTell[];
}

export const registerDatasetStats: RegisterCommand = (program, context) => {
  program
    .command('stats')
    .description('describe a data set: classes, splits, sources, duplicates, groups, colours, backgrounds')
    .argument('<folder>', 'data set')
    .option('--json', 'machine-readable output')
    .action(async (folder: string, flags: { readonly json?: true }) => {
      const stats = await statsOf(folder);
      if (flags.json === true) context.print(JSON.stringify(stats, null, 2));
      else for (const line of statsLines(stats)) context.print(line);
    });
};

async function statsOf(folder: string): Promise<DatasetStats> {
  const dataset = await readDataset(folder);
  const { entries, size } = dataset.index;
  const near = nearDuplicates({ entries, size, pixelsOf: (at) => pixelsOf(dataset, at), edgesOf });
  return {
    ...datasetFigures(dataset.index, near),
    colours: classColours(dataset),
    background: backgroundTells(dataset),
  };
}
