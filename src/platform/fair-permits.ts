/**
 * A bounded number of permits shared fairly by several parties: whoever holds many leaves room for the others.
 *
 * The share of a party is the whole divided by the parties that are active: those that hold, wait or have done so
 * within `activeMs`. Below its share a party gets any free permit. Above it, it gets one only while enough stay free
 * for the others to come to what they want, which is their share or less (`wants`). Where a permit is freed, of those
 * waiting the party with the fewest permits gets it; parties that hold equally many come in the order in which they
 * asked. A single party may hold all but one, so that a second one never waits for it to begin.
 */
import type { Clock } from '../domain/ports.js';

export interface FairPermitsOptions {
  readonly size: number;
  /** A party that has asked for nothing for so long no longer counts. */
  readonly activeMs: number;
  readonly clock: Clock;
}

interface Waiting {
  readonly party: string;
  readonly wants: number;
  readonly grant: () => void;
}

interface Party {
  held: number;
  waiting: number;
  /** The most it can use at once. */
  wants: number;
  /** Monotonic. */
  seenAt: number;
}

export class FairPermits {
  readonly #options: FairPermitsOptions;
  readonly #parties = new Map<string, Party>();
  /** In the order of their asking. */
  readonly #queue = new Set<Waiting>();
  #free: number;

  constructor(options: FairPermitsOptions) {
    this.#options = options;
    this.#free = options.size;
  }

  get free(): number {
    return this.#free;
  }

  held(party: string): number {
    return this.#parties.get(party)?.held ?? 0;
  }

  /** Resolves with a permit held, to be released once. Rejects with the signal's reason when it aborts first. */
  async acquire(party: string, wants: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const state = this.#see(party, wants);
    await new Promise<void>((resolve, reject) => {
      const onAbort = (): void => {
        this.#queue.delete(waiting);
        state.waiting -= 1;
        reject(signal.reason as Error);
      };
      const waiting: Waiting = {
        party,
        wants,
        grant: () => {
          signal.removeEventListener('abort', onAbort);
          resolve();
        },
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.#queue.add(waiting);
      state.waiting += 1;
      this.#hand();
    });
  }

  release(party: string): void {
    const state = this.#see(party);
    state.held -= 1;
    this.#free += 1;
    this.#hand();
  }

  /** Gives out what may be given. */
  #hand(): void {
    this.#forget();
    for (let next = this.#next(); next !== null; next = this.#next()) {
      const state = this.#see(next.party, next.wants);
      this.#queue.delete(next);
      state.waiting -= 1;
      state.held += 1;
      this.#free -= 1;
      next.grant();
    }
  }

  /** Of those that may have a permit, the first whose party holds the fewest. */
  #next(): Waiting | null {
    if (this.#free === 0 || this.#queue.size === 0) return null;
    const { size } = this.#options;
    const share = Math.max(1, Math.floor(size / this.#parties.size));
    const keptFor = ({ held, wants }: Party): number => Math.max(0, Math.min(share, wants) - held);
    let keptForAll = 0;
    for (const party of this.#parties.values()) keptForAll += keptFor(party);
    const alone = this.#parties.size === 1 && size > 1 ? 1 : 0;
    let best: { readonly waiting: Waiting; readonly held: number } | null = null;
    for (const waiting of this.#queue) {
      const party = this.#parties.get(waiting.party);
      if (party === undefined || (best !== null && party.held >= best.held)) continue;
      const keptForOthers = keptForAll - keptFor(party) + alone;
      if (party.held < share - alone || this.#free > keptForOthers) best = { waiting, held: party.held };
    }
    return best?.waiting ?? null;
  }

  #see(party: string, wants?: number): Party {
    const seenAt = this.#options.clock.monotonic();
    let state = this.#parties.get(party);
    if (state === undefined) {
      state = { held: 0, waiting: 0, wants: wants ?? 1, seenAt };
      this.#parties.set(party, state);
    }
    state.seenAt = seenAt;
    if (wants !== undefined) state.wants = wants;
    return state;
  }

  #forget(): void {
    const { clock, activeMs } = this.#options;
    const since = clock.monotonic() - activeMs;
    for (const [name, { held, waiting, seenAt }] of this.#parties) {
      if (held === 0 && waiting === 0 && seenAt < since) this.#parties.delete(name);
    }
  }
}
