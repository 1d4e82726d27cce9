/** Token buckets, one for each caller: `rate` requests a second on average, `burst` at once after a pause. */

interface Bucket {
  tokens: number;
  at: number;
}

export class RateLimit {
  readonly #rate: number;
  readonly #burst: number;
  readonly #monotonic: () => number;
  readonly #buckets = new Map<string, Bucket>();
  readonly #most: number;

  /** `monotonic`: milliseconds. `most`: callers remembered; the one seen longest ago is forgotten first. */
  constructor(options: {
    readonly rate: number;
    readonly burst: number;
    readonly monotonic: () => number;
    readonly most?: number;
  }) {
    this.#rate = options.rate;
    this.#burst = options.burst;
    this.#monotonic = options.monotonic;
    this.#most = options.most ?? 10_000;
  }

  /** Takes one request of the caller: 0 where it may pass, else the seconds to wait. */
  take(caller: string): number {
    const now = this.#monotonic();
    const before = this.#buckets.get(caller) ?? { tokens: this.#burst, at: now };
    const tokens = Math.min(this.#burst, before.tokens + ((now - before.at) / 1000) * this.#rate);
    const passes = tokens >= 1;
    this.#buckets.delete(caller);
    this.#buckets.set(caller, { tokens: passes ? tokens - 1 : tokens, at: now });
    if (this.#buckets.size > this.#most) this.#forgetOldest();
    return passes ? 0 : (1 - tokens) / this.#rate;
  }

  #forgetOldest(): void {
    const [oldest] = this.#buckets.keys();
    if (oldest !== undefined) this.#buckets.delete(oldest);
  }
}
