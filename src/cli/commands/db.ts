/** `fashiond db`: the database file as an operator handles it. */
import { Option } from 'commander';
import type { Command } from 'commander';
import type { ExportFormat } from '../../domain/serving.js';
import { VIEWS } from '../../store/views.js';
import { requiredConfig, withConfigOption } from '../config-option.js';
import type { CliContext, RegisterCommand } from '../context.js';
import type { JsonFlag } from '../db.js';
import type { ExportFlags } from '../db-export.js';
import type { PruneFlags } from '../db-prune.js';

export const registerDb: RegisterCommand = (program, context) => {
  const db = program
    .command('db')
    .description('back up, restore, check, bring up to date, export or prune the database');
  registerBackup(db, context);
  registerRestore(db, context);
  registerCheck(db, context);
  registerMigrate(db, context);
  registerExport(db, context);
  registerPrune(db, context);
};

function registerBackup(db: Command, context: CliContext): void {
  const command: Command = withConfigOption(db.command('backup'))
    .description('copy the database, beside a running daemon or without one, and read the copy through')
    .argument('[file]', 'the new file; a name with the time in store.backups without it')
    .option('--json', 'machine-readable output')
    .action(async (file: string | undefined, flags: JsonFlag) => {
      const { config } = await requiredConfig(command);
      const { backUpDatabase } = await import('../db.js');
      await backUpDatabase(config, file, flags, context);
    });
}

function registerRestore(db: Command, context: CliContext): void {
  const command: Command = withConfigOption(db.command('restore'))
    .description(
      'put a backup in the place of the database, which is kept under another name; stop the daemon first',
    )
    .argument('<backup>', 'a file made by `fashiond db backup`, or by the daemon')
    .option('--json', 'machine-readable output')
    .action(async (backup: string, flags: JsonFlag) => {
      const { config } = await requiredConfig(command);
      const { restoreDatabase } = await import('../db.js');
      await restoreDatabase(config, backup, flags, context);
    });
}

function registerCheck(db: Command, context: CliContext): void {
  const command: Command = withConfigOption(db.command('check'))
    .description(
      'read the whole database and look for its pictures; ends with exit code 1 when something is wrong',
    )
    .option('--json', 'machine-readable output')
    .action(async (flags: JsonFlag) => {
      const { config } = await requiredConfig(command);
      const { checkWhole } = await import('../db-check.js');
      checkWhole(config, flags, context);
    });
}

function registerMigrate(db: Command, context: CliContext): void {
  const command: Command = withConfigOption(db.command('migrate'))
    .description('bring the schema up to date, after a backup, as the daemon does when it starts')
    .option('--json', 'machine-readable output')
    .action(async (flags: JsonFlag) => {
      const { config } = await requiredConfig(command);
      const { migrateDatabase } = await import('../db.js');
      migrateDatabase(config, flags, context);
    });
}

function registerExport(db: Command, context: CliContext): void {
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
      const loaded = await requiredConfig(command);
      const { exportView } = await import('../db-export.js');
      await exportView(loaded, view, flags, context);
    });
}

function withItemFlags(command: Command): Command {
  return command
    .option('--shop <id>', 'only items of this shop')
    .option('--category <name>', 'only this category, or unknown')
    .option('--brand <name>', 'only this brand, exactly as the shop writes it')
    .option('--words <words>', 'only items whose title, brand or SKU hold all of these')
    .option('--in-stock', 'only what can be ordered')
    .addOption(
      new Option('--currency <code>', 'only prices in this currency').argParser((text) => text.toUpperCase()),
    )
    .option('--min-price <amount>', 'only what costs at least this much, in whole units of --currency')
    .option('--max-price <amount>', 'only what costs at most this much')
    .option('--on-sale', 'without items that vanished');
}

function registerPrune(db: Command, context: CliContext): void {
  const command: Command = withConfigOption(db.command('prune'))
    .description('delete what store.keep lets go, as the daemon does once a day; stop the daemon first')
    .option('--dry-run', 'only say what would go; beside a running daemon as well')
    .option('--json', 'machine-readable output')
    .action(async (flags: PruneFlags) => {
      const { config } = await requiredConfig(command);
      const { pruneDatabase } = await import('../db-prune.js');
      await pruneDatabase(config, flags, context);
    });
}
