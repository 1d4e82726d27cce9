/**
 * The items of an index, packed: a number for each thing that a filter asks, in typed arrays, and strings kept once.
 * Rows are dense; removing one moves the last into its place. Each category has a list of its rows, and each picture
 * a chain of the items that show it.
 */
import type { ProductId } from '../domain/ids.js';
import { ORDERABLE } from '../domain/product.js';
import type { IndexedItem } from '../domain/similar.js';
import { RowLists } from './row-lists.js';

/** Strings by number, from 1; 0 is none. */
export class Names {
  readonly #numbers = new Map<string, number>();
  readonly #names: string[] = [''];

  /** Adds a name that is new. */
  numberOf(name: string | null): number {
    if (name === null) return 0;
    let number = this.#numbers.get(name);
    if (number === undefined) {
      number = this.#names.push(name) - 1;
      this.#numbers.set(name, number);
    }
    return number;
  }

  /** -1, which no item has, for a name that no item ever had. */
  find(name: string): number {
    return this.#numbers.get(name) ?? -1;
  }

  name(number: number): string {
    return this.#names[number] ?? '';
  }
}

/** What filters ask of a row; `Names` of `ItemColumns.names`, 0 for null. */
interface Columns {
  readonly id: Float64Array;
  readonly category: Uint32Array;
  readonly shop: Uint32Array;
  readonly brand: Uint32Array;
  readonly colour: Uint32Array;
  /** 0 without a price. */
  readonly currency: Uint32Array;
  /** Minor units. */
  readonly price: Float64Array;
  readonly isOrderable: Uint8Array;
  /** The row of its picture. */
  readonly picture: Uint32Array;
  /** The chain of the picture's items: a row, or `NONE`. */
  readonly next: Uint32Array;
  readonly previous: Uint32Array;
}

export const NONE = 0xffff_ffff;
const FIRST_ROOM = 1024;

export class ItemColumns {
  readonly names = new Names();
  readonly categories = new RowLists();
  columns: Columns = columnsFor(FIRST_ROOM);
  readonly #rows = new Map<number, number>();

  get size(): number {
    return this.#rows.size;
  }

  rowOf(id: ProductId): number | undefined {
    return this.#rows.get(id);
  }

  /** A row at the end, in no chain yet. */
  push(item: IndexedItem, picture: number): number {
    const row = this.#rows.size;
    if (row === this.columns.id.length) this.columns = grown(this.columns);
    this.#rows.set(item.productId, row);
    this.#write(row, item);
    this.columns.picture[row] = picture;
    this.categories.add(this.columns.category[row] ?? 0, row);
    return row;
  }

  /** Another state of the same item; its picture and chain stay. */
  replace(row: number, item: IndexedItem): void {
    const before = this.columns.category[row] ?? 0;
    this.#write(row, item);
    const category = this.columns.category[row] ?? 0;
    if (category === before) return;
    this.categories.remove(before, row);
    this.categories.add(category, row);
  }

  /** The row must be in no chain. Chains follow the row that moves; `moved` is told where that was the first of one. */
  removeByMovingLast(row: number, moved: (picture: number, row: number) => void): void {
    const { columns } = this;
    this.categories.remove(columns.category[row] ?? 0, row);
    this.#rows.delete(columns.id[row] ?? 0);
    const last = this.#rows.size;
    if (row === last) return;
    this.categories.rename(columns.category[last] ?? 0, last, row);
    for (const name of Object.keys(columns) as (keyof Columns)[]) {
      const column = columns[name];
      column[row] = column[last] ?? 0;
    }
    this.#rows.set(columns.id[row] ?? 0, row);
    const [next, previous] = [columns.next[row] ?? NONE, columns.previous[row] ?? NONE];
    if (next !== NONE) columns.previous[next] = row;
    if (previous === NONE) moved(columns.picture[row] ?? 0, row);
    else columns.next[previous] = row;
  }

  /**
   * A total order for items with the same picture: the cheapest first. Where that says nothing, an item with a price
   * comes before one without, currencies go by their code, and the lower product id wins.
   */
  isCheaper(one: number, other: number): boolean {
    const { currency, price, id } = this.columns;
    const [mine, its] = [currency[one] ?? 0, currency[other] ?? 0];
    if (mine !== its) {
      if (mine === 0 || its === 0) return its === 0;
      return this.names.name(mine) < this.names.name(its);
    }
    const difference = mine === 0 ? 0 : (price[one] ?? 0) - (price[other] ?? 0);
    return difference === 0 ? (id[one] ?? 0) < (id[other] ?? 0) : difference < 0;
  }

  #write(row: number, item: IndexedItem): void {
    const { columns, names } = this;
    columns.id[row] = item.productId;
    columns.category[row] = names.numberOf(item.category);
    columns.shop[row] = names.numberOf(item.shop);
    columns.brand[row] = names.numberOf(item.brand?.toLowerCase() ?? null);
    columns.colour[row] = names.numberOf(item.colour);
    columns.currency[row] = names.numberOf(item.price?.currency ?? null);
    columns.price[row] = item.price?.minor ?? 0;
    columns.isOrderable[row] = ORDERABLE.has(item.availability) ? 1 : 0;
  }
}

function columnsFor(room: number): Columns {
  const words = (): Uint32Array => new Uint32Array(new SharedArrayBuffer(room * 4));
  const numbers = (): Float64Array => new Float64Array(new SharedArrayBuffer(room * 8));
  return {
    id: numbers(),
    category: words(),
    shop: words(),
    brand: words(),
    colour: words(),
    currency: words(),
    price: numbers(),
    isOrderable: new Uint8Array(new SharedArrayBuffer(room)),
    picture: words(),
    next: words(),
    previous: words(),
  };
}

function grown(columns: Columns): Columns {
  const larger = columnsFor(columns.id.length * 2);
  for (const name of Object.keys(columns) as (keyof Columns)[]) larger[name].set(columns[name]);
  return larger;
}
