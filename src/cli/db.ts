/** `fashiond db backup`, `restore` and `migrate`. */
import { resolve } from 'node:path';
import type { Config } from '../config/schema.js';
import { createLog } from '../platform/log.js';
import { openForReading } from '../store/open-file.js';
import { MIGRATIONS, openStore } from '../store/store.js';
import { schemaOf } from '../store/migrate.js';
import { systemClock } from '../platform/clock.js';
import { backUp } from '../store/upkeep/backup.js';
import { backupName } from '../store/upkeep/backup-name.js';
import { restore } from '../store/upkeep/restore.js';
import { formatBytes } from './bytes.js';
import type { CliContext } from './context.js';

export interface JsonFlag {
  readonly json?: boolean;
}

/** `file`: undefined takes a name with the time in `store.backups`. */
export async function backUpDatabase(
  config: Config,
  file: string | undefined,
  flags: JsonFlag,
  context: CliContext,
): Promise<void> {
  const target =
    file === undefined ? backupName(config.store.backups, 'manual', systemClock.now()) : resolve(file);
  const copy = await backUp(config.store.path, target, config.store.disk_floor);
  if (flags.json === true) context.print(JSON.stringify(copy));
  else context.print(`${copy.path}: ${formatBytes(copy.bytes)}, schema ${copy.schema}, read through`);
}

export async function restoreDatabase(
  config: Config,
  backup: string,
  flags: JsonFlag,
  context: CliContext,
): Promise<void> {
  const { path } = config.store;
  const restored = await restore(resolve(backup), path, systemClock);
  if (flags.json === true) {
    context.print(JSON.stringify({ path, ...restored }));
    return;
  }
  context.print(`${path} is ${resolve(backup)} now, schema ${restored.schema}`);
  if (restored.replaced !== null) context.print(`what stood there is kept as ${restored.replaced}`);
}

export function migrateDatabase(config: Config, flags: JsonFlag, context: CliContext): void {
  const { path, disk_floor: diskFloor } = config.store;
  const from = schemaNow(path);
  const silent = createLog({ level: 'silent', format: 'json' });
  let backup: string | null = null;
  openStore(path, { log: silent, diskFloor, onBackup: (made) => (backup = made) }).close();
  const to = MIGRATIONS.length;
  if (flags.json === true) context.print(JSON.stringify({ path, from, to, backup }));
  else if (from === to) context.print(`${path} has schema ${to}, the newest`);
  else context.print(`${path} went from schema ${from} to ${to}; what it was is kept as ${String(backup)}`);
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
