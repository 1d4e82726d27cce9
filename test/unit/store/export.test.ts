import { parse } from 'csv-parse/sync';
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import Database from 'better-sqlite3';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ItemFilter } from '../../../src/domain/browse.js';
import type { CategoryId, Sha256, ShopId } from '../../../src/domain/ids.js';
import type { ExportFormat } from '../../../src/domain/serving.js';
import { columnsOf } from '../../../src/store/export/table.js';
import { VIEWS } from '../../../src/store/views.js';
import { openStore } from '../../../src/store/store.js';
import type { Store } from '../../../src/store/store.js';
import {
  begin,
  classified,
  classify,
  context,
  manifest,
  product,
  read,
  shop,
  silent,
  T0,
  visit,
  workbench,
} from './builders.js';
import { EVERY_ITEM } from '../../support/every-item.js';

const bench = workbench();
/** More than two batches of 500. */
const ITEMS = 1203;
const PRICES = [4990, 120_000, null] as const;
const CURRENCIES = ['EUR', 'JPY', 'KWD'] as const;

/** One for all tests: they only read it. */
let filled: Store;
const folder = mkdtempSync(join(tmpdir(), 'fashiond-export-'));
beforeAll(() => {
  const path = join(folder, 'shop.db');
  filled = openStore(path, { log: silent });
  filled.syncShops([shop()]);
  const run = begin(filled);
  filled.models.register({ manifest: manifest(), path: '/models/m' }, 'config');
  filled.setDecider(context.model, 'v1', context.decide);
  for (let n = 0; n < 9; n++) {
    const url = `https://moda.example/p/${n}`;
    const offer = offerOf(n);
    const images = n === 0 ? ['https://moda.example/i/0'] : [];
    visit(
      filled,
      run,
      url,
      read(product({ url, title: `Item ${n} ニット`, brand: 'Brand 3', images, ...offer })),
    );
  }
  for (const image of filled.claimImages(1, T0, 1000)) {
    const validators = { etag: null, lastModified: null };
    filled.commitImage(
      image,
      { kind: 'stored', sha256: 'a'.repeat(64) as Sha256, byteLength: 10, validators },
      T0,
    );
  }
  classify(filled, () => classified({ sweater: 0.9, beanie: 0.1 }));
  // As many as make several batches, by SQL: to visit them takes long.
  const db = new Database(path);
  db.exec(`WITH RECURSIVE n (i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n WHERE i < ${ITEMS})
    INSERT INTO products (id, shop_id, natural_key, url, title, brand, breadcrumbs, first_seen, last_seen)
    SELECT i, 1, 'k' || i, 'https://moda.example/p/' || i, 'Item ' || i || ' ニット', 'Brand ' || (i % 7), '[]', ${T0}, ${T0} FROM n;
    INSERT INTO offers (product_id, price_minor, currency, availability, changed_at)
    SELECT id, 120000 + id, 'JPY', CASE id % 5 WHEN 0 THEN 'sold-out' ELSE 'in-stock' END, ${T0} FROM products WHERE id > 9;
    INSERT INTO item_predictions (product_id, model_id, category, probability, best, candidates, decided_at)
    SELECT id, 1, CASE id % 4 WHEN 0 THEN NULL ELSE 'sweater' END, 0.5, 'sweater', '[]', ${T0} FROM products WHERE id > 9`);
  db.close();
});
afterAll(() => {
  filled.close();
  rmSync(folder, { recursive: true });
});

const offerOf = (n: number) =>
  ({
    price: PRICES[n % 3] === null ? null : { minor: PRICES[n % 3]! + n, currency: CURRENCIES[n % 3]! },
    availability: n % 5 === 0 ? 'sold-out' : 'in-stock',
  }) as const;

/** The reader multiplies: 120010.0000 comes out as 120009.99999999999. */
const cents = (value: unknown) => (value === null ? null : Number(Number(value).toFixed(4)));

const bytesOf = async (
  store: Store,
  view: string,
  format: ExportFormat,
  filter: ItemFilter | null = null,
): Promise<Buffer> => Buffer.concat([...(await store.export({ view, filter, format })).chunks]);

const lines = async (store: Store, filter: ItemFilter | null) =>
  (await bytesOf(store, 'v_items', 'jsonl', filter))
    .toString()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);

async function parquetOf(store: Store, view: string) {
  const path = join(bench.folder(), 'rows.parquet');
  writeFileSync(path, await bytesOf(store, view, 'parquet'));
  const file = await asyncBufferFromFile(path);
  return { metadata: await parquetMetadataAsync(file), rows: await parquetReadObjects({ file }) };
}

