import { describe, expect, it } from 'vitest';
import type { Store } from '../../../src/store/store.js';
import { begin, gone, HOUR, offer, product, read, T0, unchanged, visit, workbench } from './builders.js';

const bench = workbench();
const PAGE = 'https://moda.example/p/1';
const ALIAS = 'https://moda.example/sale/1';
let slot = 0;

/** One visit of the page in a run of its own, an hour after the last. */
function day(store: Store, url: string, ended: Parameters<typeof visit>[3]): number {
  slot += 1;
  const now = T0 + slot * HOUR;
  const run = begin(store, `slot-${String(slot).padStart(4, '0')}`, now);
  visit(store, run, url, ended, now);
  store.finishRun(run.id, 'finished', now);
  return now;
}

const history = (store: Store): unknown[] =>
  store.query('SELECT price, currency, list_price, availability FROM v_prices ORDER BY at');
const usd = (price: number | null, availability = 'in-stock', list: number | null = null): object => ({
  price,
  currency: price === null ? null : 'USD',
  list_price: list,
  availability,
});

describe('the catalogue', () => {
  it('keeps one item for one SKU, whichever page shows it', () => {
    const store = bench.open();
    day(store, PAGE, read(product({ sku: 'A1' })));
    day(store, ALIAS, read(product({ sku: 'A1', url: ALIAS })));
    expect(store.query('SELECT sku, url FROM v_items')).toEqual([{ sku: 'A1', url: ALIAS }]);
  });

  it('keeps an item whose page gains or loses its SKU', () => {
    const store = bench.open();
    day(store, PAGE, read(product()));
    day(store, PAGE, read(product({ sku: 'A1' })));
    day(store, PAGE, read(product({ title: 'Renamed' })));
    expect(store.query('SELECT product_id, sku, title FROM v_items')).toEqual([
      { product_id: 1, sku: 'A1', title: 'Renamed' },
    ]);
  });

  it('lets an item vanish when its page shows another one', () => {
    const store = bench.open();
    day(store, PAGE, read(product({ sku: 'A1' })));
    day(store, PAGE, read(product({ sku: 'B2' })));
    expect(store.query('SELECT sku, in_stock, vanished_at IS NULL AS alive FROM v_items')).toEqual([
      { sku: 'A1', in_stock: 0, alive: 0 },
      { sku: 'B2', in_stock: 1, alive: 1 },
    ]);
  });

  it('writes history when price, list price or availability change, and not otherwise', () => {
    const store = bench.open();
    day(store, PAGE, read(product({ offer: offer(4990) })));
    day(store, PAGE, read(product({ offer: offer(4990), description: 'new words' })));
    const reduced = { ...offer(3990)!, listPrice: { minor: 4990, currency: 'USD' } };
    day(store, PAGE, read(product({ offer: reduced })));
    day(store, PAGE, unchanged);
    day(store, PAGE, read(product({ offer: { ...reduced, availability: 'sold-out' } })));
    day(store, PAGE, read(product({ offer: null })));
    day(store, PAGE, read(product({ offer: null, description: 'still no price' })));
    expect(history(store)).toEqual([
      usd(49.9),
      usd(39.9, 'in-stock', 49.9),
      usd(39.9, 'sold-out', 49.9),
      usd(null, 'unknown'),
    ]);
    expect(store.query('SELECT price, availability FROM v_items')).toEqual([
      { price: null, availability: 'unknown' },
    ]);
  });

  it('keeps the history of titles', () => {
    const store = bench.open();
    day(store, PAGE, read(product({ title: 'Cable sweater' })));
    day(store, PAGE, read(product({ title: 'Cable sweater', brand: 'Nord' })));
    day(store, PAGE, read(product({ title: 'Cable jumper' })));
    expect(store.query('SELECT title FROM title_history ORDER BY id')).toEqual([
      { title: 'Cable sweater' },
      { title: 'Cable jumper' },
    ]);
  });

  it('shows amounts in whole units of yen, dollars and dinars', () => {
    const store = bench.open();
    const show = (name: string, minor: number, currency: string): number =>
      day(store, name, read(product({ url: name, offer: offer(minor, 'in-stock', currency) })));
    show(`${PAGE}0`, 5390, 'JPY');
    show(`${PAGE}1`, 1990, 'EUR');
    show(`${PAGE}2`, 12_500, 'KWD');
    expect(store.query('SELECT price FROM v_items ORDER BY product_id')).toEqual([
      { price: 5390 },
      { price: 19.9 },
      { price: 12.5 },
    ]);
  });

  it('keeps the item when its page stops reading as one', () => {
    const store = bench.open();
    day(store, PAGE, read(product()));
    const later = day(store, PAGE, read(null));
    expect(store.query('SELECT vanished_at, last_seen < ? AS seen_before FROM v_items', ['2027'])).toEqual([
      { vanished_at: null, seen_before: 1 },
    ]);
    expect(later).toBeGreaterThan(T0);
  });

  it('notes when it last saw an item that did not change', () => {
    const store = bench.open();
    day(store, PAGE, read(product()));
    const later = day(store, PAGE, unchanged);
    expect(store.query('SELECT last_seen FROM products')).toEqual([{ last_seen: later }]);
  });
});

