/** The registry as a second process has it, beside a daemon that holds the database. */
import { systemClock } from '../../src/platform/clock.js';
import { openForWriting } from '../../src/store/open-file.js';
import { Registry } from '../../src/store/registry/writing.js';

export function openRegistry(path: string): { readonly models: Registry; readonly close: () => void } {
  const db = openForWriting(path);
  return { models: new Registry(db, systemClock), close: () => db.raw.close() };
}