describe('an export', () => {
  it('has every row of the view once, in all formats alike', async () => {
    const store = filled;
    const rows = store.query<Record<string, string | number | null>>(
      'SELECT * FROM v_items ORDER BY product_id',
    );
    expect(rows).toHaveLength(ITEMS);
    expect(await lines(store, null)).toEqual(rows);
    const fromCsv = parse<Record<string, string>>(await bytesOf(store, 'v_items', 'csv'), { columns: true });
    expect(fromCsv).toEqual(
      rows.map((row) =>
        Object.fromEntries(
          Object.entries(row).map(([name, value]) => [name, value === null ? '' : String(value)]),
        ),
      ),
    );
    const { metadata, rows: typed } = await parquetOf(store, 'v_items');
    expect(metadata.schema.slice(1).map(({ name }) => name)).toEqual(Object.keys(rows[0]!));
    const time = (value: string | number | null | undefined) =>
      value === null ? null : new Date(String(value ?? ''));
    const integer = (value: unknown) => (value === null ? null : BigInt(Number(value)));
    expect(
      typed.map((row) => ({ ...row, price: cents(row['price']), list_price: cents(row['list_price']) })),
    ).toEqual(
      rows.map((row) => ({
        ...row,
        product_id: integer(row['product_id']),
        price_minor: integer(row['price_minor']),
        in_stock: row['in_stock'] === 1,
        first_seen: time(row['first_seen']),
        last_seen: time(row['last_seen']),
        vanished_at: time(row['vanished_at']),
      })),
    );
  });

  it.each([
    ['none', {}],
    ['a shop', { shop: 'moda' as ShopId }],
    ['another shop', { shop: 'nobody' as ShopId }],
    ['a category', { category: 'sweater' as CategoryId }],
    ['no category', { category: 'unknown' }],
    ['a brand', { brand: 'Brand 3' }],
    ['words', { words: 'item ニット 7' }],
    ['stock', { inStock: true }],
    ['prices', { currency: 'JPY', minPrice: 120_400, maxPrice: 120_900 }],
  ] as const)('with the filter %s has what the catalogue shows with it', async (_, wish) => {
    const store = filled;
    const filter = { ...EVERY_ITEM, ...wish } satisfies ItemFilter;
    const shown: number[] = [];
    for (
      let page = store.browse.list(filter, 200, null);
      ;
      page = store.browse.list(filter, 200, page.next)
    ) {
      shown.push(...page.rows.map(({ id }) => id));
      if (page.next === null) break;
    }
    const exported = await lines(store, filter);
    expect(exported.map((row) => row['product_id'])).toEqual(shown.toReversed());
  });

  it('puts what a spreadsheet would run behind an apostrophe, in text alone', async () => {
    const store = bench.open();
    const run = begin(store);
    const titles = ['=HYPERLINK("https://evil.example")', '+1', '-1', '@SUM(A1)', '＝1+1', '\t=1', '1=1', ''];
    for (const [n, title] of titles.entries()) {
      const url = `https://moda.example/p/${n}`;
      visit(store, run, url, read(product({ url, title })));
    }
    const rows = parse<Record<string, string>>(await bytesOf(store, 'v_items', 'csv'), { columns: true });
    expect(rows.map(({ title }) => title)).toEqual([
      '\'=HYPERLINK("https://evil.example")',
      "'+1",
      "'-1",
      "'@SUM(A1)",
      "'＝1+1",
      "'\t=1",
      '1=1',
      '',
    ]);
    const exported = await lines(store, null);
    expect(exported.map(({ title }) => title)).toEqual(titles);
  });

  it.each(VIEWS.map(({ name }) => name))(
    'of %s can be had empty and filled, with columns of their types',
    async (view) => {
      for (const store of [bench.open(), filled]) {
        const { metadata, rows } = await parquetOf(store, view);
        const columns = columnsOf(view);
        expect(metadata.schema.slice(1).map(({ name }) => name)).toEqual(columns.map(({ name }) => name));
        expect(rows).toHaveLength(store.query(`SELECT 1 FROM ${view}`).length);
        const kinds = {
          text: 'string',
          integer: 'bigint',
          number: 'number',
          decimal: 'number',
          boolean: 'boolean',
        };
        const wrong = columns.flatMap(({ name, type }) =>
          rows
            .map((row) => row[name] as unknown)
            .filter((value) => value !== null)
            .filter((value) => (type === 'time' ? !(value instanceof Date) : typeof value !== kinds[type]))
            .map((value) => ({ name, type, value })),
        );
        expect(wrong).toEqual([]);
      }
    },
  );

  it('names only columns that the view has', () => {
    for (const { columns, types } of VIEWS) {
      const named = Object.values(types).flat();
      expect(Object.keys(columns)).toEqual(expect.arrayContaining(named));
      expect(new Set(named).size).toBe(named.length);
    }
  });
});
