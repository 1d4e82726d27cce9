/** `db export`: a view of the database as CSV, JSON Lines or Parquet, beside a running daemon or without one. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { LoadedConfig } from '../config/load.js';
import { FashiondError } from '../domain/errors.js';
import type { ExportFormat } from '../domain/serving.js';
import { writeChunksAtomic } from '../platform/atomic-file.js';
import { openReadOnly } from '../store/store.js';
import type { CliContext } from './context.js';
import { itemFilterFrom } from './item-filter.js';
import type { ItemFlags } from './item-filter.js';

export interface ExportFlags extends ItemFlags {
  readonly format: ExportFormat;
  readonly output?: string;
}

/** Throws FashiondError `usage` for a view that there is not, or Parquet on a terminal. */
export async function exportView(
  { config, categories }: LoadedConfig,
  view: string,
  flags: ExportFlags,
  context: CliContext,
): Promise<void> {
  const { format, output } = flags;
  if (format === 'parquet' && output === undefined && process.stdout.isTTY) {
    throw new FashiondError('usage', 'Parquet is nothing for a terminal', {
      hint: 'Add --output items.parquet.',
    });
  }
  const store = openReadOnly(config.store.path);
  try {
    const made = await store.export({ view, filter: itemFilterFrom(flags, categories), format });
    if (output === undefined) await pipeline(Readable.from(made.chunks), process.stdout, { end: false });
    else {
      await writeChunksAtomic(output, made.chunks);
      context.note(`${output}: ${made.rows()} rows`);
    }
  } finally {
    store.close();
  }
}
