/** How many of one kind of request are in hand at once; one more waits a little, or is told when to come again. */
import { HttpProblem } from './problem.js';
import type { ProblemCode } from './problem.js';

interface Refusal {
  readonly code: ProblemCode;
  /** What is counted, such as exports. */
  readonly what: string;
  /** Seconds. */
  readonly retryAfter: number;
}

interface Patience {
  /** How long a request waits for a place. */
  readonly ms: number;
  /** How many of one caller wait at once. */
  readonly most: number;
}

interface Waiting {
  readonly caller: string;
  /** Called once a place is its own. */
  readonly called: () => void;
}

/** One caller holds all places but one at most, so that it never keeps the others out. */
export class Places {
  readonly #count: number;
  readonly #refusal: Refusal;
  /** First come first served, past those whose caller has its share. */
  readonly #waiting = new Set<Waiting>();
  /** Places in hand by caller. */
  readonly #taken = new Map<string, number>();

  constructor(count: number, refusal: Refusal) {
    this.#count = count;
    this.#refusal = refusal;
  }

  /** Throws 429 while the caller may have none. What it returns gives the place back, once however often it is called. */
  take(caller: string): () => void {
    if (!this.#isFreeFor(caller)) throw this.#refused();
    return this.#place(caller);
  }

  /** As `take`, but a burst waits for its turn: throws 429 where that takes too long, or too many wait already. */
  async takeSoon(caller: string, { ms, most }: Patience): Promise<() => void> {
    if (this.#isFreeFor(caller)) return this.#place(caller);
    const ofCaller = [...this.#waiting].filter((one) => one.caller === caller).length;
    if (ofCaller >= most) throw this.#refused();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(waiting);
        reject(this.#refused());
      }, ms);
      const called = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(waiting);
        resolve(this.#place(caller));
      };
      const waiting = { caller, called };
      this.#waiting.add(waiting);
    });
  }

  #isFreeFor(caller: string): boolean {
    const all = [...this.#taken.values()].reduce((sum, taken) => sum + taken, 0);
    return all < this.#count && (this.#taken.get(caller) ?? 0) < Math.max(1, this.#count - 1);
  }

  #place(caller: string): () => void {
    this.#taken.set(caller, (this.#taken.get(caller) ?? 0) + 1);
    let isTaken = true;
    return () => {
      if (isTaken) this.#giveBack(caller);
      isTaken = false;
    };
  }

  #giveBack(caller: string): void {
    const left = (this.#taken.get(caller) ?? 0) - 1;
    if (left > 0) this.#taken.set(caller, left);
    else this.#taken.delete(caller);
    const next = [...this.#waiting].find((one) => this.#isFreeFor(one.caller));
    next?.called();
  }

  #refused(): HttpProblem {
    const { code, what, retryAfter } = this.#refusal;
    return new HttpProblem(429, code, `${this.#count} ${what} are in hand`, { retryAfter });
  }
}
