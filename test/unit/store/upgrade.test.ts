/** From the database of the first release to the one of today. */
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import type { ItemFilter } from '../../../src/domain/browse.js';
import { MIGRATIONS } from '../../../src/store/store.js';
import { FIRST_RUN, writeFirstSchema } from '../../support/first-schema.js';
import { begin, product, read, SHOP, visit, workbench } from './builders.js';
import { EVERY_ITEM } from '../../support/every-item.js';

const bench = workbench();
const everyItem: ItemFilter = { ...EVERY_ITEM, vanished: true };

/** The first twelve hexadecimal digits of each migration's SHA-256. One that is here never changes; a new one is added. */
const RELEASED: readonly string[] = [
  '3d9ca0807379',
  'ba82ddf7b959',
  '7e8f6d4c29bf',
  '6fa55defa9b2',
  'd24596fc97de',
  'fd6dfab4ad97',
  '007a01b51a7d',
  '470c2a06183e',
  '30d51eebf60c',
  'c2fe3977ce06',
  '76c7aaac7aed',
  '07ef5573d2a2',
  '55fb31f0e38e',
  'de9650fd7829',
  '542a9ed05c92',
  '1858ff5dba17',
  'aea57bf43794',
  '23d0aa791ca3',
];

describe('an upgrade from the first release', () => {
  const upgraded = () => {
    const path = bench.file();
    writeFirstSchema(path);
    return { path, store: bench.open(path) };
  };

  it('keeps items, prices, decisions, vectors and what people said', () => {
    const { store } = upgraded();
    expect(store.integrityCheck()).toEqual([]);
    expect(
      store.query(
        'SELECT product_id, title, category, price, list_price, currency, colour, vanished_at FROM v_items',
      ),
    ).toEqual([
      {
        product_id: 7,
        title: 'ケーブルニット',
        category: 'sweater',
        price: 4990,
        list_price: 6990,
        currency: 'JPY',
        colour: 'red',
        vanished_at: null,
      },
      expect.objectContaining({
        product_id: 9,
        title: 'Linen shirt',
        price: 20,
        vanished_at: expect.any(String),
      }),
    ]);
    expect(store.query('SELECT price FROM v_prices WHERE product_id = 7 ORDER BY at')).toEqual([
      { price: 5990 },
      { price: 4990 },
    ]);
    expect(store.query('SELECT product_id, blob_id, category, labelled_by, at FROM labels')).toEqual([
      { product_id: 7, blob_id: null, category: 'sweater', labelled_by: 'ann', at: FIRST_RUN },
      { product_id: null, blob_id: 1, category: null, labelled_by: 'bea', at: FIRST_RUN },
    ]);
    expect(store.query('SELECT hex(vector) AS v FROM embeddings')).toEqual([{ v: '0000803F00000040' }]);
    expect(store.query('SELECT title FROM title_history ORDER BY at')).toEqual([
      { title: 'Cable' },
      { title: 'ケーブルニット' },
    ]);
  });

  it('goes on with the run that was under way, and with what waited', () => {
    const { store } = upgraded();
    const [run] = store.unfinishedRuns();
    expect(run).toMatchObject({ shop: SHOP, slot: '2026-01-01T03:00:00.000Z' });
    expect(store.recoverLeases()).toMatchObject({ pages: 1 });
    const claimed = store.claimPages(run!, 10, FIRST_RUN, 1000).map(({ url }) => url);
    expect(claimed).toContain('https://moda.example/p/1');
    expect(store.backlog()).toEqual({ wanted: 1, stored: 1 });
    // Words were not read then: they wait now.
    expect(store.waitingTexts(10).map(({ product }) => product)).toEqual([7, 9]);
  });

  it('finds its items by their words', () => {
    const { store } = upgraded();
    const titles = (words: string): string[] =>
      store.browse.list({ ...everyItem, words }, 10, null).rows.map(({ title }) => title);
    expect(['ケーブル', 'LINEN', 'Nordlys'].map(titles)).toEqual([['ケーブルニット'], ['Linen shirt'], []]);
  });

  it('knows its items again when they are read anew', () => {
    const { store } = upgraded();
    const url = 'https://moda.example/p/1';
    visit(store, begin(store, 'next'), url, read(product({ url, sku: 'A1', title: 'Cable knit' })));
    expect(store.query('SELECT id, title FROM products WHERE id = 7 OR id > 9')).toEqual([
      { id: 7, title: 'Cable knit' },
    ]);
    expect(store.query('SELECT count(*) AS n FROM v_same_product')).toEqual([{ n: 0 }]);
  });

  it('leaves the old database beside it, as it was', () => {
    const { path } = upgraded();
    const backup = readdirSync(dirname(path)).find((name) => name.endsWith('.backup')) ?? '';
    expect(backup).toMatch(/^shop\.db\.schema-1\./);
    const file = new Database(join(dirname(path), backup), { readonly: true });
    expect(file.prepare('SELECT max(number) FROM migrations').pluck().get()).toBe(1);
    expect(file.prepare('SELECT count(*) FROM labels').pluck().get()).toBe(2);
    expect(file.pragma('integrity_check', { simple: true })).toBe('ok');
    file.close();
  });
});

describe('migrations', () => {
  it('are those that were released: databases that exist have their checksums', () => {
    const digests = MIGRATIONS.map(({ sql }) => createHash('sha256').update(sql).digest('hex').slice(0, 12));
    expect(digests).toEqual(RELEASED);
  });
});
