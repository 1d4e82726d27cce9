/**
 * Brings the schema up to date: forward only, each step in its own transaction, after a backup.
 *
 * Invariants: an applied migration never changes (its checksum is kept and compared); a database with a newer
 * schema than this program knows is refused before anything is written.
 */
import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { FashiondError } from '../domain/errors.js';
import type { Clock, Log } from '../domain/ports.js';
import { sha256Hex } from '../platform/fingerprint.js';
import { corruptError, explain } from './connection.js';
import type { Connection } from './connection.js';
import { openForReading } from './open-file.js';
import { finishCopy, partialOf, removeUnfinished, requireRoomFor } from './upkeep/verified-copy.js';

interface MigrationParts {
  readonly clock: Clock;
  readonly log: Log;
  /** Left free on the disk by the backup. */
  readonly floorBytes: number;
}

export interface Migration {
  /** From 1, without gaps. */
  readonly number: number;
  readonly name: string;
  readonly sql: string;
}

interface Applied {
  readonly number: number;
  readonly name: string;
  readonly checksum: string;
}

/** Broken references that the log names. */
const MOST_NAMED = 10;

/**
 * Applies what is missing. Returns the path of the backup, or null when none was needed; one that an earlier try made
 * serves again where nobody has had the database since. Throws FashiondError `refused`, and changes nothing, where there is
 * no room for it.
 */
export function migrate(
  db: Connection,
  migrations: readonly Migration[],
  parts: MigrationParts,
): string | null {
  removeUnfinishedBackups(db.path);
  const applied = appliedMigrations(db);
  checkApplied(db, applied, migrations);
  const missing = migrations.slice(applied.length);
  if (missing.length === 0) return null;
  const backup = applied.length > 0 ? backUp(db, applied.length, parts) : null;
  const before = brokenReferences(db);
  if (before.length > 0)
    parts.log.warn('store.references_broken', { references: before.slice(0, MOST_NAMED) });
  // A step may rebuild a table that others refer to; what it leaves is checked before it is committed.
  db.raw.pragma('foreign_keys = OFF');
  for (const migration of missing) apply(db, migration, new Set(before), parts);
  db.raw.pragma('foreign_keys = ON');
  return backup;
}

/** Refuses a schema that is not exactly the one these migrations lead to; for readers, which change nothing. */
export function requireCurrent(db: Connection, migrations: readonly Migration[]): void {
  const applied = appliedMigrations(db);
  checkApplied(db, applied, migrations);
  if (applied.length < migrations.length) {
    throw new FashiondError(
      'incompatible',
      `${db.path} has schema ${applied.length}; this program needs ${migrations.length}`,
      { hint: 'Start the daemon once: it backs the file up and brings it up to date.' },
    );
  }
}

/** The number of the last migration; throws as `requireCurrent`, but takes an older schema. */
export function schemaOf(db: Connection, migrations: readonly Migration[]): number {
  const applied = appliedMigrations(db);
  checkApplied(db, applied, migrations);
  return applied.length;
}

function appliedMigrations(db: Connection): Applied[] {
  const known = db.get(`SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'migrations'`);
  return known === undefined
    ? []
    : db.all<Applied>('SELECT number, name, checksum FROM migrations ORDER BY number');
}

function checkApplied(db: Connection, applied: readonly Applied[], migrations: readonly Migration[]): void {
  const newest = applied.at(-1)?.number ?? 0;
  if (newest > migrations.length) {
    throw new FashiondError(
      'incompatible',
      `${db.path} has schema ${newest}, newer than ${migrations.length}, the newest this program knows`,
      { hint: 'Nothing was changed. Install a newer fashiond, or use the backup made before the upgrade.' },
    );
  }
  for (const [index, row] of applied.entries()) {
    const migration = migrations[index];
    if (migration === undefined || migration.number !== row.number) {
      throw corruptError(db.path, `its list of migrations has a gap before number ${row.number}`);
    }
    if (checksumOf(migration) !== row.checksum) {
      throw new FashiondError(
        'incompatible',
        `migration ${row.number} (${row.name}) of ${db.path} is not the one this program ships`,
        { hint: 'The database comes from another build of fashiond: use that build, or crawl anew.' },
      );
    }
  }
}

function apply(
  db: Connection,
  migration: Migration,
  brokenBefore: ReadonlySet<string>,
  parts: Pick<MigrationParts, 'clock' | 'log'>,
): void {
  const { number, name } = migration;
  db.transaction(() => {
    execute(db, migration.sql);
    // What was broken before is no fault of the step, and no reason never to upgrade.
    const broken = brokenReferences(db).find((reference) => !brokenBefore.has(reference));
    if (broken !== undefined) {
      throw new FashiondError('internal', `migration ${number} (${name}) breaks a reference: ${broken}`);
    }
    db.run('INSERT INTO migrations (number, name, checksum, applied_at) VALUES (?, ?, ?, ?)', [
      number,
      name,
      checksumOf(migration),
      parts.clock.now(),
    ]);
  });
  parts.log.info('store.migrated', { number, name });
}

function execute(db: Connection, sql: string): void {
  try {
    db.raw.exec(sql);
  } catch (error) {
    throw explain(error, db.path);
  }
}

/** References to rows that are not there, such as `offers row 7 to products`. */
function brokenReferences(db: Connection): string[] {
  return db
    .all<{ from: string; rowid: number | null; parent: string }>(
      'SELECT "table" AS "from", rowid, parent FROM pragma_foreign_key_check',
    )
    .map(({ from, rowid, parent }) => `${from} row ${rowid ?? '?'} to ${parent}`);
}

/** A whole copy beside the file, read through and on the disk before the first step runs. */
function backUp(db: Connection, schema: number, parts: MigrationParts): string {
  const earlier = earlierBackup(db, schema);
  if (earlier !== null) return earlier;
  const time = new Date(parts.clock.now()).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const path = `${db.path}.schema-${schema}.${time}.backup`;
  requireRoomFor(db, path, parts.floorBytes);
  // Not the backup API: nothing may be awaited between the look at the schema and its change.
  db.run('VACUUM INTO ?', [partialOf(path)]);
  finishCopy(path);
  parts.log.info('store.backed_up', { path, schema });
  return path;
}

/** What a step that failed had before it: who opens the database for writing, and gets so far, says so in `holder`. */
function earlierBackup(db: Connection, schema: number): string | null {
  const folder = dirname(db.path);
  const newest = readdirSync(folder)
    .filter((name) => name.startsWith(`${basename(db.path)}.schema-${schema}.`) && name.endsWith('.backup'))
    .toSorted()
    .at(-1);
  if (newest === undefined) return null;
  const path = join(folder, newest);
  try {
    const file = openForReading(path);
    try {
      return holderIn(file) === holderIn(db) ? path : null;
    } finally {
      file.raw.close();
    }
  } catch {
    // What cannot be read, or was made before there was a holder, is no copy to count on.
    return null;
  }
}

function holderIn(db: Connection): string {
  return JSON.stringify(db.all('SELECT pid, since FROM holder'));
}

/** Each has a name with its time, so that none would be written over. */
function removeUnfinishedBackups(path: string): void {
  const start = `${basename(path)}.schema-`;
  removeUnfinished(
    dirname(path),
    (name) => name.startsWith(start) && /^\d+\.\d{8}T\d{6}Z\.backup$/.test(name.slice(start.length)),
  );
}

function checksumOf(migration: Migration): string {
  return sha256Hex(Buffer.from(migration.sql));
}
