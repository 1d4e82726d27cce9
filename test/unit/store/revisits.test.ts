/** Which known pages a run visits, in which order, and when it is their turn again. */
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import type { FoundUrl } from '../../../src/domain/crawl.js';
import { revisits } from '../../../src/store/migrations/007-revisits.js';
import { MIGRATIONS, openStore } from '../../../src/store/store.js';
import type { Store } from '../../../src/store/store.js';
import { begin, gone, HOUR, product, read, silent, T0, unchanged, workbench } from './builders.js';
import { DAY, url, sweater, crawl, answers, open as openAt } from './revisit-crawl.js';

const bench = workbench();
const open = (path = bench.file()): Store => openAt(path);

describe('a run', () => {
  it('visits start pages and listings each time, other known pages when they are due, new ones first', () => {
    const store = open();
    expect(crawl(store, 'a', T0, answers)).toEqual(['/', '/list', '/about', '/p/1', '/p/2']);
    expect(crawl(store, 'b', T0 + HOUR, answers)).toEqual(['/', '/list']);
    const withNew = (path: string) =>
      path === '/list' ? read(null, [url('p/1'), url('p/3')]) : answers(path);
    expect(crawl(store, 'c', T0 + DAY, withNew)).toEqual(['/', '/list', '/p/3']);
    expect(crawl(store, 'd', T0 + 2 * DAY, answers)).toEqual(['/', '/list', '/about', '/p/1', '/p/2']);
    store.close();
  });

  it('visits a page sooner when it was found changed, and what is due before the next run', () => {
    const store = open();
    crawl(store, 'a', T0, answers);
    const dearer = (path: string) => (path === '/p/1' ? sweater(5990) : answers(path));
    crawl(store, 'b', T0 + 2 * DAY, dearer);
    expect(crawl(store, 'c', T0 + 2 * DAY + 13 * HOUR, dearer)).toEqual(['/', '/list', '/p/1']);
    // Unchanged this time: due after two days, which is before the next slot.
    const dueBefore = T0 + 5 * DAY;
    expect(crawl(store, 'd', T0 + 3 * DAY, dearer, { dueBefore })).toContain('/p/1');
    store.close();
  });

  it('visits no page twice, however far ahead it looks', () => {
    const store = open();
    const dueBefore = T0 + 30 * DAY;
    const all = ['/', '/list', '/about', '/p/1', '/p/2'];
    expect(crawl(store, 'a', T0, answers, { dueBefore })).toEqual(all);
    expect(crawl(store, 'b', T0 + DAY, answers, { dueBefore: dueBefore + DAY })).toHaveLength(all.length);
    store.close();
  });

  it('visits everything when it is told to, once, and goes on with that after a restart', () => {
    const path = bench.file();
    let store = open(path);
    crawl(store, 'a', T0, answers);
    expect(crawl(store, 'b', T0 + HOUR, answers, { all: true })).toHaveLength(5);
    const run = begin(store, 'c', T0 + 2 * HOUR);
    store.makeAllDue(run);
    const [first] = store.claimPages(run, 2, T0 + 2 * HOUR, HOUR);
    store.commitVisit(run, first!, unchanged, T0 + 2 * HOUR);
    store.close();
    store = open(path);
    store.recoverLeases();
    const [left] = store.unfinishedRuns();
    store.makeAllDue(left!);
    expect(store.claimPages(left!, 10, T0 + 3 * HOUR, HOUR).map((entry) => entry.url)).not.toContain(
      first!.url,
    );
    expect(store.runCounts(left!)).toEqual({ pending: 0, leased: 4, done: 1, dropped: 0 });
    store.close();
  });

  it('is not thrown off by a clock that went back', () => {
    const store = open();
    crawl(store, 'a', T0 + DAY, answers);
    expect(crawl(store, 'b', T0, answers)).toEqual(['/', '/list']);
    store.close();
  });
});

describe('a clock that was ahead and is put right', () => {
  it.each([
    ['ten days', 10 * DAY],
    ['five years', 5 * 365 * DAY],
  ])('has pages wait no longer than they would have by a right one: %s', (_, ahead) => {
    const store = open();
    crawl(store, 'a', T0, answers);
    const dueBefore = T0 + ahead + DAY;
    const all = crawl(store, 'b', T0 + ahead, (path) => (path === '/p/2' ? gone : answers(path)), {
      dueBefore,
    });
    expect(all).toHaveLength(5);
    // Within minutes it is right: what each run visits is, and so is what waits to be confirmed gone.
    expect(crawl(store, 'c', T0 + HOUR, answers)).toEqual(['/p/2', '/', '/list']);
    expect(crawl(store, 'd', T0 + DAY, answers)).toEqual(['/', '/list', '/p/2']);
    expect(crawl(store, 'e', T0 + 2 * DAY + HOUR, answers)).toContain('/p/1');
    store.close();
  });

  it('is put right within a run: pages wait no longer than the longest wait there is', () => {
    const store = open();
    const run = begin(store, 'a', T0);
    store.addUrls(run, [{ url: url('p/1'), kind: 'product', depth: 1 }], T0);
    const [entry] = store.claimPages(run, 1, T0, HOUR);
    store.commitVisit(run, entry!, answers('/p/1'), T0 + 5 * 365 * DAY);
    store.finishRun(run.id, 'finished', T0 + 1);
    expect(crawl(store, 'b', T0 + HOUR, answers)).toContain('/p/1');
    store.close();
  });
});

