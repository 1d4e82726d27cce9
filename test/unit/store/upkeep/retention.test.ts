import { join } from 'node:path';
import Database from 'better-sqlite3';
import { beforeEach, describe, expect, it } from 'vitest';
import { openForWriting } from '../../../../src/store/open-file.js';
import type { Connection } from '../../../../src/store/connection.js';
import { referencesTo } from '../../../../src/store/upkeep/delete-rows.js';
import { prune } from '../../../../src/store/upkeep/retention.js';
import { FIRST_RUN, writeFirstSchema } from '../../../support/first-schema.js';
import { workbench } from '../builders.js';

const bench = workbench();
const DAY = 86_400_000;
const NEVER = { runs: null, prices: null, vanished: null, pictures: null };

let db: Connection;
beforeEach(() => {
  // Items, histories and pictures of two days, one item of them vanished.
  const path = join(bench.folder(), 'old.db');
  writeFirstSchema(path);
  bench.open(path).close();
  db = openForWriting(path);
  return () => db.raw.close();
});

const column = (sql: string): unknown[] => db.raw.prepare(sql).pluck().all();
const later = FIRST_RUN + 10 * DAY;

describe('prune', () => {
  it('deletes nothing without a rule, whatever its age', () => {
    const before = db.raw.serialize();
    const { rows, files } = prune(db, NEVER, later + 1000 * DAY, false);
    expect(rows).toEqual({ runs: 0, prices: 0, vanished: 0, pictures: 0 });
    expect(files).toEqual([]);
    expect(db.raw.serialize().equals(before)).toBe(true);
  });

  it('takes vanished items with all that hangs on them, and the pictures that only they showed', () => {
    const keep = { ...NEVER, vanished: 5 * DAY, pictures: 5 * DAY };
    const dry = prune(db, keep, later, true);
    expect(column('SELECT id FROM products')).toEqual([7, 9]);
    const done = prune(db, keep, later, false);
    expect(dry).toEqual(done);
    expect(done.rows).toEqual({ runs: 0, prices: 0, vanished: 1, pictures: 1 });
    expect(done.files).toEqual(['b'.repeat(64)]);
    expect(done.fileBytes).toBe(2000);
    expect(column('SELECT id FROM products')).toEqual([7]);
    expect(column('SELECT product_id FROM offer_history ORDER BY id')).toEqual([7, 7]);
    expect(column('SELECT sha256 FROM blobs')).toEqual(['a'.repeat(64)]);
    expect(column('SELECT id FROM images ORDER BY id')).toEqual([1, 3]);
    expect(column('SELECT product_id FROM pages ORDER BY frontier_id')).toEqual([7, null]);
    expect(db.raw.pragma('foreign_key_check')).toEqual([]);
    expect(prune(db, keep, later, false).rows).toEqual({ runs: 0, prices: 0, vanished: 0, pictures: 0 });
  });

  it('keeps what people labelled', () => {
    db.run(`UPDATE products SET vanished_at = ?`, [FIRST_RUN]);
    const done = prune(db, { ...NEVER, vanished: 0, pictures: 0 }, later, false);
    expect(done.rows.vanished).toBe(1);
    expect(column('SELECT product_id FROM labels WHERE product_id IS NOT NULL')).toEqual([7]);
    expect(column('SELECT sha256 FROM blobs')).toEqual(['a'.repeat(64)]);
  });

  it('keeps the price that held when the time began, and every later one', () => {
    const prices = (): unknown[] =>
      column('SELECT price_minor FROM offer_history WHERE product_id = 7 ORDER BY at');
    prune(db, { ...NEVER, prices: 10 * DAY }, later, false);
    expect(prices()).toEqual([5990, 4990]);
    expect(prune(db, { ...NEVER, prices: 9 * DAY }, later, false).rows.prices).toBe(3);
    expect(prices()).toEqual([4990]);
    expect(column('SELECT title FROM title_history')).toEqual(['ケーブルニット']);
  });

  it('keeps the last hundred runs of a shop, and those that something refers to', () => {
    const insert = db.raw.prepare(
      `INSERT INTO runs (shop_id, slot, status, started_at) VALUES (1, ?, 'finished', ?)`,
    );
    for (let n = 0; n < 120; n += 1) insert.run(`slot ${n}`, FIRST_RUN - 500 * DAY + n);
    const done = prune(db, { ...NEVER, runs: DAY }, later, false);
    // 122 of the shop; 100 are kept.
    expect(done.rows.runs).toBe(22);
    expect(column(`SELECT count(*) FROM runs WHERE slot LIKE 'slot %'`)).toEqual([98]);
    expect(column('SELECT id FROM runs WHERE id < 4')).toEqual([1, 2, 3]);
  });

  it('writes beside another process that writes as well', () => {
    const other = new Database(db.path);
    other.exec('BEGIN');
    other.prepare('SELECT count(*) FROM products').get();
    expect(prune(db, { ...NEVER, vanished: DAY }, later, false).rows.vanished).toBe(1);
    other.close();
  });
});

// A table that is new here needs a decision: does its row go with the item, or stay without it?
it('knows every table that hangs on an item, a picture or a run', () => {
  const tables = (of: 'products' | 'blobs' | 'images' | 'runs'): string[] =>
    referencesTo(db, of).map(({ child, mayBeNull }) => (mayBeNull ? `${child} stays` : child));
  expect(tables('products')).toEqual([
    'feed_items stays',
    'item_predictions',
    'labels stays',
    'offer_history',
    'offers',
    'pages stays',
    'product_identities',
    'product_images',
    'text_predictions',
    'text_queue',
    'title_history',
    'undecided',
    'variants',
  ]);
  expect(tables('blobs')).toEqual([
    'embeddings',
    'images stays',
    'labels stays',
    'labels stays',
    'predictions',
    'short_vectors',
  ]);
  expect(tables('images')).toEqual(['product_images']);
  // A run that its feeds and pages refer to is kept.
  expect(tables('runs')).toEqual([
    'feeds',
    'frontier',
    'link_refusals',
    'run_fields',
    'run_findings',
    'run_measures',
    'run_outcomes',
  ]);
});
