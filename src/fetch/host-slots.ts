/**
 * Politeness per host: how many requests at once, how far apart they start, and when a host wants to be left alone.
 *
 * Two clocks per host. The politeness clock keeps request starts at least the pace's delay apart, and further where
 * the host's answers have become slow (`auto-pace.ts`). The back-off clock
 * runs after a 429 or 503: as long as Retry-After says, else 2 s doubling to 60 s with jitter (the options' values);
 * any other answer resets it. Waiting for a host holds none of the permits that all hosts share, so a slow or
 * throttled host blocks only itself. Hosts come from shops' scopes, so their number is bounded by the config.
 */
import { FashiondError } from '../domain/errors.js';
import type { Clock } from '../domain/ports.js';
import type { ShopPace } from '../domain/shop.js';
import { backoffMs } from '../platform/backoff.js';
import type { FairPermits } from '../platform/fair-permits.js';
import { nextDelay } from './auto-pace.js';
import type { AnswerTime } from './auto-pace.js';

export interface HostSlotsOptions {
  readonly clock: Clock;
  readonly backoffMs: number;
  readonly maxBackoffMs: number;
  /** 0 (inclusive) to 1 (exclusive); for the jitter. */
  readonly random: () => number;
}

/** The shop a request is for: one shop's slow hosts must not take the permits of the others. */
export interface PermitHolder {
  readonly id: string;
  /** Requests it can have under way at once. */
  readonly wants: number;
}

export interface TurnRequest {
  /** Host with port. */
  readonly host: string;
  readonly pace: ShopPace;
  /** Permits shared by all hosts, in fair shares for their holders; taken last. */
  readonly permits: FairPermits;
  readonly holder: PermitHolder;
  /** A back-off longer than this is reported instead of waited for. */
  readonly patienceMs: number;
  readonly signal: AbortSignal;
}

export type Turn =
  /** The request may start now; `release` when it has ended. */
  | { readonly kind: 'granted'; readonly release: () => void }
  | { readonly kind: 'backing-off'; readonly status: number; readonly remainingMs: number };

interface HostState {
  running: number;
  readonly waiting: (() => void)[];
  /** Earliest start of the next request, on the monotonic clock; so is `blockedUntil`. */
  nextStart: number;
  blockedUntil: number;
  /** What the automatic pace asks for between starts, in milliseconds. */
  autoDelayMs: number;
  /** The status that started the back-off. */
  status: number;
  /** Throttled answers in a row, those that arrive during one back-off counted once. */
  streak: number;
}

export class HostSlots {
  readonly #hosts = new Map<string, HostState>();
  readonly #options: HostSlotsOptions;

  constructor(options: HostSlotsOptions) {
    this.#options = options;
  }

  /** Waits for a slot of the host, its clocks and a permit. Rejects with `cancelled` when the signal aborts. */
  async turn(request: TurnRequest): Promise<Turn> {
    const state = this.#state(request.host);
    const refused = this.#impatience(state, request.patienceMs);
    if (refused !== null) return refused;
    await enter(state, request.pace.concurrency, request.signal);
    try {
      const late = await this.#waitForClocks(state, request);
      if (late !== null) {
        leave(state);
        return late;
      }
    } catch (error) {
      leave(state);
      throw error;
    }
    return {
      kind: 'granted',
      release: () => {
        request.permits.release(request.holder.id);
        leave(state);
      },
    };
  }

  /** Starts or extends the host's back-off. Returns how long it lasts from now, in milliseconds. */
  throttled(host: string, status: number, retryAfter: number | null): number {
    const state = this.#state(host);
    const now = this.#options.clock.monotonic();
    const already = Math.max(0, state.blockedUntil - now);
    if (already === 0) state.streak += 1;
    const { backoffMs: baseMs, maxBackoffMs: maxMs, random } = this.#options;
    const wait = retryAfter ?? (already || backoffMs({ baseMs, maxMs }, state.streak - 1, random));
    state.status = status;
    state.blockedUntil = Math.max(state.blockedUntil, now + wait);
    return state.blockedUntil - now;
  }

  /** An exchange with the host has ended, well or not: the automatic pace learns from how long it took. */
  timed(host: string, pace: ShopPace, answer: AnswerTime): void {
    if (pace.auto === undefined) return;
    const state = this.#state(host);
    state.autoDelayMs = nextDelay(state.autoDelayMs, answer, pace.auto);
  }

  /** The host gave an answer that was no throttling. */
  answered(host: string): void {
    this.#state(host).streak = 0;
  }

  /** Null once the request may start, with a permit held. */
  async #waitForClocks(state: HostState, request: TurnRequest): Promise<Turn | null> {
    const { clock } = this.#options;
    const { signal, permits, holder, pace } = request;
    for (;;) {
      throwIfCancelled(signal);
      const refused = this.#impatience(state, request.patienceMs);
      if (refused !== null) return refused;
      const due = Math.max(state.nextStart, state.blockedUntil);
      if (due > clock.monotonic()) {
        await clock.sleep(due - clock.monotonic(), signal);
        continue;
      }
      await acquirePermit(permits, holder, signal);
      const now = clock.monotonic();
      // While this one waited for a permit, another request to the host may have started or been throttled.
      if (Math.max(state.nextStart, state.blockedUntil) > now) {
        permits.release(holder.id);
        continue;
      }
      const autoDelayMs = pace.auto === undefined ? 0 : state.autoDelayMs;
      state.nextStart = now + Math.max(pace.delayMs, autoDelayMs);
      return null;
    }
  }

  #impatience(state: HostState, patienceMs: number): Turn | null {
    const remainingMs = state.blockedUntil - this.#options.clock.monotonic();
    return remainingMs > patienceMs ? { kind: 'backing-off', status: state.status, remainingMs } : null;
  }

  #state(host: string): HostState {
    let state = this.#hosts.get(host);
    if (state === undefined) {
      state = {
        running: 0,
        waiting: [],
        nextStart: -Infinity,
        blockedUntil: -Infinity,
        autoDelayMs: 0,
        status: 0,
        streak: 0,
      };
      this.#hosts.set(host, state);
    }
    return state;
  }
}

export function throwIfCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw new FashiondError('cancelled', 'the request was cancelled', { retry: true });
}

/** Takes one of the host's slots, first come first served. */
async function enter(state: HostState, concurrency: number, signal: AbortSignal): Promise<void> {
  throwIfCancelled(signal);
  if (state.running < concurrency && state.waiting.length === 0) {
    state.running += 1;
    return;
  }
  await new Promise<void>((resolve, reject) => {
    const onAbort = (): void => {
      state.waiting.splice(state.waiting.indexOf(proceed), 1);
      reject(new FashiondError('cancelled', 'the request was cancelled', { retry: true }));
    };
    const proceed = (): void => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    };
    state.waiting.push(proceed);
    signal.addEventListener('abort', onAbort, { once: true });
  });
}

/** Hands the slot to the next in line, or frees it. */
function leave(state: HostState): void {
  const next = state.waiting.shift();
  if (next === undefined) state.running -= 1;
  else next();
}

async function acquirePermit(permits: FairPermits, holder: PermitHolder, signal: AbortSignal): Promise<void> {
  try {
    await permits.acquire(holder.id, holder.wants, signal);
  } catch (error) {
    throwIfCancelled(signal);
    throw error;
  }
}