describe('signs of change', () => {
  const listed = (lastModified: number): FoundUrl => ({
    url: url('p/1'),
    kind: 'page',
    depth: 1,
    lastModified,
  });

  it('bring a known page before all that only wait', () => {
    const store = open();
    crawl(store, 'a', T0, answers);
    const found = [listed(T0 + 1)];
    expect(crawl(store, 'b', T0 + 2 * HOUR, answers, { found })).toEqual(['/p/1', '/', '/list']);
    expect(crawl(store, 'c', T0 + 5 * HOUR, answers, { found })).toEqual(['/', '/list']);
    store.close();
  });

  it('are believed later each time they were wrong, and at once again after they were right', () => {
    const store = open();
    crawl(store, 'a', T0, answers);
    const at = (hours: number, slot: string, answer = answers): boolean =>
      crawl(store, slot, T0 + hours * HOUR, answer, { found: [listed(T0 + 1000 * DAY)] }).includes('/p/1');
    expect(at(1, 'b')).toBe(true);
    expect([at(2, 'c'), at(3, 'd')]).toEqual([false, true]);
    expect([at(6, 'e'), at(7, 'f')]).toEqual([false, true]);
    const dearer = (path: string) => (path === '/p/1' ? sweater(5990) : answers(path));
    expect([at(14, 'g'), at(15, 'h', dearer), at(16, 'i', dearer)]).toEqual([false, true, true]);
    store.close();
  });

  it('count when a listing shows another price than the page did, in the same currency', () => {
    const store = open();
    crawl(store, 'a', T0, answers);
    const shown = (minor: number, currency: string): FoundUrl[] => [
      { url: url('p/2'), kind: 'page', depth: 1, price: { minor, currency } },
    ];
    expect(crawl(store, 'b', T0 + 2 * HOUR, answers, { found: shown(4990, 'USD') })).not.toContain('/p/2');
    expect(crawl(store, 'c', T0 + 3 * HOUR, answers, { found: shown(4990, 'EUR') })).not.toContain('/p/2');
    expect(crawl(store, 'd', T0 + 4 * HOUR, answers, { found: shown(3990, 'USD') })).toContain('/p/2');
    store.close();
  });
});

describe('a page', () => {
  it('named as a start page later is visited in every run', () => {
    const store = open();
    crawl(store, 'a', T0, answers);
    const found: FoundUrl[] = [{ url: url('about'), kind: 'page', depth: 0 }];
    expect(crawl(store, 'b', T0 + HOUR, answers, { found })).toEqual(['/about', '/', '/list']);
    expect(crawl(store, 'c', T0 + 2 * HOUR, answers)).toEqual(['/', '/list', '/about']);
    store.close();
  });

  it('that a sitemap took for an item is what it is: a listing', () => {
    const store = open();
    const found: FoundUrl[] = [{ url: url('list'), kind: 'product', depth: 1 }];
    crawl(store, 'a', T0, answers, { found });
    const run = begin(store, 'b', T0 + HOUR);
    store.addUrls(run, found, T0 + HOUR);
    for (const entry of store.claimPages(run, 10, T0 + HOUR, HOUR)) {
      store.commitVisit(run, entry, unchanged, T0 + HOUR);
    }
    store.finishRun(run.id, 'finished', T0 + HOUR);
    expect(crawl(store, 'c', T0 + 2 * HOUR, answers)).toContain('/list');
    store.close();
  });

  it('that failed has another chance in the next run', () => {
    const store = open();
    const broken = (path: string) =>
      path === '/p/1' ? ({ kind: 'dropped', reason: 'server-error', detail: '500' } as const) : answers(path);
    crawl(store, 'a', T0, broken);
    expect(crawl(store, 'b', T0 + HOUR, broken)).toEqual(['/', '/list', '/p/1']);
    expect(crawl(store, 'c', T0 + 2 * HOUR, answers)).toContain('/p/1');
    store.close();
  });

  it('whose answer only looks different has not changed', () => {
    const store = open();
    const decorated = (token: string) => (path: string) =>
      path === '/p/1'
        ? read(
            product({
              url: url(`p/1?t=${token}`),
              description: token,
              images: [`https://x.example/${token}`],
            }),
          )
        : answers(path);
    crawl(store, 'a', T0, decorated('1'));
    crawl(store, 'b', T0 + 2 * DAY, decorated('2'));
    expect(crawl(store, 'c', T0 + 3 * DAY, decorated('3'))).not.toContain('/p/1');
    store.close();
  });
});

