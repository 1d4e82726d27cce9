/** `fashiond dataset stats`: what a data set is made of, and whether it gives its classes away. */
import { readDataset } from '../learn/dataset/dataset.js';
import { datasetStats } from '../learn/dataset/stats.js';
import type { RegisterCommand } from './context.js';
import { statsLines } from './dataset-text.js';
import { edgesOf } from './edges-of.js';

export const registerDatasetStats: RegisterCommand = (program, context) => {
  program
    .command('stats')
    .description('describe a data set: classes, splits, sources, duplicates, groups, colours, backgrounds')
    .argument('<folder>', 'data set')
    .option('--json', 'machine-readable output')
    .action(async (folder: string, flags: { readonly json?: true }) => {
      const stats = datasetStats(await readDataset(folder), edgesOf);
      if (flags.json === true) context.print(JSON.stringify(stats, null, 2));
      else for (const line of statsLines(stats)) context.print(line);
    });
};
