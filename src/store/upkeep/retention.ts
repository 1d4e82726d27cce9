/**
 * Deletes what has been kept for as long as it was to be kept. Without a rule nothing of a class is ever deleted, and
 * what a person labelled stays whatever the rules say.
 *
 * The rows go in short transactions, so that a daemon that writes to the same database waits for milliseconds.
 */
import type { Connection } from '../connection.js';
import { deleteRows } from './delete-rows.js';

/** How long the rows of each class are kept, in milliseconds; null for ever. */
export interface Retention {
  readonly runs: number | null;
  readonly prices: number | null;
  readonly vanished: number | null;
  readonly pictures: number | null;
}

type RetentionClass = keyof Retention;

/** Rows of each class that went, or would go. */
export interface Pruned {
  readonly rows: Readonly<Record<RetentionClass, number>>;
  /** SHA-256 of the pictures that no row names any more: their files can go. */
  readonly files: readonly string[];
  readonly fileBytes: number;
}

interface Rule {
  readonly table: string;
  /**
   * Ids of the rows that are older than `:before`; `:vanished` is that time for vanished items, or null. The table is
   * called `d`, and further conditions may follow.
   */
  readonly doomed: string;
}

/** Of a shop, whatever their age: the most that its health can be judged by. */
const RUNS_KEPT = 100;
const BATCH = 200;

/** An address of a picture that no item shows but those that another rule takes: a dry run has not taken them yet. */
const unshown = (image: string): string => `
${image}.state <> 'leased' AND max(${image}.added_at, ifnull(${image}.visited_at, 0)) < :before AND NOT EXISTS (
  SELECT 1 FROM product_images pi JOIN products p ON p.id = pi.product_id
  WHERE pi.image_id = ${image}.id AND NOT (ifnull(p.vanished_at < :vanished, 0)
    AND NOT EXISTS (SELECT 1 FROM labels l WHERE l.product_id = p.id)))`;

/** History before the time, but for the latest change: it says what held then. */
const superseded = (table: string): string => `
SELECT d.id FROM ${table} d WHERE d.at < :before AND EXISTS (
  SELECT 1 FROM ${table} n WHERE n.product_id = d.product_id AND n.at < :before AND (n.at, n.id) > (d.at, d.id))`;

const RULES: Readonly<Record<RetentionClass, readonly Rule[]>> = {
  runs: [
    {
      table: 'runs',
      doomed: `
SELECT d.id FROM runs d WHERE d.status <> 'running' AND d.started_at < :before
  AND NOT EXISTS (SELECT 1 FROM frontier f WHERE f.run_id = d.id)
  AND NOT EXISTS (SELECT 1 FROM feeds f WHERE f.run_id = d.id)
  AND d.id NOT IN (
    SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY shop_id ORDER BY started_at DESC, id DESC) AS nth FROM runs)
    WHERE nth <= ${RUNS_KEPT})`,
    },
  ],
  prices: [
    { table: 'offer_history', doomed: superseded('offer_history') },
    { table: 'title_history', doomed: superseded('title_history') },
  ],
  vanished: [
    {
      table: 'products',
      doomed: `SELECT d.id FROM products d WHERE d.vanished_at < :before
  AND NOT EXISTS (SELECT 1 FROM labels l WHERE l.product_id = d.id)`,
    },
  ],
  pictures: [
    { table: 'images', doomed: `SELECT d.id FROM images d WHERE ${unshown('d')}` },
    {
      table: 'blobs',
      doomed: `
SELECT d.id FROM blobs d WHERE d.state <> 'leased' AND d.stored_at < :before
  AND d.id NOT IN (
    SELECT blob_id FROM labels WHERE blob_id IS NOT NULL
    UNION SELECT seen_blob_id FROM labels WHERE seen_blob_id IS NOT NULL)
  AND NOT EXISTS (SELECT 1 FROM images im WHERE im.blob_id = d.id AND NOT (${unshown('im')}))`,
    },
  ],
};

const CLASSES = ['runs', 'prices', 'vanished', 'pictures'] as const satisfies readonly RetentionClass[];

/** `now` in milliseconds since the epoch. A dry run changes nothing. */
export function prune(db: Connection, keep: Retention, now: number, dry: boolean): Pruned {
  const rows = { runs: 0, prices: 0, vanished: 0, pictures: 0 };
  const files: string[] = [];
  let fileBytes = 0;
  const vanished = keep.vanished === null ? null : now - keep.vanished;
  for (const name of CLASSES) {
    const kept = keep[name];
    if (kept === null) continue;
    for (const { table, doomed } of RULES[name]) {
      const times = { before: now - kept, ...(doomed.includes(':vanished') ? { vanished } : {}) };
      const found = db.all<{ id: number }>(doomed, times).map(({ id }) => id);
      for (let at = 0; at < found.length; at += BATCH) {
        const batch = found.slice(at, at + BATCH);
        const take = (): void => {
          // Looked at again: an item may be back, or have got a label, since the list was made.
          const among = `${doomed} AND d.id IN (SELECT value FROM json_each(:ids))`;
          const ids = db
            .all<{ id: number }>(among, { ...times, ids: JSON.stringify(batch) })
            .map(({ id }) => id);
          if (table === 'blobs') {
            for (const { sha256, bytes } of blobsOf(db, ids)) {
              files.push(sha256);
              fileBytes += bytes;
            }
          }
          // An address of a picture is no picture: what counts is the file.
          if (table !== 'images') rows[name] += ids.length;
          if (!dry) deleteRows(db, table, ids);
        };
        if (dry) take();
        else db.transaction(take);
      }
    }
  }
  return { rows, files, fileBytes };
}

function blobsOf(db: Connection, ids: readonly number[]): { sha256: string; bytes: number }[] {
  return db.all(
    'SELECT sha256, byte_length AS bytes FROM blobs WHERE id IN (SELECT value FROM json_each(?))',
    [JSON.stringify(ids)],
  );
}
