/** A small shop crawled under a policy that is easy to follow by hand. */
import type { CrawlRun, FoundUrl, RevisitPolicy } from '../../../src/domain/crawl.js';
import { openStore } from '../../../src/store/store.js';
import type { Store } from '../../../src/store/store.js';
import { HOUR, offer, product, read, SHOP, shop, silent } from './builders.js';

export const DAY = 24 * HOUR;
const START = 'https://moda.example/';
export const url = (name: string): string => `${START}${name}`;

/** Twelve hours after a change, two days after none; signs are believed an hour after a visit, doubling. */
const policy: RevisitPolicy = {
  afterVisit: (history, { changed, elapsedMs }) => ({
    history: { ...history, changes: history.changes + Number(changed && elapsedMs !== null) },
    intervalMs: changed ? 12 * HOUR : 2 * DAY,
  }),
  whileGone: (confirmations) => Math.min(confirmations, 8) * 7 * DAY,
  hintDelay: (misses) => HOUR * 2 ** misses,
};

/** `path`: that of a fresh store by `workbench().file()`, or one to go on with. */
export function open(path: string): Store {
  const store = openStore(path, { log: silent, revisit: policy });
  store.syncShops([shop()]);
  return store;
}

export const sweater = (minor = 4990) => read(product({ url: url('p/1'), offer: offer(minor) }));

/** A run that visits everything due with the given answers; gives the paths in the order of their visits. */
export function crawl(
  store: Store,
  slot: string,
  now: number,
  answer: (path: string, run: CrawlRun) => Parameters<Store['commitVisit']>[2],
  more: { readonly dueBefore?: number; readonly all?: boolean; readonly found?: readonly FoundUrl[] } = {},
): string[] {
  const run = store.beginRun(SHOP, slot, now, more.dueBefore);
  if (run === null) throw new Error(`the slot ${slot} was taken`);
  if (more.all === true) store.makeAllDue(run);
  store.addUrls(run, [{ url: START, kind: 'page', depth: 0 }, ...(more.found ?? [])], now);
  const visited: string[] = [];
  for (;;) {
    const claimed = store.claimPages(run, 1, now, HOUR);
    if (claimed.length === 0) break;
    for (const entry of claimed) {
      const path = entry.url.slice(START.length - 1);
      visited.push(path);
      store.commitVisit(run, entry, answer(path, run), now);
    }
  }
  store.finishRun(run.id, 'finished', now);
  return visited;
}

/** A start page, a listing with two items, and a page of text. */
export function answers(path: string): Parameters<Store['commitVisit']>[2] {
  if (path === '/') return read(null, [url('list'), url('about')]);
  if (path === '/list') return read(null, [url('p/1'), url('p/2')]);
  if (path.startsWith('/p/')) return read(product({ url: url(path.slice(1)) }));
  return read(null);
}
