/**
 * The pictures of an index, each once however many items show it, in dense rows, with the first item of its chain.
 * Removing a row moves the last into its place.
 */
import { NONE } from './item-columns.js';
import type { ItemColumns } from './item-columns.js';

export class PictureRows {
  readonly #items: ItemColumns;
  readonly #rows = new Map<number, number>();
  /** The store's numbers, and the first item of each. */
  #numbers = new Float64Array(1024);
  #first = new Uint32Array(1024);
  /** The last round in which each row was marked, so that no array is cleared for a question. */
  #marks = new Uint32Array(0);
  #round = 0;

  constructor(items: ItemColumns) {
    this.#items = items;
  }

  get size(): number {
    return this.#rows.size;
  }

  rowOf(picture: number): number | undefined {
    return this.#rows.get(picture);
  }

  numberAt(row: number): number {
    return this.#numbers[row] ?? 0;
  }

  push(picture: number): number {
    const row = this.#rows.size;
    if (row === this.#numbers.length) {
      const [numbers, first] = [new Float64Array(row * 2), new Uint32Array(row * 2)];
      numbers.set(this.#numbers);
      first.set(this.#first);
      [this.#numbers, this.#first] = [numbers, first];
    }
    this.#rows.set(picture, row);
    this.#numbers[row] = picture;
    this.#first[row] = NONE;
    return row;
  }

  /** Says of each row whether it is asked about for the first time since. */
  marker(): (row: number) => boolean {
    if (this.#marks.length < this.size) this.#marks = new Uint32Array(this.#numbers.length);
    const marks = this.#marks;
    this.#round += 1;
    const round = this.#round;
    return (row) => {
      if (marks[row] === round) return false;
      marks[row] = round;
      return true;
    };
  }

  /** Puts an item at the front of a picture's chain. */
  link(row: number, item: number): void {
    const { columns } = this.#items;
    const first = this.#first[row] ?? NONE;
    columns.picture[item] = row;
    columns.next[item] = first;
    columns.previous[item] = NONE;
    if (first !== NONE) columns.previous[first] = item;
    this.#first[row] = item;
  }

  /** Takes an item out of its picture's chain. Returns whether that was its last. */
  unlink(item: number): boolean {
    const { picture, next, previous } = this.#items.columns;
    const [before, after] = [previous[item] ?? NONE, next[item] ?? NONE];
    if (after !== NONE) previous[after] = before;
    if (before !== NONE) next[before] = after;
    else this.#first[picture[item] ?? 0] = after;
    return before === NONE && after === NONE;
  }

  /** The item at the front of a chain moved to another row. */
  setFirst(row: number, item: number): void {
    this.#first[row] = item;
  }

  /** The picture must have no item. Returns the row that moved into its place, or null. */
  removeByMovingLast(row: number): number | null {
    this.#rows.delete(this.#numbers[row] ?? 0);
    const last = this.#rows.size;
    if (row === last) return null;
    this.#numbers[row] = this.#numbers[last] ?? 0;
    this.#first[row] = this.#first[last] ?? NONE;
    this.#rows.set(this.#numbers[row] ?? 0, row);
    for (const item of this.itemsOf(row)) this.#items.columns.picture[item] = row;
    return last;
  }

  *itemsOf(row: number): Iterable<number> {
    const { next } = this.#items.columns;
    for (let item = this.#first[row] ?? NONE; item !== NONE; item = next[item] ?? NONE) yield item;
  }
}
