/** How many of one kind of request are in hand at once; one more waits a little, or is told when to come again. */
import { HttpProblem } from './problem.js';

interface Refusal {
  readonly code: string;
  /** What is counted, such as exports. */
  readonly what: string;
  /** Seconds. */
  readonly retryAfter: number;
}

interface Patience {
  /** How long a request waits for a place. */
  readonly ms: number;
  /** How many wait at once. */
  readonly most: number;
}

export class Places {
  readonly #count: number;
  readonly #refusal: Refusal;
  /** Who waits, first come first served; each is called once a place is its own. */
  readonly #waiting = new Set<() => void>();
  #taken = 0;

  constructor(count: number, refusal: Refusal) {
    this.#count = count;
    this.#refusal = refusal;
  }

  /** Throws 429 while all are taken. What it returns gives the place back, once however often it is called. */
  take(): () => void {
    if (this.#taken >= this.#count) throw this.#refused();
    this.#taken += 1;
    return this.#place();
  }

  /** As `take`, but a burst waits for its turn: throws 429 where that takes too long, or too many wait already. */
  async takeSoon({ ms, most }: Patience): Promise<() => void> {
    if (this.#taken < this.#count) return this.take();
    if (this.#waiting.size >= most) throw this.#refused();
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(called);
        reject(this.#refused());
      }, ms);
      const called = (): void => {
        clearTimeout(timer);
        resolve();
      };
      this.#waiting.add(called);
    });
    return this.#place();
  }

  #place(): () => void {
    let isTaken = true;
    return () => {
      if (isTaken) this.#passOn();
      isTaken = false;
    };
  }

  #passOn(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#taken -= 1;
      return;
    }
    this.#waiting.delete(next);
    next();
  }

  #refused(): HttpProblem {
    const { code, what, retryAfter } = this.#refusal;
    return new HttpProblem(429, code, `${this.#count} ${what} are in hand`, { retryAfter });
  }
}
