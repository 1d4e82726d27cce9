/** `fashiond dataset merge`: data sets that were imported with options of their own, joined into one. */
import { readDataset, writeDataset } from '../learn/dataset/dataset.js';
import { mergeDatasets } from '../learn/dataset/merge.js';
import type { NamedDataset } from '../learn/dataset/merge.js';
import type { LeakRule } from '../learn/dataset/near-duplicates.js';
import type { CliContext } from './context.js';
import { assemblyLines } from './dataset-text.js';
import { edgesOf } from './edges-of.js';

export interface MergeFlags {
  readonly out: string;
  readonly leaks: LeakRule;
  readonly json?: true;
}

export async function mergeFolders(
  [first, ...others]: readonly [string, ...string[]],
  flags: MergeFlags,
  context: CliContext,
): Promise<void> {
  const named = async (name: string): Promise<NamedDataset> => ({ name, dataset: await readDataset(name) });
  const { dataset, report } = mergeDatasets([await named(first), ...(await Promise.all(others.map(named)))], {
    leaks: flags.leaks,
    edgesOf,
  });
  await writeDataset(flags.out, dataset);
  if (flags.json === true) {
    context.print(JSON.stringify({ writtenTo: flags.out, ...report }, null, 2));
    return;
  }
  for (const line of assemblyLines(report)) context.print(line);
  const { pictures, size } = report.figures;
  context.print(`${pictures} pictures of ${size} px written to ${flags.out}`);
}
