/**
 * Nothing is lost and nothing counted twice: a small shop is crawled to the end over the real store, with every
 * commit repeated, and with the process "killed" after any of its steps.
 */
import { copyFileSync, existsSync } from 'node:fs';
import { array, assert, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CrawlRun, PageVisit } from '../../../src/domain/crawl.js';
import type { Sha256 } from '../../../src/domain/ids.js';
import type { PictureOutcome } from '../../../src/domain/prediction.js';
import type { Store } from '../../../src/store/store.js';
import {
  classified,
  context,
  HOUR,
  LOOK,
  manifest,
  MODEL,
  offer,
  product,
  read,
  sha,
  SHOP,
  T0,
  unchanged,
  workbench,
} from './builders.js';
import { EVERY_ITEM } from '../../support/every-item.js';

const bench = workbench();
const SLOTS = ['2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z', '2026-01-03T00:00:00Z'];
const url = (name: string): string => `https://moda.example/${name}`;

/** Eight items on two list pages; prices fall, one item vanishes, pages fail and come back. */
function answer(page: string, slot: number, attempts: number): PageVisit {
  if (page === url('')) return slot === 0 ? read(null, [url('list/1'), url('list/2')]) : unchanged;
  const list = /list\/(\d)$/.exec(page);
  if (list !== null) {
    const first = Number(list[1]) * 4 - 4;
    return slot === 0
      ? read(
          null,
          [0, 1, 2, 3].map((n) => url(`p/${first + n}`)),
        )
      : unchanged;
  }
  const n = Number(page.at(-1));
  if (n === 3 && slot > 0) return { kind: 'gone', status: 410, confirmAfterMs: 0 };
  if (n === 5 && attempts < 2)
    return { kind: 'retry', at: T0, spendsAttempt: true, failure: 'timeout', reason: 'timeout' };
  if (n === 6) return { kind: 'dropped', reason: 'server-error', detail: '500' };
  const images = [`i/${n}a.jpg`, `i/${n}b.jpg`, 'i/shared.jpg'].map(url);
  return read(
    product({
      url: page,
      sku: n % 2 === 0 ? `SKU-${n}` : null,
      title: `Item ${n}`,
      offer: offer(5000 - slot * (n === 1 ? 500 : 0), n === 2 && slot === 2 ? 'sold-out' : 'in-stock'),
      images: n === 4 && slot === 2 ? images.reverse() : images,
    }),
  );
}

/** Two URLs hold the same bytes; one picture is broken. */
const bytesOf = (image: string): Sha256 =>
  image.endsWith('shared.jpg') || image.endsWith('7b.jpg') ? sha('f') : sha(image.at(-6)! + image.at(-5)!);

function look(hash: Sha256): PictureOutcome {
  if (hash === sha('1b')) return { kind: 'refused', reason: 'truncated', detail: 'half a file' };
  const share = 0.5 + (Number.parseInt(hash.slice(0, 2), 16) % 50) / 100;
  return classified({ sweater: share, beanie: 1 - share }, { features: [share, 0] });
}

/** Crawls to the end. Yields after every step, so that the caller can kill it there. */
function* crawl(store: Store, times: number): Generator<void> {
  const repeat = (commit: () => void): void => {
    for (let n = 0; n < times; n += 1) commit();
  };
  for (const [index, slot] of SLOTS.entries()) {
    const run: CrawlRun | undefined =
      store.beginRun(SHOP, slot, T0) ?? store.unfinishedRuns().find((open) => open.slot === slot);
    if (run === undefined) continue;
    yield;
    store.addUrls(run, [{ url: url(''), kind: 'page', depth: 0 }], T0);
    for (let busy = true; busy;) {
      const pages = store.claimPages(run, 3, T0, HOUR);
      yield;
      for (const entry of pages) {
        repeat(() => store.commitVisit(run, entry, answer(entry.url, index, entry.attempts), T0));
        yield;
      }
      const images = store.claimImages(2, T0, HOUR);
      yield;
      for (const image of images) {
        const validators = { etag: null, lastModified: null };
        const sha256 = bytesOf(image.url);
        repeat(() => store.commitImage(image, { kind: 'stored', sha256, byteLength: 3, validators }, T0));
        yield;
      }
      const pictures = store.claimPictures(3, T0);
      for (const picture of pictures) {
        repeat(() => store.commitPicture(picture, look(picture.sha256), context, T0));
        yield;
      }
      const { wanted, stored } = store.backlog();
      busy = pages.length > 0 || wanted > 0 || stored > 0;
    }
    repeat(() => store.finishRun(run.id, 'finished', T0));
    yield;
  }
}

function start(path: string): Store {
  const store = bench.open(path);
  store.recoverLeases();
  store.models.register({ manifest: manifest(), path: '/models/m' }, 'config');
  store.renewals.begin({ model: MODEL, from: MODEL, lookVersion: LOOK, decider: '1' });
  store.setDecider(MODEL, '1', context.decide);
  return store;
}

