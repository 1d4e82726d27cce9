/** Whether what was counted happened: the shops' own log beside the catalogue. */
import Database from 'better-sqlite3';
import type { Outcomes } from './daemon-process.js';
import type { ServedItem } from './shops-process.js';

interface Row {
  readonly url: string;
  readonly price: number;
}

/**
 * What is wrong, for people; empty when every price that a shop showed is in the history in its order, the catalogue
 * has the last one, and as many visits were committed as were answered. `database`: of a daemon that has ended;
 * `counted`: every visit it made, by how it ended.
 */
export function wrongWork(database: string, served: readonly ServedItem[], counted: Outcomes): string[] {
  const db = new Database(database, { readonly: true });
  try {
    const history = new Map<string, number[]>();
    for (const { url, price } of db
      .prepare<[], Row>(
        `SELECT p.url, h.price_minor AS price FROM offer_history h JOIN products p ON p.id = h.product_id ORDER BY h.id`,
      )
      .iterate()) {
      const prices = history.get(url);
      if (prices === undefined) history.set(url, [price]);
      else prices.push(price);
    }
    const now = new Map(
      db
        .prepare<[], Row>('SELECT url, price_minor AS price FROM v_items')
        .all()
        .map(({ url, price }) => [url, price]),
    );
    return [
      ...served.flatMap(({ url, prices }) => {
        const found = history.get(url) ?? [];
        if (found.join() !== prices.join()) {
          return [`${url} showed ${prices.join(', ')}; its history is ${found.join(', ')}`];
        }
        return now.get(url) === prices.at(-1) ? [] : [`${url} costs ${prices.at(-1)}, not ${now.get(url)}`];
      }),
      ...countsWrong(served, counted),
    ];
  } finally {
    db.close();
  }
}

function countsWrong(
  served: readonly ServedItem[],
  { read = 0, unchanged = 0, ...others }: Outcomes,
): string[] {
  const sum = (of: (item: ServedItem) => number): number =>
    served.reduce((total, item) => total + of(item), 0);
  const answered = sum(({ pages, notModified }) => pages + notModified);
  const shown = sum(({ prices }) => prices.length);
  const unconditional = sum((item) => item.unconditional);
  return [
    ...(read + unchanged === answered
      ? []
      : [`${answered} visits were answered, ${read + unchanged} committed`]),
    ...(read === shown ? [] : [`pages were new or changed ${shown} times and read ${read} times`]),
    ...(unconditional === 0 ? [] : [`${unconditional} revisits asked without validators`]),
    ...Object.entries(others).map(([outcome, count]) => `${count} visits ended as ${outcome}`),
  ];
}
