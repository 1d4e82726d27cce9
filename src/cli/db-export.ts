/** `db export`: a view of the database as CSV, JSON Lines or Parquet, beside a running daemon or without one. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Option } from 'commander';
import type { Command } from 'commander';
import { FashiondError } from '../domain/errors.js';
import type { ExportFormat } from '../domain/serving.js';
import { writeChunksAtomic } from '../platform/atomic-file.js';
import { openReadOnly } from '../store/store.js';
import { VIEWS } from '../store/views.js';
import { requiredConfig, withConfigOption } from './config-option.js';
import type { CliContext } from './context.js';
import { itemFilterFrom, withItemFlags } from './item-filter.js';
import type { ItemFlags } from './item-filter.js';

interface ExportFlags extends ItemFlags {
  readonly format: ExportFormat;
  readonly output?: string;
}

export function registerDbExport(db: Command, context: CliContext): void {
  const command: Command = withItemFlags(withConfigOption(db.command('export')))
    .description('write a view as CSV, JSON Lines or Parquet; v_items with the filters of the catalogue')
    .argument('<view>', `one of ${VIEWS.map(({ name }) => name).join(', ')}`)
    .addOption(
      new Option('--format <format>', 'how rows are written')
        .choices(['csv', 'jsonl', 'parquet'] satisfies ExportFormat[])
        .default('csv'),
    )
    .option('--output <file>', 'write to this file instead of standard output; it is whole or absent')
    .action(async (view: string, flags: ExportFlags) => {
      const { config, categories } = await requiredConfig(command);
      const { format, output } = flags;
      if (format === 'parquet' && output === undefined && process.stdout.isTTY) {
        throw new FashiondError('usage', 'Parquet is nothing for a terminal', {
          hint: 'Add --output items.parquet.',
        });
      }
      const store = openReadOnly(config.store.path);
      try {
        const made = store.export({ view, filter: itemFilterFrom(flags, categories), format });
        if (output === undefined) await pipeline(Readable.from(made.chunks), process.stdout, { end: false });
        else {
          await writeChunksAtomic(output, made.chunks);
          context.note(`${output}: ${made.rows()} rows`);
        }
      } finally {
        store.close();
      }
    });
}