describe('a page that is gone', () => {
  it('is asked for again after the wait; the second time the item has vanished', () => {
    const store = bench.open();
    day(store, PAGE, read(product()));
    const run = begin(store, 'z', T0 + 1000 * HOUR);
    const now = T0 + 1000 * HOUR;
    visit(store, run, PAGE, gone, now);
    expect(store.query('SELECT vanished_at FROM v_items')).toEqual([{ vanished_at: null }]);
    expect(store.nextPageDue(run)).toBe(now + HOUR);
    expect(store.claimPages(run, 10, now + HOUR - 1, HOUR)).toEqual([]);
    visit(store, run, PAGE, gone, now + HOUR);
    expect(store.query('SELECT vanished_at, availability, in_stock FROM v_items')).toEqual([
      { vanished_at: '2026-02-11T17:00:00Z', availability: 'discontinued', in_stock: 0 },
    ]);
    expect(history(store)).toEqual([usd(49.9), usd(49.9, 'discontinued')]);
    expect(store.runCounts(run)).toEqual({ pending: 0, leased: 0, done: 1, dropped: 0 });
  });

  it('is not confirmed by a run that comes before the wait is over', () => {
    const store = bench.open();
    const early = { ...gone, confirmAfterMs: 10 * HOUR };
    day(store, PAGE, read(product()));
    day(store, PAGE, early);
    slot += 1;
    const run = begin(store, `slot-${slot}`, T0 + slot * HOUR);
    expect(store.claimPages(run, 10, T0 + slot * HOUR, HOUR)).toEqual([]);
    expect(store.nextPageDue(run)).toBe(T0 + (slot + 9) * HOUR);
    slot += 20;
  });

  it('is forgotten when the page answers in between', () => {
    const store = bench.open();
    day(store, PAGE, read(product()));
    day(store, PAGE, gone);
    day(store, PAGE, unchanged);
    day(store, PAGE, gone);
    expect(store.query('SELECT vanished_at FROM v_items')).toEqual([{ vanished_at: null }]);
  });

  it('does not take an item away that another page still shows', () => {
    const store = bench.open();
    day(store, PAGE, read(product({ sku: 'A1' })));
    day(store, ALIAS, read(product({ sku: 'A1' })));
    day(store, PAGE, gone);
    day(store, PAGE, gone);
    expect(store.query('SELECT vanished_at FROM v_items')).toEqual([{ vanished_at: null }]);
    day(store, ALIAS, gone);
    day(store, ALIAS, gone);
    expect(store.query('SELECT count(vanished_at) AS n FROM v_items')).toEqual([{ n: 1 }]);
  });

  it('is simply done when it never was an item', () => {
    const store = bench.open();
    const run = begin(store);
    visit(store, run, PAGE, gone);
    expect(store.runCounts(run)).toMatchObject({ pending: 0, done: 1 });
  });

  it('comes back in full: nothing of the old page makes the return look unchanged', () => {
    const store = bench.open();
    day(store, PAGE, read(product()));
    day(store, PAGE, gone);
    day(store, PAGE, gone);
    day(store, PAGE, gone);
    slot += 1;
    const now = T0 + slot * HOUR;
    const entry = visit(store, begin(store, `slot-${slot}`, now), PAGE, read(product()), now);
    expect(entry).toMatchObject({ contentHash: null, validators: { etag: null, lastModified: null } });
    expect(store.query('SELECT vanished_at, availability, in_stock FROM v_items')).toEqual([
      { vanished_at: null, availability: 'in-stock', in_stock: 1 },
    ]);
    expect(history(store)).toEqual([usd(49.9), usd(49.9, 'discontinued'), usd(49.9)]);
  });

  it('keeps the colours and sizes of the last reading, each with its offer', () => {
    const store = bench.open();
    const variant = (size: string, availability: 'in-stock' | 'sold-out', price: number | null) => ({
      title: null,
      sku: `A1-${size}`,
      gtin: null,
      mpn: null,
      colour: 'navy',
      size,
      url: null,
      offer: price === null ? null : offer(price, availability),
      availability,
      images: ['https://moda.example/navy.jpg'],
    });
    const variants = () =>
      store.query(
        'SELECT colour, size, sku, price, currency, availability, in_stock, url, pictures FROM v_variants',
      );
    day(
      store,
      PAGE,
      read(
        product({ sku: 'A1', variants: [variant('S', 'sold-out', null), variant('M', 'in-stock', 4990)] }),
      ),
    );
    const row = { colour: 'navy', url: PAGE, pictures: '["https://moda.example/navy.jpg"]' };
    const priced = { ...row, price: 49.9, currency: 'USD' };
    expect(variants()).toEqual([
      { ...row, size: 'S', sku: 'A1-S', price: null, currency: null, availability: 'sold-out', in_stock: 0 },
      { ...priced, size: 'M', sku: 'A1-M', availability: 'in-stock', in_stock: 1 },
    ]);
    day(store, PAGE, read(product({ sku: 'A1', variants: [variant('M', 'in-stock', 4990)] })));
    expect(variants()).toEqual([
      { ...priced, size: 'M', sku: 'A1-M', availability: 'in-stock', in_stock: 1 },
    ]);
    expect(store.query('SELECT count(*) AS items FROM v_items')).toEqual([{ items: 1 }]);
    day(store, PAGE, gone);
    day(store, PAGE, gone);
    expect(variants()).toEqual([
      { ...priced, size: 'M', sku: 'A1-M', availability: 'discontinued', in_stock: 0 },
    ]);
  });
});
