/** What the store counts in a run, and the verdict it keeps: over unchanged pages, lost ones, and double delivery. */
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import type { PageVisit } from '../../../../src/domain/crawl.js';
import type { Product } from '../../../../src/domain/product.js';
import { MIGRATIONS, openStore } from '../../../../src/store/store.js';
import type { Store } from '../../../../src/store/store.js';
import {
  begin,
  classified,
  classify,
  download,
  gone,
  HOUR,
  lease,
  product,
  read,
  sha,
  shop,
  silent,
  T0,
  unchanged,
  visit,
  workbench,
} from '../builders.js';

const bench = workbench();
const DAY = 24 * HOUR;
const page = (n: number): string => `https://moda.example/p/${n}`;

const full = (n: number, fields: Partial<Product> = {}): PageVisit =>
  read(
    product({
      url: page(n),
      title: `Item ${n}`,
      brand: 'Moda',
      sku: `S${n}`,
      breadcrumbs: ['Knitwear'],
      images: [`https://moda.example/i/${n}.jpg`],
      ...fields,
    }),
  );
const timeout: PageVisit = {
  kind: 'retry',
  at: T0,
  spendsAttempt: true,
  failure: 'timeout',
  reason: 'timeout: 30 s',
};

/** A run on the day, in which the pages 1, 2, 3 ... end as listed. */
function crawl(store: Store, day: number, ...ended: readonly PageVisit[]): number {
  const at = T0 + day * DAY;
  const run = begin(store, new Date(at).toISOString(), at);
  for (const [index, how] of ended.entries()) visit(store, run, page(index + 1), how, at);
  store.finishRun(run.id, 'finished', at + HOUR);
  return run.id;
}

const times = (n: number, ended: (n: number) => PageVisit): PageVisit[] =>
  Array.from({ length: n }, (_, index) => ended(index + 1));
const health = (store: Store): Record<string, unknown> | undefined =>
  store.query<Record<string, unknown>>('SELECT health, problems FROM v_shop_health')[0];

describe('a run', () => {
  it('counts visits by how they ended, and product pages by their fields', () => {
    const store = bench.open();
    crawl(store, -1, full(1, { offer: null, brand: null }));
    const run = begin(store);
    visit(store, run, page(1), unchanged);
    visit(store, run, page(2), full(2));
    visit(store, run, page(3), full(3, { offer: null }));
    visit(store, run, page(4), read(null));
    visit(store, run, page(5), gone);
    visit(store, run, page(6), timeout);
    visit(store, run, page(6), { kind: 'dropped', reason: 'robots', detail: '' });
    store.finishRun(run.id, 'finished', T0);
    expect(store.query('SELECT * FROM v_runs WHERE run = ?', [run.id])).toEqual([
      {
        run: run.id,
        shop: 'moda',
        slot: '2026-01-01T00:00:00Z',
        started_at: '2026-01-01T00:00:00Z',
        ended_at: '2026-01-01T00:00:00Z',
        status: 'finished',
        health: 'yellow',
        problems: 'items: 3 on sale, usually 1 (since the run of 2026-01-01T00:00:00Z)',
        items: 3,
        oldest_seen: '2026-01-01T00:00:00Z',
        unknown_share: null,
        product_pages: 3,
        product_pages_lost: 0,
        without_price: 2,
        pages_read: 3,
        pages_unchanged: 1,
        pages_gone: 1,
        robots: 1,
        throttled: 0,
        outcomes: '{"gone":1,"read":3,"robots":1,"timeout":1,"unchanged":1}',
        encoding_guesses: 0,
        broken_markup: 0,
        links_refused: 0,
      },
    ]);
    const shares = Object.fromEntries(
      store
        .query<{ field: string; found: number }>('SELECT field, found FROM v_run_fields WHERE run = ?', [
          run.id,
        ])
        .map(({ field, found }) => [field, found]),
    );
    expect(shares).toEqual({
      title: 3,
      price: 1,
      currency: 1,
      availability: 1,
      brand: 2,
      sku: 3,
      pictures: 3,
      breadcrumbs: 3,
    });
  });

  it('counts a visit that is delivered twice once', () => {
    const store = bench.open();
    const run = begin(store);
    const entry = lease(store, run, page(1));
    store.commitVisit(run, entry, full(1), T0);
    store.commitVisit(run, entry, full(1), T0);
    store.commitVisit(run, entry, timeout, T0);
    expect(store.query('SELECT outcome, visits FROM run_outcomes')).toEqual([{ outcome: 'read', visits: 1 }]);
    expect(store.query('SELECT product_pages FROM run_measures')).toEqual([{ product_pages: 1 }]);
  });

  it('counts what the reader complained of', () => {
    const store = bench.open();
    const run = begin(store);
    const warned = (warnings: readonly string[]): PageVisit => {
      const visit = full(1) as Extract<PageVisit, { kind: 'read' }>;
      return { ...visit, reading: { ...visit.reading, warnings } };
    };
    visit(store, run, page(1), warned(['encoding: the page claims utf-8 but is euc-jp']));
    visit(store, run, page(2), warned(['json-ld: block 1 of 1 is not JSON', 'encoding: the same again']));
    expect(store.query('SELECT encoding_guesses, broken_markup FROM v_runs')).toEqual([
      { encoding_guesses: 2, broken_markup: 1 },
    ]);
  });
});