describe('an item that vanished', () => {
  it('is asked for ever more rarely, comes back when its page does, and keeps both facts with their times', () => {
    const store = open();
    let sold = true;
    const answer = (path: string) => (path === '/p/1' && !sold ? gone : answers(path));
    const at = (ms: number, slot: string): boolean => crawl(store, slot, T0 + ms, answer).includes('/p/1');
    at(0, 'a');
    sold = false;
    at(2 * DAY, 'b');
    expect(store.query('SELECT vanished_at FROM v_items WHERE url = ?', [url('p/1')])).toEqual([
      { vanished_at: null },
    ]);
    at(2 * DAY + HOUR, 'c');
    expect(store.query('SELECT vanished_at FROM v_items WHERE url = ?', [url('p/1')])).toEqual([
      { vanished_at: '2026-01-03T01:00:00Z' },
    ]);
    // A week later, then two weeks after that.
    expect([at(8 * DAY, 'd'), at(10 * DAY, 'e')]).toEqual([false, true]);
    expect([at(20 * DAY, 'f'), at(25 * DAY, 'g')]).toEqual([false, true]);
    sold = true;
    expect([at(40 * DAY, 'h'), at(47 * DAY, 'i')]).toEqual([false, true]);
    expect(
      store.query('SELECT at, availability FROM v_prices WHERE url = ? ORDER BY at', [url('p/1')]),
    ).toEqual([
      { at: '2026-01-01T00:00:00Z', availability: 'in-stock' },
      { at: '2026-01-03T01:00:00Z', availability: 'discontinued' },
      { at: '2026-02-17T00:00:00Z', availability: 'in-stock' },
    ]);
    expect(
      store.query('SELECT vanished_at, in_stock, last_seen FROM v_items WHERE url = ?', [url('p/1')]),
    ).toEqual([{ vanished_at: null, in_stock: 1, last_seen: '2026-02-17T00:00:00Z' }]);
    store.close();
  });
});

describe('a database of before pages were due one by one', () => {
  it('goes on with its run, and visits everything known in the next', () => {
    const path = bench.file();
    const older = MIGRATIONS.filter(({ number }) => number < revisits.number);
    openStore(path, { log: silent, migrations: older }).close();
    const old = new Database(path);
    old.exec(`
      INSERT INTO shops (id, key, name, active) VALUES (1, 'moda', 'MODA', 1);
      INSERT INTO runs (id, shop_id, slot, status, started_at) VALUES (1, 1, 'a', 'running', ${T0});
      INSERT INTO frontier (url, kind, depth, state, attempts, due_at, gone_count, visited_at, shop_id, run_id, added_at)
      VALUES
        ('${url('')}', 'page', 0, 'done', 0, ${T0 + 1}, 0, ${T0 + 1}, 1, 1, ${T0}),
        ('${url('p/1')}', 'product', 1, 'done', 0, ${T0 + 2}, 0, ${T0 + 2}, 1, 1, ${T0}),
        ('${url('p/2')}', 'product', 1, 'pending', 0, ${T0}, 0, ${T0 - 1}, 1, 1, ${T0 - 9}),
        ('${url('new')}', 'page', 2, 'pending', 0, ${T0}, 0, NULL, 1, 1, ${T0}),
        ('${url('tried')}', 'page', 2, 'leased', 1, ${T0 + 9}, 0, ${T0 - 1}, 1, 1, ${T0}),
        ('${url('dropped')}', 'page', 2, 'dropped', 0, ${T0 + 3}, 0, NULL, 1, 1, ${T0});`);
    old.close();
    const store = open(path);
    store.recoverLeases();
    const [left] = store.unfinishedRuns();
    expect(store.runCounts(left!)).toEqual({ pending: 3, leased: 0, done: 2, dropped: 1 });
    const claimed = store.claimPages(left!, 10, T0 + HOUR, HOUR);
    expect(claimed.map((entry) => entry.url)).toEqual([url('new'), url('tried'), url('p/2')]);
    for (const entry of claimed) store.commitVisit(left!, entry, read(null), T0 + HOUR);
    store.finishRun(left!.id, 'finished', T0 + HOUR);
    expect(store.query('SELECT pages_done, pages_dropped, pages_waiting FROM v_shop_health')).toEqual([
      { pages_done: 5, pages_dropped: 1, pages_waiting: 0 },
    ]);
    expect(crawl(store, 'b', T0 + DAY, () => read(null))).toEqual(['/', '/p/1', '/dropped']);
    store.close();
  });
});
