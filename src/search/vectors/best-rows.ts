/**
 * The best rows of a scan, by score: a binary heap in typed arrays with the worst kept on top. Of equal scores the one
 * that came first stays.
 */
export class BestRows {
  readonly #limit: number;
  #scores: Float32Array;
  #rows: Uint32Array;
  #size = 0;

  /** `limit`: how many are kept, at least 1. */
  constructor(limit: number) {
    this.#limit = limit;
    // Room for more is made as more come: a limit may be a million where there are three rows.
    this.#scores = new Float32Array(Math.min(limit, 1024));
    this.#rows = new Uint32Array(this.#scores.length);
  }

  get size(): number {
    return this.#size;
  }

  /** What a score has to exceed to be kept. */
  get bar(): number {
    return this.#size < this.#limit ? -Infinity : (this.#scores[0] ?? -Infinity);
  }

  add(score: number, row: number): void {
    if (this.#size < this.#limit) {
      if (this.#size === this.#scores.length) this.#grow();
      this.#rise(score, row);
    } else if (score > (this.#scores[0] ?? 0)) this.#sink(score, row);
  }

  /** Best first; equal scores in the order of their rows. */
  sorted(): { readonly rows: Uint32Array; readonly scores: Float32Array } {
    const [scores, rows] = [this.#scores, this.#rows];
    const order = new Uint32Array(this.#size).map((_, at) => at);
    order.sort(
      (one, other) => (scores[other] ?? 0) - (scores[one] ?? 0) || (rows[one] ?? 0) - (rows[other] ?? 0),
    );
    return {
      rows: order.map((at) => rows[at] ?? 0),
      scores: Float32Array.from(order, (at) => scores[at] ?? 0),
    };
  }

  #grow(): void {
    const room = Math.min(this.#limit, this.#scores.length * 2);
    const [scores, rows] = [new Float32Array(room), new Uint32Array(room)];
    scores.set(this.#scores);
    rows.set(this.#rows);
    [this.#scores, this.#rows] = [scores, rows];
  }

  #rise(score: number, row: number): void {
    let at = this.#size;
    this.#size += 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if ((this.#scores[parent] ?? 0) <= score) break;
      this.#move(parent, at);
      at = parent;
    }
    this.#put(at, score, row);
  }

  #sink(score: number, row: number): void {
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      if (left >= this.#size) break;
      const right = left + 1;
      const isRight = right < this.#size && (this.#scores[right] ?? 0) < (this.#scores[left] ?? 0);
      const child = isRight ? right : left;
      if ((this.#scores[child] ?? 0) >= score) break;
      this.#move(child, at);
      at = child;
    }
    this.#put(at, score, row);
  }

  #move(from: number, to: number): void {
    this.#put(to, this.#scores[from] ?? 0, this.#rows[from] ?? 0);
  }

  #put(at: number, score: number, row: number): void {
    this.#scores[at] = score;
    this.#rows[at] = row;
  }
}
