/** Reads by threads: they see what was written, refuse what the store refuses, and a thread that dies is replaced. */
import Database from 'better-sqlite3';
import { onTestFinished, expect, it } from 'vitest';
import type { ProductId } from '../../../../src/domain/ids.js';
import { openReaders } from '../../../../src/store/browse/readers.js';
import type { Readers } from '../../../../src/store/browse/readers.js';
import type { Store } from '../../../../src/store/store.js';
import { serveStore } from '../../api/served-store.js';
import { begin, product, read, visit, workbench } from '../builders.js';
import { far, showItems } from '../pictured-items.js';
import { EVERY_ITEM } from '../../../support/every-item.js';

const bench = workbench();
const NONE: ReadonlySet<ProductId> = new Set();

function readersOf(store: Store): Readers {
  const readers = openReaders(store.path);
  onTestFinished(() => readers.close());
  return readers;
}

it('see what the store wrote a moment before', async () => {
  const store = showItems(
    bench.open(),
    [0, 1].map((index) => ({ sweater: 0.6, phash: far(index) })),
  );
  const reads = readersOf(store);
  expect((await reads.review(5, NONE)).questions).toHaveLength(2);
  store.reviews.label([
    { product: 1 as ProductId, verdict: 'none', category: null, picture: null, sample: null, by: 'ann' },
  ]);
  const after = await reads.review(5, NONE);
  expect([after.waiting, after.questions.map(({ item }) => item.title)]).toEqual([1, ['Item 1']]);
  expect(await reads.stats()).toMatchObject({ items: 2, labels: 1 });
  const run = begin(store, 'next');
  visit(
    store,
    run,
    'https://moda.example/p/9',
    read(product({ url: 'https://moda.example/p/9', title: 'A hat' })),
  );
  const listed = await reads.list(EVERY_ITEM, 10, null);
  expect(listed).toEqual(store.browse.list(EVERY_ITEM, 10, null));
  expect(listed.rows.map(({ title }) => title)).toEqual(['A hat', 'Item 1', 'Item 0']);
  // No read stays open: the log can be written back whole.
  const db = new Database(store.path);
  expect(db.pragma('wal_checkpoint(TRUNCATE)')).toMatchObject([{ busy: 0 }]);
  db.close();
});

it('refuse an order by price without a currency as the store does', async () => {
  const reads = readersOf(bench.open());
  const list = reads.list({ ...EVERY_ITEM, order: 'cheapest' }, 10, null);
  await expect(list).rejects.toMatchObject({ code: 'usage', hint: expect.stringContaining('currency') });
});

it('answer with 503 where a thread dies of a read, and the next read by another', async () => {
  const store = bench.open();
  const url = await serveStore(store);
  const run = begin(store);
  visit(store, run, 'https://moda.example/p/1', read(product()));
  const db = new Database(store.path);
  // More than the heap of the thread, all of it in one page.
  db.exec(`
    WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 85)
    INSERT INTO products (id, shop_id, natural_key, url, title, description, breadcrumbs, first_seen, last_seen)
    SELECT i, 1, i, hex(zeroblob(1000000)), i, '', '[]', 0, 0 FROM n`);
  const [died, behind] = await Promise.all([
    fetch(`${url}/v1/items?limit=200`),
    fetch(`${url}/v1/items?brand=none`),
  ]);
  expect(behind.status).toBe(200);
  expect([died.status, died.headers.get('retry-after')]).toEqual([503, '5']);
  expect(await died.json()).toMatchObject({
    code: 'busy',
    detail: expect.stringContaining('could not be read'),
  });
  db.exec('DELETE FROM products WHERE id > 1');
  db.close();
  const after = await fetch(`${url}/v1/items?limit=200`);
  expect(((await after.json()) as { items: unknown[] }).items).toHaveLength(1);
});

it('hide a fault of this program, which asking again does not mend', async () => {
  const store = bench.open();
  const url = await serveStore(store);
  const db = new Database(store.path);
  db.exec('ALTER TABLE products RENAME TO mislaid');
  db.close();
  const failed = await fetch(`${url}/v1/items`);
  expect([failed.status, failed.headers.get('retry-after')]).toEqual([500, null]);
  expect(await failed.text()).not.toContain('products');
});

it('are rejected where too many wait, and when they are ended', async () => {
  const reads = readersOf(bench.open());
  const list = () => reads.list(EVERY_ITEM, 1, null);
  const busy = (why: string) => ({ code: 'busy', retry: true, message: expect.stringContaining(why) });
  const asked = Promise.allSettled(Array.from({ length: 100 }, list));
  await expect(list()).rejects.toMatchObject(busy('100 reads wait'));
  await reads.close();
  expect((await asked).at(-1)).toMatchObject({ reason: busy('ended') });
  await expect(list()).rejects.toMatchObject(busy('ended'));
});
