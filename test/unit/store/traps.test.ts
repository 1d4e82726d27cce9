/** Addresses of one pattern are bounded, by what is sold among them; what is refused is counted by guard. */
import { describe, expect, it } from 'vitest';
import type { CrawlRun, PageVisit } from '../../../src/domain/crawl.js';
import type { RefusedLink } from '../../../src/domain/traps.js';
import type { Store } from '../../../src/store/store.js';
import { begin, HOUR, lease, product, read, T0, visit, workbench } from './builders.js';

const bench = workbench();
const url = (name: string): string => `https://moda.example/${name}`;
const days = (count: number, from = 0): string[] =>
  Array.from({ length: count }, (_, n) => url(`day/${from + n}`));

function listing(links: readonly string[], refused: readonly RefusedLink[] = []): PageVisit {
  const visited = read(null, links);
  if (visited.kind !== 'read') throw new Error('not a reading');
  return { ...visited, refused, maxPerPattern: 5 };
}

const waiting = (store: Store, run: CrawlRun): number => store.runCounts(run).pending;
const refusals = (store: Store) =>
  store.query('SELECT guard, links, example FROM link_refusals ORDER BY guard');

describe('addresses of one pattern', () => {
  it('join up to the bound, over all pages and runs; others go on joining', () => {
    const store = bench.open();
    const run = begin(store, 'a');
    visit(store, run, url('list'), listing([...days(4), url('about'), url('contact')]));
    visit(store, run, url('more'), listing([...days(4), ...days(4, 4), url('shipping')]));
    expect(waiting(store, run)).toBe(5 + 3);
    expect(refusals(store)).toEqual([{ guard: 'pattern', links: 3, example: url('day/7') }]);
    store.finishRun(run.id, 'finished', T0);
    const next = begin(store, 'b', T0 + HOUR);
    visit(store, next, url('list'), listing(days(9)), T0 + HOUR);
    expect(store.query('SELECT count(*) AS n FROM frontier WHERE url LIKE ?', [url('day/%')])).toEqual([
      { n: 5 },
    ]);
    expect(store.query('SELECT run_id, links FROM link_refusals ORDER BY run_id')).toEqual([
      { run_id: run.id, links: 3 },
      { run_id: next.id, links: 4 },
    ]);
  });

  it('are let in the more the more items there are among them', () => {
    const store = bench.open();
    const run = begin(store);
    visit(store, run, url('p/1'), read(product({ url: url('p/1') })));
    const items = Array.from({ length: 40 }, (_, n) => url(`p/${n + 2}`));
    visit(store, run, url('list'), listing(items));
    expect(waiting(store, run)).toBe(5 + 20);
  });

  it('that a sitemap lists are not bounded', () => {
    const store = bench.open();
    const run = begin(store);
    expect(
      store.addUrls(
        run,
        days(50).map((day) => ({ url: day, kind: 'page', depth: 1 })),
        T0,
      ),
    ).toBe(50);
    expect(refusals(store)).toEqual([]);
  });
});

describe('what a guard refuses', () => {
  it('is counted by guard where its page is not known, and once however often the visit is committed', () => {
    const store = bench.open();
    const run = begin(store);
    visit(store, run, url('known'), read(null));
    const entry = lease(store, run, url('list'));
    const refused: RefusedLink[] = [
      { url: url('a/a/a/a'), guard: 'repeats' },
      { url: url('b/b/b/b'), guard: 'repeats' },
      { url: url('deep'), guard: 'depth' },
      { url: url('known'), guard: 'depth' },
    ];
    for (let times = 0; times < 2; times += 1) store.commitVisit(run, entry, listing([], refused), T0);
    expect(refusals(store)).toEqual([
      { guard: 'depth', links: 1, example: url('deep') },
      { guard: 'repeats', links: 2, example: url('b/b/b/b') },
    ]);
  });
});