describe('a shop', () => {
  it('turns red in the run in which its prices are gone, and stays red while its pages stay so', () => {
    const store = bench.open();
    crawl(store, 0, ...times(8, (n) => full(n)));
    crawl(store, 1, ...times(8, () => unchanged));
    expect(health(store)).toEqual({ health: 'green', problems: null });
    const price = (of: string): string => `${of}: found on 0 % of 8 product pages, usually 100 %`;
    const since = '(since the run of 2026-01-03T00:00:00Z)';
    const red = {
      health: 'red',
      problems: ['availability', 'currency', 'price'].map((of) => `${price(of)} ${since}`).join('; '),
    };
    crawl(store, 2, ...times(8, (n) => full(n, { offer: null })));
    expect(health(store)).toEqual(red);
    crawl(store, 3, ...times(8, () => unchanged));
    expect(health(store)).toEqual(red);
    // However long it lasts, it does not become the usual.
    for (let day = 4; day < 16; day += 1) crawl(store, day, ...times(8, () => unchanged));
    expect(health(store)).toEqual(red);
    crawl(store, 16, ...times(8, (n) => full(n)));
    expect(health(store)).toEqual({ health: 'green', problems: null });
  });

  it('turns red when its pages read as products no longer', () => {
    const store = bench.open();
    crawl(store, 0, ...times(8, (n) => full(n)));
    crawl(store, 1, ...times(8, () => read(null)));
    expect(health(store)).toMatchObject({
      health: 'red',
      problems: expect.stringContaining('8 of 8 product pages no longer read as products'),
    });
    expect(health(store)?.['problems']).toContain('price: found on 0 % of 8 product pages, usually 100 %');
    expect(store.query('SELECT items FROM v_runs ORDER BY run')).toEqual([{ items: 8 }, { items: 0 }]);
  });

  it('turns red when half its items are gone, before they are confirmed to be', () => {
    const store = bench.open();
    crawl(store, 0, ...times(8, (n) => full(n)));
    crawl(store, 1, ...times(8, (n) => (n > 4 ? gone : unchanged)));
    expect(health(store)).toEqual({
      health: 'red',
      problems: ['4 of 8 pages are gone, usually 0 %', 'items: 4 on sale, usually 8']
        .map((what) => `${what} (since the run of 2026-01-02T00:00:00Z)`)
        .join('; '),
    });
    expect(store.query('SELECT vanished FROM v_shop_health')).toEqual([{ vanished: 0 }]);
  });

  it('gets a new usual by the date in its file', () => {
    const store = bench.open();
    crawl(store, 0, ...times(8, (n) => full(n)));
    store.syncShops([{ ...shop(), usualFrom: T0 + DAY }]);
    crawl(store, 1, ...times(8, (n) => (n > 4 ? gone : unchanged)));
    expect(health(store)).toEqual({ health: 'green', problems: null });
  });

  it('is judged anew when its pictures are classified after the run', () => {
    const store = bench.open();
    const pictures = (sure: boolean): void => {
      download(store, (url) => sha(/(\w)\.jpg/.exec(url)![1]!), T0 + 2 * DAY);
      classify(store, () => classified(sure ? { sweater: 0.99 } : { sweater: 0.5, beanie: 0.5 }));
      store.reviewHealth();
    };
    crawl(store, 0, ...times(8, (n) => full(n)));
    pictures(true);
    const renewed = 'abcdefgh';
    crawl(
      store,
      1,
      ...times(8, (n) => full(n, { images: [`https://moda.example/i/${renewed[n - 1]}.jpg`] })),
    );
    expect(health(store)).toEqual({ health: 'green', problems: null });
    pictures(false);
    expect(health(store)).toEqual({
      health: 'red',
      problems:
        'unknown category: 100 % of 8 decided items, usually 0 % (since the run of 2026-01-02T00:00:00Z)',
    });
    expect(store.query('SELECT unknown_share FROM v_runs ORDER BY run')).toEqual([
      { unknown_share: 0 },
      { unknown_share: 1 },
    ]);
  });

  it('is judged when a run ends that found the one before unfinished', () => {
    const store = bench.open();
    begin(store, 'a');
    const run = begin(store, 'b', T0 + 1);
    expect(store.runHealth(run.id)).toBeNull();
    expect(health(store)).toMatchObject({
      health: 'red',
      problems: expect.stringContaining('could not be written'),
    });
  });
});

