/**
 * The items of an index, in dense rows, with a list of rows for each category: a query for one category looks at no
 * other. Removing a row moves the last one into its place, as the tables of vectors do.
 */
import { FashiondError } from '../domain/errors.js';
import type { CategoryId, ProductId } from '../domain/ids.js';
import type { SearchItem, SimilarFilter } from '../domain/similar.js';
import { isCheaper, passes } from './filter.js';

/** Small numbers for keys, given again when a key is gone. */
class Numbers {
  readonly #known = new Map<string, { readonly number: number; uses: number }>();
  readonly #free: number[] = [];
  #next = 0;

  get limit(): number {
    return this.#next;
  }

  take(key: string): number {
    let entry = this.#known.get(key);
    if (entry === undefined) {
      entry = { number: this.#free.pop() ?? this.#next++, uses: 0 };
      this.#known.set(key, entry);
    }
    entry.uses += 1;
    return entry.number;
  }

  release(key: string): void {
    const entry = this.#known.get(key);
    if (entry === undefined) return;
    entry.uses -= 1;
    if (entry.uses > 0) return;
    this.#known.delete(key);
    this.#free.push(entry.number);
  }
}

export class ItemRows {
  readonly #items: SearchItem[] = [];
  readonly #rows = new Map<ProductId, number>();
  readonly #lists = new Map<CategoryId | null, number[]>();
  /** For each row, its place in its category's list. */
  readonly #places: number[] = [];
  readonly #pictures = new Numbers();
  /** For each row, the number of its picture. */
  readonly #picture: number[] = [];

  get size(): number {
    return this.#items.length;
  }

  rowOf(productId: ProductId): number | undefined {
    return this.#rows.get(productId);
  }

  at(row: number): SearchItem {
    const item = this.#items[row];
    if (item === undefined) throw new FashiondError('internal', `the index has no row ${row}`);
    return item;
  }

  push(item: SearchItem): void {
    const row = this.#items.length;
    this.#rows.set(item.productId, row);
    this.#items.push(item);
    this.#picture.push(this.#pictures.take(item.picture));
    this.#enlist(row, item.category);
  }

  /** Another state of the same item. */
  replace(row: number, item: SearchItem): void {
    const before = this.at(row);
    this.#pictures.release(before.picture);
    this.#picture[row] = this.#pictures.take(item.picture);
    if (before.category !== item.category) {
      this.#delist(row, before.category);
      this.#enlist(row, item.category);
    }
    this.#items[row] = item;
  }

  removeByMovingLast(row: number): void {
    const gone = this.at(row);
    this.#delist(row, gone.category);
    this.#pictures.release(gone.picture);
    this.#rows.delete(gone.productId);
    const last = this.#items.length - 1;
    const moved = this.at(last);
    const place = this.#places[last] ?? 0;
    const picture = this.#picture[last] ?? 0;
    this.#items.pop();
    this.#places.pop();
    this.#picture.pop();
    if (row === last) return;
    this.#items[row] = moved;
    this.#places[row] = place;
    this.#picture[row] = picture;
    this.#rows.set(moved.productId, row);
    this.#listOf(moved.category)[place] = row;
  }

  /** Rows that pass the filter, one for each picture: the cheapest. In no particular order. */
  passing(filter: SimilarFilter): Uint32Array {
    // For each picture one more than its row, so that an array of zeros will do.
    const chosen = new Int32Array(this.#pictures.limit);
    const seen: number[] = [];
    for (const list of this.#listsFor(filter)) {
      for (const row of list) {
        const item = this.at(row);
        if (!passes(item, filter)) continue;
        const picture = this.#picture[row] ?? 0;
        const other = (chosen[picture] ?? 0) - 1;
        if (other < 0) seen.push(picture);
        if (other < 0 || isCheaper(item, this.at(other))) chosen[picture] = row + 1;
      }
    }
    const rows = new Uint32Array(seen.length);
    for (const [at, picture] of seen.entries()) rows[at] = (chosen[picture] ?? 0) - 1;
    return rows;
  }

  #listsFor({ category, kin }: SimilarFilter): Iterable<readonly number[]> {
    if (category === null) return this.#lists.values();
    return [category, ...(kin ?? [])]
      .filter((one, at, all) => all.indexOf(one) === at)
      .map((one) => this.#listOf(one));
  }

  #listOf(category: CategoryId | null): number[] {
    let list = this.#lists.get(category);
    if (list === undefined) {
      list = [];
      this.#lists.set(category, list);
    }
    return list;
  }

  #enlist(row: number, category: CategoryId | null): void {
    this.#places[row] = this.#listOf(category).push(row) - 1;
  }

  #delist(row: number, category: CategoryId | null): void {
    const list = this.#listOf(category);
    const place = this.#places[row] ?? 0;
    const last = list.pop();
    if (last === undefined || last === row) return;
    list[place] = last;
    this.#places[last] = place;
  }
}

/** Two rows whose items may be one product's variants: one shop, one title. */
export function isVariant(one: SearchItem, other: SearchItem): boolean {
  return one.shop === other.shop && one.title.toLowerCase() === other.title.toLowerCase();
}
