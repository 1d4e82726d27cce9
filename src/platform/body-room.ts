/**
 * Bounds the bytes of bodies that have come and are not read yet: who is about to ask for another waits while they
 * are too many. How large a body is shows only when it is there, so the bound is passed by what is on its way.
 */
import { WaitingLine } from './waiting-line.js';

export class BodyRoom {
  readonly #maxBytes: number;
  readonly #line = new WaitingLine();
  #held = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Bytes held now. */
  get held(): number {
    return this.#held;
  }

  /** Resolves when there is room for another body. Rejects with the signal's reason when that aborts first. */
  async entrance(signal: AbortSignal): Promise<void> {
    while (this.#held >= this.#maxBytes) await this.#line.wait(signal);
  }

  /** Counts a body of so many bytes for as long as the work on it takes. */
  async holding<T>(bytes: number, work: () => Promise<T>): Promise<T> {
    this.#held += bytes;
    try {
      return await work();
    } finally {
      this.#held -= bytes;
      while (this.#held < this.#maxBytes && this.#line.next());
    }
  }
}
