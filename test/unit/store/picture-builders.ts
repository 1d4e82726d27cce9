/** A page with pictures, by the letters of their URLs, and what comes of them. */
import type { Sha256 } from '../../../src/domain/ids.js';
import type { Store } from '../../../src/store/store.js';
import { begin, classified, product, read, sha, visit } from './builders.js';

export const PAGE = 'https://moda.example/p/1';
export const image = (name: string): string => `https://moda.example/i/${name}.jpg`;
/** The content of image('a') is sha('a'), and so on. */
export const content = (url: string): Sha256 => sha(url.at(-5)!);
export const sweater = classified({ sweater: 0.97, beanie: 0.03 });
export const beanie = classified({ sweater: 0.02, beanie: 0.98 });
export const none = { etag: null, lastModified: null };

export function withImages(store: Store, names: readonly string[], slot = 'a', url = PAGE): void {
  const run = begin(store, slot);
  visit(store, run, url, read(product({ url, images: names.map(image) })));
}

export const items = (store: Store): unknown[] =>
  store.query('SELECT category, probability, best_category, reason FROM v_items ORDER BY product_id');
export const states = (store: Store): unknown[] =>
  store.query('SELECT substr(sha256, 1, 1) AS name, state, reason FROM blobs ORDER BY id');