/** Each item is found by its words, through their index. */
function requireWordsFound(store: Store): void {
  const items = store.query<{ id: number; title: string }>('SELECT id, title FROM products');
  for (const { id, title } of items) {
    const { rows: found } = store.browse.list(
      { ...EVERY_ITEM, words: title, vanished: true },
      items.length,
      null,
    );
    expect(found.map((item) => item.id)).toContain(id);
  }
}

/** Every row that a crawl writes. */
function rows(store: Store): Record<string, unknown[]> {
  requireWordsFound(store);
  const names = store.query<{ name: string }>(
    // How the index of words lies in its tables is its own affair: what it finds is looked at.
    `SELECT name FROM sqlite_schema
     WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'item_words%' ORDER BY name`,
  );
  return Object.fromEntries(
    names
      .filter(({ name }) => name !== 'holder')
      .map(({ name }) => [name, store.query(`SELECT * FROM "${name}" ORDER BY 1`)]),
  );
}

/** What a reader of the catalogue sees, without the numbers that depend on the order of events. */
function catalogue(store: Store): unknown {
  return {
    items: store.query(
      `SELECT shop, title, sku, url, category, probability, best_category, reason, price, availability, picture,
         vanished_at FROM v_items ORDER BY url`,
    ),
    visits: store.query('SELECT run_id, outcome, visits FROM run_outcomes ORDER BY 1, 2'),
    fields: store.query('SELECT run_id, field, found FROM run_fields ORDER BY 1, 2'),
    measures: store.query(
      'SELECT run_id, product_pages, product_pages_lost, items FROM run_measures ORDER BY 1',
    ),
    prices: store.query(
      'SELECT url, price, list_price, availability FROM v_prices ORDER BY url, price DESC, 4',
    ),
    pictures: store.query('SELECT sha256, state, reason FROM blobs ORDER BY sha256'),
    shown: store.query(
      `SELECT p.url AS page, pi.position, i.url, i.state FROM product_images pi
       JOIN products p ON p.id = pi.product_id JOIN images i ON i.id = pi.image_id ORDER BY 1, 2`,
    ),
    frontier: store.query('SELECT url, kind, state, reason FROM frontier ORDER BY url'),
    vectors: store.query('SELECT hex(vector) AS v FROM embeddings ORDER BY 1'),
    runs: store.query('SELECT slot, status, pages_done, pages_dropped FROM runs ORDER BY slot'),
  };
}

function undisturbed(times = 1): { readonly store: Store; readonly steps: number } {
  const store = start(bench.file());
  let steps = 0;
  for (const _ of crawl(store, times)) steps += 1;
  return { store, steps };
}

describe('a crawl', () => {
  it('ends with the catalogue that the shop describes', () => {
    const { store } = undisturbed();
    expect(store.query('SELECT count(*) AS n FROM v_items')).toEqual([{ n: 7 }]);
    expect(store.query(`SELECT url FROM v_items WHERE vanished_at IS NOT NULL`)).toEqual([
      { url: url('p/3') },
    ]);
    expect(store.query(`SELECT price FROM v_prices WHERE url = ? ORDER BY price DESC`, [url('p/1')])).toEqual(
      [{ price: 50 }, { price: 45 }, { price: 40 }],
    );
    expect(store.query(`SELECT count(*) AS n FROM v_items WHERE reason = 'waiting'`)).toEqual([{ n: 0 }]);
    expect(store.query('SELECT * FROM undecided')).toEqual([]);
    expect(store.integrityCheck()).toEqual([]);
  });

  it('leaves the same rows when every commit comes twice', () => {
    expect(rows(undisturbed(2).store)).toEqual(rows(undisturbed(1).store));
  });

  it('ends with the same catalogue when the process is killed after any steps', () => {
    const { store: whole, steps } = undisturbed();
    const expected = catalogue(whole);
    const deaths = array(integer({ min: 1, max: steps }), { minLength: 1, maxLength: 6 });
    assert(
      property(deaths, (lives) => {
        let path = bench.file();
        let store = start(path);
        for (const life of lives) {
          let left = life;
          for (const _ of crawl(store, 1)) {
            left -= 1;
            if (left === 0) break;
          }
          const next = bench.file();
          copyFileSync(path, next);
          if (existsSync(`${path}-wal`)) copyFileSync(`${path}-wal`, `${next}-wal`);
          store.close();
          path = next;
          store = start(path);
        }
        for (const _ of crawl(store, 1));
        expect(catalogue(store)).toEqual(expected);
        expect(store.integrityCheck()).toEqual([]);
        store.close();
      }),
      { numRuns: 12, seed: 20260101 },
    );
  });
});
