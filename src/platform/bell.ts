/** Wakes loops that wait for work, so that they need not poll. */

export class Bell {
  #waiting = new Set<() => void>();
  #rung = false;

  /** Wakes whoever waits; where nobody does, the next wait returns at once. */
  ring(): void {
    this.#rung = true;
    for (const wake of this.#waiting) wake();
  }

  /** Resolves when the bell rings, after `ms`, or when the signal aborts; never rejects. */
  async wait(ms: number, signal?: AbortSignal): Promise<void> {
    if (!this.#rung && signal?.aborted !== true) {
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          clearTimeout(timer);
          signal?.removeEventListener('abort', wake);
          this.#waiting.delete(wake);
          resolve();
        };
        const timer = setTimeout(wake, ms);
        this.#waiting.add(wake);
        signal?.addEventListener('abort', wake, { once: true });
      });
    }
    this.#rung = false;
  }
}
