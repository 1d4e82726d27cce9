/**
 * Kept connections for undici: one `Client` each, so that it is known which one a request used, how many there are
 * to a host, and which has been idle longest.
 */
import type { Client } from 'undici';
import { WaitingLine } from '../platform/waiting-line.js';
import type { IdleSockets } from './socket-budget.js';

export interface Connection {
  /** Route, scheme, host and port: what requests must share to use the same connection. */
  readonly key: string;
  readonly client: Client;
  /** Requests answered on it. */
  served: number;
  /** Why it ended, or null while it may be used. */
  ended: Error | null;
  /** Ends it at once, also while it is still being opened. */
  readonly destroy: (reason: Error) => void;
}

interface HostConnections {
  open: number;
  /** The one used last comes last, and is taken first. */
  readonly idle: Connection[];
  readonly waiting: WaitingLine;
}

export interface ConnectionBounds {
  readonly perHost: number;
  readonly idlePerHost: number;
}

export class UndiciConnections implements IdleSockets {
  readonly #bounds: ConnectionBounds;
  /** Hosts come from shops' scopes, so their number is bounded by the config. */
  readonly #hosts = new Map<string, HostConnections>();
  /** All idle ones, the one idle longest first. */
  readonly #idle = new Set<Connection>();

  constructor(bounds: ConnectionBounds) {
    this.#bounds = bounds;
  }

  /** A kept connection to the host, or one that `open` makes. Give it back in any case. */
  async take(key: string, open: () => Connection, signal: AbortSignal): Promise<Connection> {
    const host = this.#host(key);
    while (host.open >= this.#bounds.perHost && host.idle.length === 0) await host.waiting.wait(signal);
    const kept = host.idle.pop();
    if (kept !== undefined) {
      this.#idle.delete(kept);
      return kept;
    }
    const connection = open();
    host.open += 1;
    connection.client.once('disconnect', (_url, _targets, error) => {
      connection.ended ??= error;
      if (this.#idle.has(connection)) this.#drop(connection);
    });
    return connection;
  }

  /** `reusable`: its answer was read to the end. */
  giveBack(connection: Connection, reusable: boolean): void {
    const host = this.#host(connection.key);
    const keeps = host.idle.length < this.#bounds.idlePerHost || host.waiting.length > 0;
    if (reusable && connection.ended === null && keeps) {
      connection.served += 1;
      host.idle.push(connection);
      this.#idle.add(connection);
      host.waiting.next();
    } else this.#drop(connection);
  }

  count(): number {
    return this.#idle.size;
  }

  closeOne(): void {
    const [longest] = this.#idle;
    if (longest !== undefined) this.#drop(longest);
  }

  close(): void {
    for (const connection of this.#idle) this.#drop(connection);
  }

  #drop(connection: Connection): void {
    const host = this.#host(connection.key);
    if (this.#idle.delete(connection)) host.idle.splice(host.idle.indexOf(connection), 1);
    host.open -= 1;
    connection.destroy(new Error('the connection is not kept'));
    host.waiting.next();
  }

  #host(key: string): HostConnections {
    let host = this.#hosts.get(key);
    if (host === undefined) {
      host = { open: 0, idle: [], waiting: new WaitingLine() };
      this.#hosts.set(key, host);
    }
    return host;
  }
}
