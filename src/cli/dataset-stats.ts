/** `fashiond dataset stats`: what a data set is made of, and whether it gives its classes away. */
import { readDataset } from '../learn/dataset/dataset.js';
import { datasetStats } from '../learn/dataset/stats.js';
import type { CliContext } from './context.js';
import { statsLines } from './dataset-text.js';
import { edgesOf } from './edges-of.js';

export async function printStats(
  folder: string,
  flags: { readonly json?: true },
  context: CliContext,
): Promise<void> {
  const stats = datasetStats(await readDataset(folder), edgesOf);
  if (flags.json === true) context.print(JSON.stringify(stats, null, 2));
  else for (const line of statsLines(stats)) context.print(line);
}
