import { describe, expect, it } from 'vitest';
import type { PageVisit } from '../../../src/domain/crawl.js';
import type { ShopId } from '../../../src/domain/ids.js';
import { FakeClock } from '../../support/fake-clock.js';
import {
  begin,
  HOUR,
  lease,
  product,
  read,
  SHOP,
  shop,
  T0,
  unchanged,
  visit,
  workbench,
} from './builders.js';

const bench = workbench();
const url = (name: string): string => `https://moda.example/${name}`;
const page = (name: string, depth = 0) => ({ url: url(name), kind: 'page' as const, depth });

describe('runs', () => {
  it('starts a slot of a shop once, ever', () => {
    const store = bench.open();
    store.syncShops([shop(), shop('other')]);
    const run = begin(store, '2026-01-01T00:00:00Z');
    expect(store.beginRun(SHOP, '2026-01-01T00:00:00Z', T0 + 1)).toBeNull();
    store.finishRun(run.id, 'finished', T0 + 2);
    expect(store.beginRun(SHOP, '2026-01-01T00:00:00Z', T0 + 3)).toBeNull();
    expect(store.beginRun('other' as ShopId, '2026-01-01T00:00:00Z', T0 + 3)).not.toBeNull();
  });

  it('knows the latest slot and what was not finished', () => {
    const store = bench.open();
    expect(store.lastSlot(SHOP)).toBeNull();
    store.syncShops([shop(), shop('other')]);
    const before = begin(store, '2026-01-02T00:00:00Z', T0);
    store.finishRun(before.id, 'failed', T0 + 1);
    const first = begin(store, '2026-01-01T00:00:00Z', T0 + 2);
    const second = begin(store, '2026-01-01T00:00:00Z', T0 + 3, 'other' as ShopId);
    expect(store.lastSlot(SHOP)).toBe('2026-01-02T00:00:00Z');
    expect(store.lastSlot(SHOP, Date.UTC(2026, 0, 1, 12))).toBe('2026-01-01T00:00:00Z');
    expect(store.unfinishedRuns()).toEqual([first, second]);
    store.finishRun(first.id, 'failed', T0 + 4);
    expect(store.unfinishedRuns()).toEqual([second]);
  });

  it('ends a run whose end was never written when the next begins', () => {
    const store = bench.open();
    const left = begin(store, 'a');
    visit(store, left, url('1'), read(null));
    const next = begin(store, 'b', T0 + 1);
    expect(store.unfinishedRuns()).toEqual([next]);
    expect(store.query('SELECT status, finished_at, pages_done FROM runs WHERE slot = ?', ['a'])).toEqual([
      { status: 'failed', finished_at: T0 + 1, pages_done: 1 },
    ]);
  });

  it('refuses a run of a shop it does not know', () => {
    expect(() => bench.open().beginRun('nobody' as ShopId, 'slot', T0)).toThrow(/nobody/);
  });

  it('keeps the counts of a run when the next takes its pages over', () => {
    const store = bench.open();
    const first = begin(store, 'a');
    visit(store, first, url('1'), read(null));
    visit(store, first, url('2'), { kind: 'dropped', reason: 'robots', detail: '' });
    store.addUrls(first, [page('3')], T0);
    expect(store.runCounts(first)).toEqual({ pending: 1, leased: 0, done: 1, dropped: 1 });
    store.finishRun(first.id, 'finished', T0);
    const second = begin(store, 'b');
    expect(store.runCounts(first)).toEqual({ pending: 1, leased: 0, done: 1, dropped: 1 });
    expect(store.runCounts(second)).toEqual({ pending: 3, leased: 0, done: 0, dropped: 0 });
  });

  it('makes every known page due again, dropped ones too, with a fresh count of attempts', () => {
    const store = bench.open();
    const first = begin(store, 'a');
    visit(store, first, url('done'), read(null));
    visit(store, first, url('dropped'), { kind: 'dropped', reason: 'dns', detail: 'no such host' });
    const later = {
      kind: 'retry',
      at: T0 + 9 * HOUR,
      spendsAttempt: true,
      failure: 'timeout',
      reason: 'timeout',
    } as const;
    visit(store, first, url('late'), later);
    const second = begin(store, 'b', T0 + HOUR);
    const claimed = store.claimPages(second, 10, T0 + HOUR, HOUR);
    expect(claimed.map((entry) => [entry.url, entry.attempts])).toEqual([
      [url('late'), 0],
      [url('done'), 0],
      [url('dropped'), 0],
    ]);
  });
});

