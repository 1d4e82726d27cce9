/** Lists of items: the same whichever index they start at, and words found as by looking at every item. */
import Database from 'better-sqlite3';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ItemFilter } from '../../../../src/domain/browse.js';
import type { CategoryId, ShopId } from '../../../../src/domain/ids.js';
import { listStatement } from '../../../../src/store/browse/list-items.js';
import { fewItems } from '../../../../src/store/browse/narrow.js';
import { wordsOf } from '../../../../src/store/browse/words.js';
import { openForReading } from '../../../../src/store/open-file.js';
import { begin, product, read, visit, workbench } from '../builders.js';
import { EVERY_ITEM } from '../../../support/every-item.js';

const bench = workbench();

/** Letters that are folded, in SQLite's way or Unicode's, marks that LIKE or FTS5 give a meaning, and Japanese. */
const LETTERS = [
  ...Array.from('abAB"%_\\*(-^:éÉßſKİı ニットセーター帽子ー👒'),
  '\0',
  'e\u0301',
  'か\u3099',
  'NOT ',
  'NEAR(',
];
const text = fc.array(fc.constantFrom(...LETTERS), { maxLength: 8 }).map((letters) => letters.join(''));
const item = fc.record({ title: text, brand: fc.option(text), sku: fc.option(text) });

it('finds the items that hold the words, as a look at every title, brand and SKU does', () => {
  const path = bench.file();
  bench.open(path);
  const db = new Database(path);
  const reader = openForReading(path);
  const add = db.prepare(`
    INSERT INTO products (id, shop_id, natural_key, url, title, brand, sku, description, breadcrumbs, first_seen, last_seen)
    VALUES (:id, 1, :id, :id, :title, :brand, :sku, '', '[]', 0, 0)
    ON CONFLICT (shop_id, natural_key) DO UPDATE SET title = excluded.title, brand = excluded.brand, sku = excluded.sku`);
  const holds = (words: string): unknown[] => {
    const { conditions, params } = wordsOf(words);
    const where = ['TRUE', ...conditions].join(' AND ');
    return db.prepare(`SELECT p.id FROM products p WHERE ${where} ORDER BY p.id DESC`).pluck().all(params);
  };
  const listed = (words: string, order: 'newest' | 'oldest'): number[] => {
    const { sql, params } = listStatement({ ...EVERY_ITEM, words, order }, null);
    return reader.all<{ id: number }>(sql, { ...params, limit: 100 }).map(({ id }) => id);
  };
  fc.assert(
    fc.property(
      fc.array(item, { minLength: 1, maxLength: 12 }),
      fc.array(text, { maxLength: 3 }),
      (items, asked) => {
        // Of the items before, some are changed, some go, and some stay as they were.
        db.prepare('DELETE FROM products WHERE id % 5 = 3').run();
        for (const [at, fields] of items.entries()) add.run({ id: 1 + at, ...fields });
        const own = items.flatMap(({ title }) => [title.slice(0, 4), title.slice(1, 5).toUpperCase()]);
        for (const words of [asked.join(' '), ...own]) {
          expect(listed(words, 'newest')).toEqual(holds(words));
          expect(listed(words, 'oldest')).toEqual(holds(words).reverse());
        }
      },
    ),
    { numRuns: 150 },
  );
  expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
  reader.raw.close();
  db.close();
});

it('finds a word of three characters in whatever letters, and one of two, and a word that is now another', () => {
  const store = bench.open();
  const titled = (title: string, day: number): void => {
    const run = begin(store, `2026-01-0${day}T00:00:00Z`);
    visit(store, run, 'https://moda.example/p/1', read(product({ title, sku: 'A-1' })));
    store.finishRun(run.id, 'finished', 0);
  };
  const count = (words: string): number => store.browse.list({ ...EVERY_ITEM, words }, 10, null).rows.length;
  titled('ケーブルニットの帽子 Wool', 1);
  expect(['ニット', '帽子', 'woo', 'OO', 'ケーブル wool', 'a-1'].map(count)).toEqual([1, 1, 1, 1, 1, 1]);
  titled('Silk scarf', 2);
  expect(['ニット', '帽子', 'wool', 'SCARF', 'a-1', 'silk wool'].map(count)).toEqual([0, 0, 0, 1, 1, 0]);
});

it('lists the same items from the few that a filter leaves as in the order of an index', () => {
  const path = bench.file();
  bench.open(path);
  const db = new Database(path);
  db.exec(`
    INSERT INTO shops (id, key, name, active) VALUES (2, 'other', 'Other', 1);
    INSERT INTO models (id, fingerprint, role) VALUES (1, 'now', 'current'), (2, 'before', 'previous');
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200)
    INSERT INTO products (id, shop_id, natural_key, url, title, brand, sku, description, breadcrumbs, first_seen, last_seen,
      vanished_at)
    SELECT i, 1 + i % 2, i, i, iif(i % 3, 'Linen shirt', 'Wool hat'), iif(i % 7, 'Nordlys', NULL), i, '', '[]', 0, 0,
      iif(i % 11, NULL, 5) FROM n;
    INSERT INTO offers (product_id, price_minor, currency, availability, changed_at)
    SELECT id, id * 37 % 50, iif(id % 4, 'EUR', 'JPY'), iif(id % 5, 'in-stock', 'sold-out'), 0 FROM products
    WHERE id % 13 > 0;
    INSERT INTO item_predictions (product_id, model_id, category, probability, best, candidates, decided_at)
    SELECT id, 1, iif(id % 6 < 4, iif(id % 6, 'hat', 'shirt'), NULL), 1, '', '[]', 0 FROM products WHERE id % 9 > 0;
    INSERT INTO item_predictions (product_id, model_id, category, probability, best, candidates, decided_at)
    SELECT id, 2, iif(id % 8, 'shirt', 'hat'), 1, '', '[]', 1 FROM products WHERE id % 10 < 8;`);
  db.close();
  const reader = openForReading(path);
  const filter: fc.Arbitrary<ItemFilter> = fc.record({
    shop: fc.constantFrom(null, 'moda' as ShopId),
    category: fc.constantFrom(null, 'unknown' as const, 'hat' as CategoryId, 'shirt' as CategoryId),
    brand: fc.constantFrom(null, 'Nordlys'),
    words: fc.constantFrom(null, 'linen', 'hat 1', 'at'),
    inStock: fc.boolean(),
    currency: fc.constantFrom('EUR', 'JPY'),
    minPrice: fc.constantFrom(null, 10),
    maxPrice: fc.constantFrom(null, 40),
    vanished: fc.boolean(),
    order: fc.constantFrom('newest', 'oldest', 'cheapest', 'dearest'),
  });
  const page = (asked: ItemFilter, few: readonly number[] | null): unknown[] => {
    const { sql, params } = listStatement(asked, { value: 25, id: 100 }, few);
    return reader.all(sql, { ...params, limit: 20 });
  };
  let narrowed = 0;
  fc.assert(
    fc.property(filter, (asked) => {
      const few = fewItems(reader, asked);
      if (few !== null) narrowed += 1;
      expect(page(asked, few)).toEqual(page(asked, null));
    }),
    { numRuns: 300 },
  );
  expect(narrowed).toBeGreaterThan(50);
  reader.raw.close();
});
