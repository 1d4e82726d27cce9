/** How many of one kind of request are in hand at once; one more is told when to come again. */
import { HttpProblem } from './problem.js';

interface Refusal {
  readonly code: string;
  /** What is counted, such as exports. */
  readonly what: string;
  /** Seconds. */
  readonly retryAfter: number;
}

export class Places {
  readonly #count: number;
  readonly #refusal: Refusal;
  #taken = 0;

  constructor(count: number, refusal: Refusal) {
    this.#count = count;
    this.#refusal = refusal;
  }

  /** Throws 429 while all are taken. What it returns gives the place back, once however often it is called. */
  take(): () => void {
    const { code, what, retryAfter } = this.#refusal;
    if (this.#taken >= this.#count) {
      throw new HttpProblem(429, code, `${this.#count} ${what} are in hand`, { retryAfter });
    }
    this.#taken += 1;
    let isTaken = true;
    return () => {
      if (isTaken) this.#taken -= 1;
      isTaken = false;
    };
  }
}
