/** Data sets that were imported with options of their own -> one. */
import { FashiondError } from '../../domain/errors.js';
import { assemble } from './assemble.js';
import type { AssembleOptions, AssemblyReport } from './assemble.js';
import { pixelsOf } from './dataset.js';
import type { Dataset, DatasetSource } from './dataset.js';

export interface NamedDataset {
  /** For messages: the folder it was read from. */
  readonly name: string;
  readonly dataset: Dataset;
}

/** Throws FashiondError `usage` for pixels of different shapes or a source with two licences. */
export function mergeDatasets(
  parts: readonly [NamedDataset, ...NamedDataset[]],
  { leaks, edgesOf }: Pick<AssembleOptions, 'leaks' | 'edgesOf'>,
): { readonly dataset: Dataset; readonly report: AssemblyReport } {
  const [first, ...others] = parts;
  for (const other of others) checkAlike(first, other);
  const { size, fill, preprocessing } = first.dataset.index;
  return assemble(
    parts.flatMap(({ dataset }) =>
      dataset.index.entries.map((entry, at) => ({ entry, pixels: pixelsOf(dataset, at) })),
    ),
    { size, fill, preprocessing, sources: joinSources(parts), leaks, edgesOf },
  );
}

function checkAlike(first: NamedDataset, other: NamedDataset): void {
  for (const property of ['size', 'fill', 'preprocessing'] as const) {
    const [one, another] = [first.dataset.index[property], other.dataset.index[property]];
    if (one === another) continue;
    const difference = `${property} ${one ?? 'unknown'} and ${another ?? 'unknown'}`;
    throw new FashiondError('usage', `${first.name} and ${other.name} do not fit together: ${difference}`, {
      hint: 'import the pictures again, with the same --size',
    });
  }
}

function joinSources(parts: readonly NamedDataset[]): DatasetSource[] {
  const sources = new Map<string, DatasetSource>();
  for (const { name, dataset } of parts) {
    for (const source of dataset.index.sources) {
      const before = sources.get(source.name);
      if (before !== undefined && before.licence !== source.licence) {
        const licences = `${before.licence ?? 'none'} and ${source.licence ?? 'none'}`;
        throw new FashiondError('usage', `${name}: the source ${source.name} has two licences: ${licences}`, {
          hint: 'state the same --licence when importing it, or give the folders different names',
        });
      }
      sources.set(source.name, source);
    }
  }
  return [...sources.values()];
}
