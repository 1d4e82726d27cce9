/**
 * The store: everything the daemon knows, in one SQLite file. Implements the ports CrawlStore, ImageStore and
 * SearchStore; every method is one transaction.
 *
 * Opening takes, in this order: the lock (one daemon per database), a look at the file that changes nothing,
 * migrations, views. Whatever fails leaves the file as it was.
 */
import { dirname, resolve } from 'node:path';
import type { RevisitPolicy } from '../domain/crawl.js';
import { FashiondError } from '../domain/errors.js';
import type { Clock, Log } from '../domain/ports.js';
import { configSchema } from '../config/schema.js';
import { systemClock } from '../platform/clock.js';
import { explain } from './connection.js';
import type { Connection } from './connection.js';
import { fillIdentities } from './identity.js';
import type { HealthLimits } from './health/judge.js';
import { ShopHealth } from './health/shop-health.js';
import { acquireLock } from './lock.js';
import type { Lock } from './lock.js';
import { migrate, requireCurrent } from './migrate.js';
import type { Migration } from './migrate.js';
import { initial } from './migrations/001-initial.js';
import { runReasons } from './migrations/002-run-reasons.js';
import { typicality } from './migrations/003-typicality.js';
import { robots } from './migrations/004-robots.js';
import { feeds } from './migrations/011-feeds.js';
import { review } from './migrations/012-review.js';
import { models } from './migrations/013-models.js';
import { renewal } from './migrations/014-renewal.js';
import { identities } from './migrations/005-identities.js';
import { health } from './migrations/006-health.js';
import { revisits } from './migrations/007-revisits.js';
import { variants } from './migrations/008-variants.js';
import { traps } from './migrations/009-traps.js';
import { shortVectors } from './migrations/015-short-vectors.js';
import { modelPictures } from './migrations/016-model-pictures.js';
import { itemWords } from './migrations/018-item-words.js';
import { heartbeatRuntime } from './migrations/017-heartbeat-runtime.js';
import { texts } from './migrations/010-texts.js';
import { inspectFile, makeFolder, openForReading, openForWriting } from './open-file.js';
import { Reading } from './reading.js';
import type { ReadOnlyStore } from './reading.js';
import { EVERY_RUN } from './settle.js';
import { SqliteStore } from './sqlite-store.js';
import type { Store } from './store-port.js';
import { ensureViews } from './views.js';

export type { ReadOnlyStore } from './reading.js';
export type { Store } from './store-port.js';

/** In order; a new one is added at the end. */
export const MIGRATIONS: readonly Migration[] = [
  initial,
  runReasons,
  typicality,
  robots,
  identities,
  health,
  revisits,
  variants,
  traps,
  texts,
  feeds,
  review,
  models,
  renewal,
  shortVectors,
  modelPictures,
  heartbeatRuntime,
  itemWords,
];

export interface StoreOptions {
  readonly log: Log;
  readonly clock?: Clock;
  /** When a shop counts as yellow or red; the defaults of the config without it. */
  readonly health?: HealthLimits;
  /** When known pages are visited again; in every run without one. */
  readonly revisit?: RevisitPolicy;
  /** Whether there is room for what is fetched; nothing is claimed for fetching without. Always without it. */
  readonly hasRoom?: () => boolean;
  /** Bytes that the backup made before the schema changes leaves free on the disk; none without it. */
  readonly diskFloor?: number;
  /** Told of the backup that is made before the schema changes. */
  readonly onBackup?: (path: string) => void;
  /** For tests of upgrades. */
  readonly migrations?: readonly Migration[];
}

/**
 * Opens the store for the one process that writes; makes the file when there is none.
 *
 * Throws FashiondError: `busy` when another process has it, `corrupt` when it is damaged or no database,
 * `incompatible` when it is another program's or a newer fashiond's, `refused` when it cannot be opened or written or
 * there is no room for the backup before its schema changes.
 */
export function openStore(path: string, options: StoreOptions): Store {
  const full = resolve(path);
  const clock = options.clock ?? systemClock;
  const lock = takeLock(full);
  let db: Connection | null = null;
  try {
    inspectFile(full);
    db = openForWriting(full);
    const backup = migrate(db, options.migrations ?? MIGRATIONS, {
      clock,
      log: options.log,
      floorBytes: options.diskFloor ?? 0,
    });
    if (backup !== null) options.onBackup?.(backup);
    fillIdentities(db);
    ensureViews(db);
    db.run('INSERT OR REPLACE INTO holder (id, pid, since) VALUES (1, ?, ?)', [process.pid, clock.now()]);
    options.log.info('store.opened', { path: full });
    const health = new ShopHealth(db, options.health ?? configSchema.parse({}).health);
    const { revisit = EVERY_RUN, hasRoom = () => true } = options;
    return new SqliteStore(db, { clock, lock, health, revisit, hasRoom });
  } catch (error) {
    db?.raw.close();
    lock.release();
    throw error;
  }
}

/** Opens the store for reading, beside a running daemon or without one. Throws as `openStore`, or `not-found`. */
export function openReadOnly(path: string): ReadOnlyStore {
  const db = openForReading(resolve(path));
  try {
    requireCurrent(db, MIGRATIONS);
    return new Reading(db);
  } catch (error) {
    db.raw.close();
    throw error;
  }
}

/** Throws FashiondError `busy` when another process has the database. */
export function takeLock(path: string): Lock {
  makeFolder(dirname(path));
  let lock: Lock | null;
  try {
    lock = acquireLock(`${path}.lock`);
  } catch (error) {
    throw explain(error, `${path}.lock`);
  }
  if (lock !== null) return lock;
  throw new FashiondError('busy', `${path} is in use by ${holderOf(path)}`, {
    hint: 'One daemon per database: stop the other one, or name another file in store.path.',
    retry: true,
  });
}

function holderOf(path: string): string {
  try {
    const db = openForReading(path);
    try {
      const holder = db.get<{ pid: number; since: number }>('SELECT pid, since FROM holder');
      if (holder !== undefined) {
        return `process ${holder.pid}, since ${new Date(holder.since).toISOString()}`;
      }
    } finally {
      db.raw.close();
    }
  } catch {
    // The other process may be opening the file at this moment: it has not said who it is yet.
  }
  return 'another process';
}
