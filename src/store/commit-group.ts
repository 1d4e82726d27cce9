/**
 * Writes that come at about the same time, committed together: what one transaction costs beyond its rows (its locks,
 * its pages in the log, most of them touched by every visit) is paid once for all of them.
 *
 * Invariants: a promise resolves only when its write is committed, and writes are made in the order in which they came.
 * A group takes what came within one turn of the event loop, and no longer than `BUDGET_MS`, so that a crowd of them
 * does not hold the thread; the others are the next group's. Where no transaction can be begun, as while another program
 * holds the lock, all that waits is rejected at once: SQLite has blocked the thread for long enough, and whoever asked may
 * ask again.
 */
import { mendsItself } from '../platform/patience.js';
import type { Connection } from './connection.js';

interface Waiting {
  readonly work: () => void;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Of the event loop's goal of 20 ms. A visit takes 0.2 to 1 ms: some ten of them. */
const BUDGET_MS = 5;

export class CommitGroup {
  readonly #db: Connection;
  #waiting: Waiting[] = [];
  #isScheduled = false;

  constructor(db: Connection) {
    this.#db = db;
  }

  async run(work: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ work, resolve, reject });
      this.#schedule();
    });
  }

  /** Commits what waits, at once: for the end. */
  flush(): void {
    while (this.#waiting.length > 0) this.#commit();
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#commit();
      if (this.#waiting.length > 0) this.#schedule();
    });
  }

  #commit(): void {
    const until = performance.now() + BUDGET_MS;
    let count = 0;
    try {
      this.#db.transaction(() => {
        for (const { work } of this.#waiting) {
          count += 1;
          work();
          if (performance.now() >= until) break;
        }
      });
    } catch (error) {
      if (count === 0 && mendsItself(error)) {
        for (const { reject } of this.#take(this.#waiting.length)) reject(error);
        return;
      }
      // Nothing of the group is committed. Each alone: what is wrong with one must not undo the others.
      for (const one of this.#take(Math.max(count, 1))) this.#commitAlone(one);
      return;
    }
    for (const { resolve } of this.#take(count)) resolve();
  }

  #commitAlone({ work, resolve, reject }: Waiting): void {
    try {
      this.#db.transaction(work);
    } catch (error) {
      reject(error);
      return;
    }
    resolve();
  }

  #take(count: number): readonly Waiting[] {
    const taken = this.#waiting.slice(0, count);
    this.#waiting = this.#waiting.slice(count);
    return taken;
  }
}
