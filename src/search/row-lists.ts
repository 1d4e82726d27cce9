/** Lists of rows by number, such as those of each category; a row is in one of them. In no particular order. */
export class RowLists {
  readonly #lists = new Map<number, { rows: Uint32Array; size: number }>();
  /** For each row, its place in its list. */
  #places = new Uint32Array(1024);

  /** A view, valid until the list changes. */
  of(list: number): Uint32Array {
    const { rows, size } = this.#lists.get(list) ?? { rows: new Uint32Array(0), size: 0 };
    return rows.subarray(0, size);
  }

  add(list: number, row: number): void {
    let entry = this.#lists.get(list);
    if (entry === undefined) {
      entry = { rows: new Uint32Array(64), size: 0 };
      this.#lists.set(list, entry);
    }
    if (entry.size === entry.rows.length) entry.rows = doubled(entry.rows);
    entry.rows[entry.size] = row;
    while (row >= this.#places.length) this.#places = doubled(this.#places);
    this.#places[row] = entry.size;
    entry.size += 1;
  }

  remove(list: number, row: number): void {
    const entry = this.#lists.get(list);
    if (entry === undefined) return;
    entry.size -= 1;
    const moved = entry.rows[entry.size] ?? 0;
    const place = this.#places[row] ?? 0;
    entry.rows[place] = moved;
    this.#places[moved] = place;
  }

  /** A row goes by another number. */
  rename(list: number, from: number, to: number): void {
    const place = this.#places[from] ?? 0;
    const entry = this.#lists.get(list);
    if (entry !== undefined) entry.rows[place] = to;
    this.#places[to] = place;
  }
}

function doubled(rows: Uint32Array): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(rows.length * 2);
  larger.set(rows);
  return larger;
}