describe('the frontier', () => {
  it('holds a URL once, and raises a page to a product but never back', () => {
    const store = bench.open();
    const run = begin(store);
    expect(store.addUrls(run, [page('a'), page('b', 1), page('a', 5)], T0)).toBe(2);
    expect(store.addUrls(run, [{ url: url('b'), kind: 'product', depth: 9 }], T0)).toBe(0);
    expect(store.addUrls(run, [page('b', 3)], T0)).toBe(0);
    expect(store.claimPages(run, 10, T0, HOUR)).toMatchObject([
      { url: url('b'), kind: 'product', depth: 1 },
      { url: url('a'), kind: 'page', depth: 0 },
    ]);
  });

  it('gives products before pages, shallow before deep, old before new', () => {
    const store = bench.open();
    const run = begin(store);
    const product = (name: string, depth: number) => ({ ...page(name, depth), kind: 'product' as const });
    store.addUrls(run, [page('p2', 2), page('p0'), product('i3', 3), page('p0b'), product('i1', 1)], T0);
    const names = store.claimPages(run, 10, T0, HOUR).map((entry) => entry.url.split('/').at(-1));
    expect(names).toEqual(['i1', 'i3', 'p0', 'p0b', 'p2']);
  });

  it('leases to one worker, and again when the lease ends or is given back, whatever the clock says', () => {
    const clock = new FakeClock(T0);
    const store = bench.open(undefined, clock);
    const run = begin(store);
    store.addUrls(run, [page('a'), page('b'), page('c')], T0);
    const [a, b] = store.claimPages(run, 2, T0, HOUR);
    expect(store.claimPages(run, 10, T0, HOUR).map((entry) => entry.url)).toEqual([url('c')]);
    expect(store.nextPageDue(run)).toBeNull();
    store.releasePages([b!.id]);
    expect(store.claimPages(run, 10, T0, HOUR).map((entry) => entry.id)).toEqual([b!.id]);
    clock.advance(HOUR - 1);
    expect(store.claimPages(run, 10, T0 + 9 * HOUR, HOUR)).toEqual([]);
    clock.advance(1);
    expect(store.claimPages(run, 1, T0 - HOUR, HOUR).map((entry) => entry.id)).toEqual([a!.id]);
  });

  it('leases a known page again in the run in which its lease ended', () => {
    const clock = new FakeClock(T0);
    const store = bench.open(undefined, clock);
    const first = begin(store);
    store.addUrls(first, [page('a')], T0);
    visit(store, first, url('a'), read(null), T0);
    store.finishRun(first.id, 'finished', T0);
    const later = T0 + 1000 * HOUR;
    const run = begin(store, 'later', later);
    const [a] = store.claimPages(run, 10, later, HOUR);
    expect(a).toMatchObject({ url: url('a') });
    clock.advance(HOUR);
    expect(store.claimPages(run, 10, later + HOUR, HOUR).map((entry) => entry.id)).toEqual([a!.id]);
  });

  it('returns every lease at the next start', () => {
    const store = bench.open();
    const run = begin(store);
    store.addUrls(run, [page('a'), page('b')], T0);
    store.claimPages(run, 10, T0, HOUR);
    expect(store.recoverLeases()).toEqual({ pages: 2, feeds: 0, images: 0, pictures: 0 });
    expect(store.claimPages(run, 10, T0, HOUR)).toHaveLength(2);
  });

  it('waits with a retry until it is due, and counts the attempt only when told to', () => {
    const store = bench.open();
    const run = begin(store);
    const retry = (at: number, spendsAttempt: boolean): PageVisit => ({
      kind: 'retry',
      at,
      spendsAttempt,
      failure: 'server-error',
      reason: 'server-error: 500',
    });
    visit(store, run, url('a'), retry(T0 + 100, true));
    expect(store.claimPages(run, 10, T0 + 99, HOUR)).toEqual([]);
    expect(store.nextPageDue(run)).toBe(T0 + 100);
    const [again] = store.claimPages(run, 10, T0 + 100, HOUR);
    expect(again!.attempts).toBe(1);
    store.commitVisit(run, again!, retry(T0 + 200, false), T0 + 150);
    expect(store.claimPages(run, 10, T0 + 200, HOUR)[0]!.attempts).toBe(1);
  });

  it('carries validators and content hash to the next visit, and keeps them over a bare 304', () => {
    const store = bench.open();
    const first = begin(store, 'a');
    const fresh = lease(store, first, url('a'));
    expect(fresh).toMatchObject({ contentHash: null, validators: { etag: null, lastModified: null } });
    store.commitVisit(first, fresh, read(product()), T0);
    const seen = { contentHash: JSON.stringify(product()), validators: { etag: '"1"', lastModified: null } };
    const second = begin(store, 'b');
    expect(visit(store, second, url('a'), unchanged)).toMatchObject({ ...seen, kind: 'product' });
    expect(visit(store, begin(store, 'c'), url('a'), unchanged)).toMatchObject(seen);
  });

  it('adds links one level deeper', () => {
    const store = bench.open();
    const run = begin(store);
    store.addUrls(run, [page('a', 3)], T0);
    const [entry] = store.claimPages(run, 1, T0, HOUR);
    store.commitVisit(run, entry!, read(null, [url('b'), url('a')]), T0);
    expect(store.claimPages(run, 10, T0, HOUR)).toMatchObject([{ url: url('b'), depth: 4, kind: 'page' }]);
    expect(store.runCounts(run)).toEqual({ pending: 0, leased: 1, done: 1, dropped: 0 });
  });
});
