/** The registry for a command that records a step, beside a running daemon or without one. */
import { resolve } from 'node:path';
import { FashiondError } from '../../domain/errors.js';
import type { ModelRegistry } from '../../domain/model-registry.js';
import type { Log } from '../../domain/ports.js';
import { systemClock } from '../../platform/clock.js';
import { requireCurrent } from '../migrate.js';
import { openForWriting } from '../open-file.js';
import { MIGRATIONS, openStore } from '../store.js';
import { Registry } from './writing.js';

export interface OpenRegistry {
  readonly models: ModelRegistry;
  /** Whether another process, such as the daemon, has the database; it follows what is recorded. */
  readonly busy: boolean;
  close(): void;
}

/**
 * Steps are short transactions: a daemon beside it waits for milliseconds. Throws as `openStore`, but never `busy`.
 * `diskFloor` in bytes.
 */
export function openRegistry(path: string, log: Log, diskFloor: number): OpenRegistry {
  try {
    const store = openStore(path, { log, diskFloor });
    return { models: store.models, busy: false, close: () => store.close() };
  } catch (error) {
    if (!(error instanceof FashiondError) || error.code !== 'busy') throw error;
  }
  const db = openForWriting(resolve(path));
  try {
    requireCurrent(db, MIGRATIONS);
  } catch (error) {
    db.raw.close();
    throw error;
  }
  return { models: new Registry(db, systemClock), busy: true, close: () => db.raw.close() };
}
