/** The best k of a stream: a binary heap with the worst kept entry on top, so memory stays at k. */

export class TopK<T> {
  readonly #heap: T[] = [];
  readonly #limit: number;
  readonly #isBetter: (one: T, other: T) => boolean;

  /** `isBetter` must be a total order, so that the result does not depend on the order of the stream. */
  constructor(limit: number, isBetter: (one: T, other: T) => boolean) {
    this.#limit = limit;
    this.#isBetter = isBetter;
  }

  add(entry: T): void {
    const worst = this.#heap[0];
    if (this.#heap.length < this.#limit) {
      this.#heap.push(entry);
      this.#rise(this.#heap.length - 1);
    } else if (worst !== undefined && this.#isBetter(entry, worst)) {
      this.#heap[0] = entry;
      this.#sink();
    }
  }

  /** The last of the best k; undefined while there are fewer. */
  worst(): T | undefined {
    return this.#heap.length < this.#limit ? undefined : this.#heap[0];
  }

  /** Best first. */
  sorted(): T[] {
    return this.#heap.toSorted((one, other) => (this.#isBetter(one, other) ? -1 : 1));
  }

  #rise(from: number): void {
    let index = from;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#swapIfBetter(parent, index)) return;
      index = parent;
    }
  }

  #sink(): void {
    let index = 0;
    for (;;) {
      const [left, right] = [2 * index + 1, 2 * index + 2];
      const child = this.#worseOf(left, right);
      if (!this.#swapIfBetter(index, child)) return;
      index = child;
    }
  }

  #worseOf(left: number, right: number): number {
    const [one, other] = [this.#heap[left], this.#heap[right]];
    return one !== undefined && other !== undefined && this.#isBetter(one, other) ? right : left;
  }

  /** Puts the worse of two entries nearer to the top; says whether they had to change places. */
  #swapIfBetter(upper: number, lower: number): boolean {
    const [one, other] = [this.#heap[upper], this.#heap[lower]];
    if (one === undefined || other === undefined || !this.#isBetter(one, other)) return false;
    this.#heap[upper] = other;
    this.#heap[lower] = one;
    return true;
  }
}
