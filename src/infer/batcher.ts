/**
 * Collects items into batches: a batch is due when it is full, or when its oldest item has waited long enough.
 *
 * Pure: it holds no timer and reads no clock, times come in from outside and never step back. Every item comes
 * out once, in the order it came in. It never holds more than `capacity` items.
 */

export interface BatcherOptions {
  /** Items of a batch, at most. */
  readonly batch: number;
  /** Longest wait of an item for its batch to fill. */
  readonly waitMs: number;
  readonly capacity: number;
}

export class Batcher<T> {
  readonly #options: BatcherOptions;
  #waiting: { readonly item: T; readonly since: number }[] = [];

  constructor(options: BatcherOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#waiting.length;
  }

  /** False when there is no room; the item is then not taken. */
  offer(item: T, now: number): boolean {
    if (this.#waiting.length >= this.#options.capacity) return false;
    this.#waiting.push({ item, since: now });
    return true;
  }

  /** When the next batch is due: at once (a time already past) if one is full; null when nothing waits. */
  dueAt(): number | null {
    const oldest = this.#waiting[0];
    if (oldest === undefined) return null;
    return this.#waiting.length >= this.#options.batch ? oldest.since : oldest.since + this.#options.waitMs;
  }

  /** The next batch if it is due, else null. */
  take(now: number): T[] | null {
    const due = this.dueAt();
    if (due === null || due > now) return null;
    return this.#waiting.splice(0, this.#options.batch).map(({ item }) => item);
  }
}