describe('a database of before', () => {
  it('knows the fields of the pages it has', () => {
    const path = bench.file();
    const number = MIGRATIONS.findIndex(({ name }) => name === 'health');
    const db = new Database(path);
    for (const { sql } of MIGRATIONS.slice(0, number)) db.exec(sql);
    db.exec(`
      INSERT INTO shops (key, name, active) VALUES ('moda', 'MODA', 1);
      INSERT INTO runs (shop_id, slot, status, started_at) VALUES (1, 'a', 'finished', 0);
      INSERT INTO frontier (shop_id, url, kind, depth, state, run_id, due_at, added_at)
        VALUES (1, 'u1', 'product', 0, 'done', 1, 0, 0), (1, 'u2', 'page', 0, 'done', 1, 0, 0);
      INSERT INTO products (shop_id, natural_key, url, title, sku, breadcrumbs, first_seen, last_seen)
        VALUES (1, 'sku:1', 'u1', 'One', '1', '[]', 0, 0);
      INSERT INTO offers (product_id, price_minor, currency, availability, changed_at)
        VALUES (1, 100, 'EUR', 'in-stock', 0);
      INSERT INTO pages (frontier_id, product_id, read_at, visited_at) VALUES (1, 1, 0, 0), (2, NULL, 0, 0);`);
    db.exec(MIGRATIONS[number]!.sql);
    // Title, price, currency, availability and SKU.
    const pages = db.prepare('SELECT fields FROM pages ORDER BY frontier_id').all();
    db.close();
    expect(pages).toEqual([{ fields: 1 + 2 + 4 + 8 + 32 }, { fields: null }]);
  });
});

describe('the sign of life', () => {
  it('is the last one', () => {
    const path = bench.file();
    const store = openStore(path, { log: silent });
    expect(store.summary().heartbeat).toBeNull();
    const loop = { windowMs: 60_000, p50Ms: 0.5, p99Ms: 3, maxMs: 40 };
    const runtime = { runtime: 'onnx', device: 'cpu', reason: 'nothing else works' };
    store.beat({ pid: 7, startedAt: T0, at: T0 + 1, loop, runtime });
    store.beat({ pid: 7, startedAt: T0, at: T0 + 2, loop, runtime });
    expect(store.summary().heartbeat).toEqual({ pid: 7, startedAt: T0, at: T0 + 2, loop, runtime });
    store.beat(null);
    expect(store.summary().heartbeat).toBeNull();
    store.close();
  });
});
