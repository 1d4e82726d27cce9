/** `fashiond db`: the database file as an operator handles it. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { createLog } from '../platform/log.js';
import { openForReading } from '../store/open-file.js';
import { MIGRATIONS, openStore } from '../store/store.js';
import { schemaOf } from '../store/migrate.js';
import { systemClock } from '../platform/clock.js';
import { backUp } from '../store/upkeep/backup.js';
import { backupName } from '../store/upkeep/backup-name.js';
import { restore } from '../store/upkeep/restore.js';
import { formatBytes } from './bytes.js';
import { requiredConfig, withConfigOption } from './config-option.js';
import type { CliContext, RegisterCommand } from './context.js';
import { registerDbCheck } from './db-check.js';
import { registerDbExport } from './db-export.js';
import { registerDbPrune } from './db-prune.js';

export const registerDb: RegisterCommand = (program, context) => {
  const db = program
    .command('db')
    .description('back up, restore, check, bring up to date, export or prune the database');
  registerBackup(db, context);
  registerRestore(db, context);
  registerDbCheck(db, context);
  registerMigrate(db, context);
  registerDbExport(db, context);
  registerDbPrune(db, context);
};

interface JsonFlag {
  readonly json?: boolean;
}

function registerBackup(db: Command, context: CliContext): void {
  const command: Command = withConfigOption(db.command('backup'))
    .description('copy the database, beside a running daemon or without one, and read the copy through')
    .argument('[file]', 'the new file; a name with the time in store.backups without it')
    .option('--json', 'machine-readable output')
    .action(async (file: string | undefined, flags: JsonFlag) => {
      const { config } = await requiredConfig(command);
      const target =
        file === undefined ? backupName(config.store.backups, 'manual', systemClock.now()) : resolve(file);
      const copy = await backUp(config.store.path, target);
      if (flags.json === true) context.print(JSON.stringify(copy));
      else context.print(`${copy.path}: ${formatBytes(copy.bytes)}, schema ${copy.schema}, read through`);
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
      const { path } = config.store;
      const restored = await restore(resolve(backup), path, systemClock);
      if (flags.json === true) {
        context.print(JSON.stringify({ path, ...restored }));
        return;
      }
      context.print(`${path} is ${resolve(backup)} now, schema ${restored.schema}`);
      if (restored.replaced !== null) context.print(`what stood there is kept as ${restored.replaced}`);
    });
}

function registerMigrate(db: Command, context: CliContext): void {
  const command: Command = withConfigOption(db.command('migrate'))
    .description('bring the schema up to date, after a backup, as the daemon does when it starts')
    .option('--json', 'machine-readable output')
    .action(async (flags: JsonFlag) => {
      const { config } = await requiredConfig(command);
      const { path } = config.store;
      const from = schemaNow(path);
      const silent = createLog({ level: 'silent', format: 'json' });
      let backup: string | null = null;
      openStore(path, { log: silent, onBackup: (made) => (backup = made) }).close();
      const to = MIGRATIONS.length;
      if (flags.json === true) context.print(JSON.stringify({ path, from, to, backup }));
      else if (from === to) context.print(`${path} has schema ${to}, the newest`);
      else
        context.print(`${path} went from schema ${from} to ${to}; what it was is kept as ${String(backup)}`);
    });
}

/** Throws where there is no database: `migrate` is to make none. */
function schemaNow(path: string): number {
  const db = openForReading(path);
  try {
    return schemaOf(db, MIGRATIONS);
  } finally {
    db.raw.close();
  }
}
