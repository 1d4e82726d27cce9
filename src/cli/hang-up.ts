/**
 * SIGHUP from the first moment on: one that comes before the daemon can act on it, such as during a long migration, would
 * end the process; it is acted on once that is possible.
 */
export class HangUp {
  #act: (() => void) | null = null;
  #isWaiting = false;
  readonly #onSignal = (): void => {
    if (this.#act === null) this.#isWaiting = true;
    else this.#act();
  };

  constructor() {
    process.on('SIGHUP', this.#onSignal);
  }

  /** From now on each calls `act`; those that came before count as one. */
  follow(act: () => void): void {
    this.#act = act;
    if (this.#isWaiting) act();
    this.#isWaiting = false;
  }

  /** Lets the signal end the process again. */
  release(): void {
    process.off('SIGHUP', this.#onSignal);
  }
}
