import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import type { ModelFingerprint } from '../../../src/domain/ids.js';
import { currencyExponent } from '../../../src/domain/money.js';
import { ensureViews, VIEWS } from '../../../src/store/views.js';
import { Connection } from '../../../src/store/connection.js';
import type { Store } from '../../../src/store/store.js';
import {
  begin,
  classified,
  classify,
  context,
  download,
  HOUR,
  LOOK,
  manifest,
  MODEL,
  offer,
  product,
  read,
  readNothing,
  sha,
  T0,
  visit,
  workbench,
} from './builders.js';

const bench = workbench();
const page = (name: string): string => `https://moda.example/p/${name}`;

function show(store: Store, run: ReturnType<typeof begin>, name: string, price = 1000): void {
  const images = [`https://moda.example/i/${name}.jpg`];
  visit(store, run, page(name), read(product({ url: page(name), title: name, offer: offer(price), images })));
}

describe('the views', () => {
  it.each(VIEWS.map((view) => [view.name, view] as const))(
    '%s documents each of its columns',
    (name, view) => {
      const columns = bench.open().query<{ name: string }>('SELECT name FROM pragma_table_info(?)', [name]);
      expect(columns.map((column) => column.name)).toEqual(Object.keys(view.columns));
      for (const doc of [view.doc, ...Object.values(view.columns)]) expect(doc.length).toBeGreaterThan(5);
    },
  );

  it('are all there are', () => {
    const present = bench.open().query(`SELECT name FROM sqlite_schema WHERE type = 'view' ORDER BY name`);
    expect(present).toEqual(
      VIEWS.map((view) => ({ name: view.name })).sort((a, b) => (a.name < b.name ? -1 : 1)),
    );
  });

  it("are made anew when their text changes, and people's own stay", () => {
    const path = bench.file();
    bench.open(path).close();
    const raw = new Database(path);
    raw.exec(
      'DROP VIEW v_prices; CREATE VIEW v_prices AS SELECT 1 AS old; CREATE VIEW v_mine AS SELECT shop FROM v_prices',
    );
    ensureViews(new Connection(raw, path));
    raw.close();
    const store = bench.open(path);
    expect(store.query('SELECT * FROM v_prices')).toEqual([]);
    expect(store.query('SELECT * FROM v_mine')).toEqual([]);
  });

  it('know the minor unit of every currency as the rest of the program does', () => {
    const store = bench.open();
    const factors = new Map(
      store
        .query<{ code: string; factor: number }>('SELECT code, factor FROM currencies')
        .map((row) => [row.code, row.factor]),
    );
    for (const code of Intl.supportedValuesOf('currency')) {
      expect([code, factors.get(code) ?? 100]).toEqual([code, 10 ** currencyExponent(code)]);
    }
  });

  it('count items and prices of each category', () => {
    const store = bench.open();
    const run = begin(store);
    show(store, run, 'a', 1000);
    show(store, run, 'b', 3000);
    show(store, run, 'c', 2000);
    download(store, (url) => sha(url.at(-5)!));
    classify(store, (hash) => classified(hash === sha('c') ? { beanie: 0.99 } : { sweater: 0.95 }));
    expect(store.query('SELECT * FROM v_categories ORDER BY category')).toEqual([
      {
        category: 'beanie',
        currency: 'USD',
        items: 1,
        in_stock: 1,
        min_price: 20,
        avg_price: 20,
        max_price: 20,
      },
      {
        category: 'sweater',
        currency: 'USD',
        items: 2,
        in_stock: 2,
        min_price: 10,
        avg_price: 20,
        max_price: 30,
      },
    ]);
  });

  it('tell why an item is unknown', () => {
    const store = bench.open();
    const run = begin(store);
    for (const name of ['a', 'b', 'c', 'd']) show(store, run, name);
    visit(store, run, page('e'), read(product({ url: page('e'), title: 'e' })));
    for (const image of store.claimImages(10, T0, HOUR)) {
      const name = image.url.at(-5)!;
      const validators = { etag: null, lastModified: null };
      if (name === 'd') store.commitImage(image, { kind: 'dropped', reason: 'gone (404)' }, T0);
      else if (name !== 'a') {
        store.commitImage(image, { kind: 'stored', sha256: sha(name), byteLength: 1, validators }, T0);
      }
    }
    classify(store, (hash) =>
      hash === sha('b')
        ? classified({ sweater: 0.7, beanie: 0.3 })
        : { kind: 'refused', reason: 'empty', detail: '0 bytes' },
    );
    readNothing(store);
    const row = (title: string, reason: string, best: string | null, p: number | null, pictures: number) => ({
      title,
      reason,
      best_category: best,
      probability: p,
      pictures,
    });
    expect(
      store.query('SELECT title, reason, best_category, probability, pictures FROM v_unknown ORDER BY title'),
    ).toEqual([
      row('a', 'waiting', null, null, 1),
      row('b', 'below-threshold', 'sweater', 0.7, 1),
      row('c', 'no-usable-picture', null, null, 1),
      row('d', 'no-usable-picture', null, null, 1),
      row('e', 'no-usable-picture', null, null, 0),
    ]);
    expect(store.query('SELECT picture_problem FROM v_unknown ORDER BY title')).toEqual(
      [null, null, 'empty', 'gone (404)', null].map((problem) => ({ picture_problem: problem })),
    );
  });

  it('tell how a shop is doing', () => {
    const store = bench.open();
    expect(store.summary().shops).toMatchObject([{ lastRun: null, lastStatus: null, unknownShare: null }]);
    const run = begin(store);
    show(store, run, 'a');
    show(store, run, 'b');
    visit(store, run, page('x'), { kind: 'dropped', reason: 'dns', detail: 'no such host' });
    store.addUrls(run, [{ url: page('y'), kind: 'page', depth: 0 }], T0 + HOUR);
    download(store, (url) => sha(url.at(-5)!));
    classify(store, (hash) =>
      hash === sha('a') ? classified({ sweater: 0.95 }) : { kind: 'refused', reason: 'empty', detail: '' },
    );
    const health = {
      shop: 'moda',
      name: 'MODA',
      active: 1,
      last_run: '2026-01-01T00:00:00Z',
      last_status: 'running',
      health: null,
      problems: null,
      items: 2,
      vanished: 0,
      unknown_share: 0.5,
      pages_done: 2,
      pages_dropped: 1,
      pages_waiting: 1,
      oldest_unvisited: '2026-01-01T01:00:00Z',
      pictures_refused: 1,
      last_error: `dns: no such host (${page('x')})`,
      last_success: null,
    };
    expect(store.query('SELECT * FROM v_shop_health')).toEqual([health]);
    store.finishRun(run.id, 'finished', T0);
    store.syncShops([]);
    expect(store.query('SELECT * FROM v_shop_health')).toEqual([
      {
        ...health,
        last_status: 'finished',
        active: 0,
        health: 'green',
        last_success: '2026-01-01T00:00:00Z',
      },
    ]);
    expect(store.summary()).toMatchObject({
      shops: [
        { shop: 'moda', active: false, items: 2, unknownShare: 0.5, pagesDone: 2, lastStatus: 'finished' },
      ],
      imagesWanted: 0,
      picturesStored: 0,
      picturesRefused: 1,
    });
  });

  it('tell why the latest run of a shop failed, whether or not a page tells more', () => {
    const store = bench.open();
    const lastError = (): unknown => store.summary().shops[0]?.lastError;
    const first = begin(store, 'a');
    store.finishRun(first.id, 'failed', T0, 'the sitemap loops');
    expect(lastError()).toBe('the sitemap loops');
    const second = begin(store, 'b', T0 + 1);
    expect(lastError()).toBeNull();
    visit(store, second, page('x'), { kind: 'dropped', reason: 'dns', detail: 'no such host' });
    store.finishRun(second.id, 'failed', T0 + 2, 'no page could be visited');
    expect(lastError()).toBe(`no page could be visited; dns: no such host (${page('x')})`);
    begin(store, 'c', T0 + 3);
    begin(store, 'd', T0 + 4);
    expect(store.query('SELECT reason FROM runs ORDER BY slot')).toEqual([
      { reason: 'the sitemap loops' },
      { reason: 'no page could be visited' },
      { reason: 'its end could not be written' },
      { reason: null },
    ]);
  });

  it('count the same items as unknown for a shop as they list for it', () => {
    const store = bench.open();
    const OTHER = 'n'.repeat(64) as ModelFingerprint;
    store.models.register({ manifest: manifest(OTHER), path: '/models/m' }, 'config');
    store.models.register({ manifest: manifest(), path: '/models/m' }, 'config');
    const run = begin(store);
    const sure = { sweater: 0.95 };
    const unsure = { sweater: 0.5 };
    // What the current model and another one say of each item; null: it has not seen the picture.
    const said = [
      [sure, unsure],
      [unsure, sure],
      [null, sure],
      [null, unsure],
      [unsure, null],
      [null, null],
    ] as const;
    said.forEach((_, n) => show(store, run, String(n)));
    download(store, (url) => sha(url.at(-5)!));
    for (const [model, index] of [
      [OTHER, 1],
      [MODEL, 0],
    ] as const) {
      store.renewals.begin({ model, from: model, lookVersion: LOOK, decider: model });
      const again = store.renewals.next(100).flatMap(({ pictures }) => pictures);
      for (const picture of again) store.renewals.lease(picture);
      const seen = again.map((sha256) => ({ sha256, isSuspect: false }));
      for (const picture of [...store.claimPictures(100, T0), ...seen]) {
        const answer = said[Number(picture.sha256[0])]![index];
        if (answer === null) store.releasePictures([picture.sha256]);
        else store.commitPicture(picture, classified(answer, {}, model), { ...context, model }, T0);
      }
    }
    expect(store.query('SELECT category IS NULL AS unknown FROM v_items ORDER BY title')).toEqual(
      [0, 1, 0, 1, 1, 1].map((unknown) => ({ unknown })),
    );
    expect(store.summary().shops[0]?.unknownShare).toBeCloseTo(4 / 6, 10);
  });
});
