/**
 * Bounds the connections of a client over all hosts, idle ones included.
 *
 * A request counts as one connection from its admission to its end, whether it takes a kept one or opens its own; with
 * the idle ones that is never more than `max`. Where it would be, idle connections are closed, and where there are
 * none, the request waits for another to end.
 */
import { WaitingLine } from '../platform/waiting-line.js';

export interface IdleSockets {
  /** Kept connections that serve no request. */
  count(): number;
  /** Closes one of those idle longest; from then on it is not counted. */
  closeOne(): void;
}

export class SocketBudget {
  readonly #max: number;
  readonly #idle: IdleSockets;
  readonly #line = new WaitingLine();
  #inUse = 0;

  constructor(max: number, idle: IdleSockets) {
    this.#max = max;
    this.#idle = idle;
  }

  /** Resolves when the request may take a connection; call `leave` when it has ended. Rejects with the signal's reason. */
  async enter(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#inUse < this.#max) this.#inUse += 1;
    else await this.#line.wait(signal);
    while (this.#inUse + this.#idle.count() > this.#max) this.#idle.closeOne();
  }

  leave(): void {
    if (!this.#line.next()) this.#inUse -= 1;
  }
}
