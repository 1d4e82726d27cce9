/** What is kept, where, and for how long. */
import { z } from 'zod';
import { filePath } from './file-path.js';
import { duration, size } from './units.js';

/** A time to keep something; null keeps it for ever. */
const keptFor = (what: string) => duration().nullable().default(null).describe(what);

export const storeSchema = z.strictObject({
  path: filePath().default('fashiond.db').describe('SQLite database file'),
  blobs: filePath().default('blobs').describe('folder of downloaded pictures, named by their SHA-256'),
  backups: filePath().default('backups').describe('folder of backups of the database'),
  daily_backups: z
    .int()
    .min(0)
    .max(366)
    .default(7)
    .describe('the daemon makes a backup a day and keeps so many; 0 makes none'),
  disk_floor: size()
    .prefault('512MiB')
    .describe(
      'no run begins, and no page, feed or picture is fetched, while less than this is free on a disk that is written to; 0B never stops',
    ),
  keep: z
    .strictObject({
      runs: keptFor('how each run went; the last 100 of a shop stay, because its health is judged by them'),
      prices: keptFor('changes of prices, stock and titles; what held at the start of the time stays'),
      vanished: keptFor(
        'items since they vanished, with what is known of them; those that people labelled stay',
      ),
      pictures: keptFor('pictures that no item shows any more; those that people labelled stay'),
    })
    .prefault({})
    .describe(
      'how long things are kept before the daemon deletes them, once a day; null keeps them for ever',
    ),
});
