/** Whole vectors of pictures as they are read, the last used of them kept: of a small catalogue all. */
import type { SearchVectors } from '../domain/similar.js';

export class VectorCache {
  readonly #read: (picture: number) => SearchVectors | null;
  readonly #limit: number;
  /** The longest unused first. */
  readonly #kept = new Map<number, SearchVectors>();

  /** `limit`: pictures kept, some 6 kB each. */
  constructor(read: (picture: number) => SearchVectors | null, limit: number) {
    this.#read = read;
    this.#limit = limit;
  }

  /** Null for a picture that has none. */
  get(picture: number): SearchVectors | null {
    const known = this.#kept.get(picture);
    if (known !== undefined) {
      // While all fit, nothing is dropped and the order says nothing.
      if (this.#kept.size < this.#limit) return known;
      this.#kept.delete(picture);
      this.#kept.set(picture, known);
      return known;
    }
    const read = this.#read(picture);
    if (read === null) return null;
    if (this.#kept.size >= this.#limit) {
      const [oldest] = this.#kept.keys();
      if (oldest !== undefined) this.#kept.delete(oldest);
    }
    this.#kept.set(picture, read);
    return read;
  }

  forget(picture: number): void {
    this.#kept.delete(picture);
  }
}
