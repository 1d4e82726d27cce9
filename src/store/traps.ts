/** Counts addresses by their pattern, and what the guards against traps refused. */
import type { CrawlRun } from '../domain/crawl.js';
import type { LinkGuard, RefusedLink } from '../domain/traps.js';
import { urlPattern } from '../domain/traps.js';
import type { Connection } from './connection.js';
import { FIND_URL } from './found-urls.js';

/** Each item found among the addresses of a pattern lets so many more in: shops number their items, too. */
const MORE_PER_PRODUCT = 20;

export const COUNTS_OF_PATTERN = 'SELECT urls, products FROM url_patterns WHERE shop_id = ? AND pattern = ?';

const COUNT_URL = `
  INSERT INTO url_patterns (shop_id, pattern, urls, products) VALUES (?, ?, 1, 0)
  ON CONFLICT (shop_id, pattern) DO UPDATE SET urls = urls + 1`;

const COUNT_PRODUCT = `
  INSERT INTO url_patterns (shop_id, pattern, urls, products) VALUES (?, ?, 0, 1)
  ON CONFLICT (shop_id, pattern) DO UPDATE SET products = products + 1`;

const COUNT_REFUSAL = `
  INSERT INTO link_refusals (run_id, guard, links, example) VALUES (:run, :guard, 1, :url)
  ON CONFLICT (run_id, guard) DO UPDATE SET links = links + 1, example = excluded.example`;

/** Whether an unknown address may join the frontier; counts it either way. */
export function admit(
  db: Connection,
  run: CrawlRun,
  shop: number,
  url: string,
  maxPerPattern: number,
): boolean {
  const pattern = urlPattern(url);
  if (pattern === null) return true;
  const known = db.get<{ urls: number; products: number }>(COUNTS_OF_PATTERN, [shop, pattern]);
  if (known !== undefined && known.urls >= maxPerPattern + known.products * MORE_PER_PRODUCT) {
    countRefusal(db, run, 'pattern', url);
    return false;
  }
  db.run(COUNT_URL, [shop, pattern]);
  return true;
}

/** An address was read as an item for the first time. */
export function countProduct(db: Connection, shop: number, url: string): void {
  const pattern = urlPattern(url);
  if (pattern !== null) db.run(COUNT_PRODUCT, [shop, pattern]);
}

/** Counts the links whose pages are not known already: nothing is lost by those that are. */
export function countRefused(
  db: Connection,
  run: CrawlRun,
  shop: number,
  refused: readonly RefusedLink[],
): void {
  for (const { url, guard } of refused) {
    if (db.get(FIND_URL, [shop, url]) === undefined) countRefusal(db, run, guard, url);
  }
}

function countRefusal(db: Connection, run: CrawlRun, guard: LinkGuard, url: string): void {
  db.run(COUNT_REFUSAL, { run: run.id, guard, url });
}
