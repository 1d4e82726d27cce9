/** What the crawl of an endurance run is held to. */
import Database from 'better-sqlite3';
import type { Prices } from './shops-process.js';

/** Of the runs, a minute each, that visit all items: one that does not end in time costs the next its slot. */
const LEAST_RUNS = 0.5;
const SHOWN = 3;

/** `pages`: a second, of a crawl of `items`. For people; empty is good. */
export function tooSlow(pages: number, items: number): readonly string[] {
  const least = (LEAST_RUNS * items) / 60;
  return pages >= least
    ? []
    : [`the warm daemon crawled ${pages.toFixed(1)} pages a second, and should crawl ${least.toFixed(1)}`];
}

/** `found`: in the catalogue. For people; empty is good. */
export function wrongPrices(expected: Prices, found: Prices): readonly string[] {
  const wrong = Object.keys({ ...expected, ...found }).filter((url) => expected[url] !== found[url]);
  const some = wrong.slice(0, SHOWN).map((url) => `${url} costs ${expected[url]}, not ${found[url]}`);
  return wrong.length === 0 ? [] : [`${wrong.length} prices are not those of the shops: ${some.join('; ')}`];
}

/** Of the shops that are no enemies. `path`: the database of a daemon that has ended. Vanished items have no price. */
export function pricesIn(path: string): Prices {
  const db = new Database(path, { readonly: true });
  try {
    const rows = db
      .prepare<[], [string, number]>(
        `SELECT url, price_minor FROM v_items WHERE shop <> 'hostile' AND vanished_at IS NULL`,
      )
      .raw()
      .all();
    return Object.fromEntries(rows);
  } finally {
    db.close();
  }
}
