/** First come, first served, with a way out: whoever waits can be called away by a signal. */
export class WaitingLine {
  /** In the order of their coming. */
  readonly #waiting = new Set<() => void>();

  get length(): number {
    return this.#waiting.size;
  }

  /** Resolves when it is this one's turn (`next`). Rejects with the signal's reason when that aborts first. */
  async wait(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      const onAbort = (): void => {
        this.#waiting.delete(proceed);
        reject(signal.reason as Error);
      };
      const proceed = (): void => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      };
      this.#waiting.add(proceed);
      signal.addEventListener('abort', onAbort, { once: true });
    });
  }

  /** Lets the first go on; false where nobody waits. */
  next(): boolean {
    const [first] = this.#waiting;
    if (first === undefined) return false;
    this.#waiting.delete(first);
    first();
    return true;
  }
}
