/**
 * Politeness per host: how many requests at once, how far apart they start, and when a host wants to be left alone.
 *
 * Two clocks per host. The politeness clock keeps request starts at least the pace's delay apart, and further where
 * the host's answers have become slow (`auto-pace.ts`). A start is the moment at which the request leaves, which may
 * be long after its turn was granted: a name has to be resolved, a connection opened. Until then nobody else has a
 * turn at a host with a delay, so that two requests never leave together. The back-off clock runs after a 429 or 503: as long as Retry-After says, else 2 s doubling to 60 s with jitter (the options' values);
 * any other answer resets it. Waiting for a host holds none of the permits that all hosts share, so a slow or
 * throttled host blocks only itself. Hosts come from shops' scopes, so their number is bounded by the config.
 */
import { FashiondError } from '../domain/errors.js';
import type { BodyEntrance, Clock } from '../domain/ports.js';
import type { ShopPace } from '../domain/shop.js';
import { backoffMs } from '../platform/backoff.js';
import type { FairPermits } from '../platform/fair-permits.js';
import { WaitingLine } from '../platform/waiting-line.js';
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
  /** Asked for before the turn is granted, where the answer's body will need it. */
  readonly room?: BodyEntrance;
  /** A back-off longer than this is reported instead of waited for. */
  readonly patienceMs: number;
  readonly signal: AbortSignal;
}

export type Turn =
  /** The request may start now; `started` when it leaves, `release` when it has ended. */
  | { readonly kind: 'granted'; readonly started: () => void; readonly release: () => void }
  | { readonly kind: 'backing-off'; readonly status: number; readonly remainingMs: number };

type Granted = Extract<Turn, { kind: 'granted' }>;

interface HostState {
  running: number;
  readonly waiting: WaitingLine;
  /** Those that wait for a request that has its turn and has not left yet. */
  readonly behind: WaitingLine;
  /** The turn whose request has not left yet, at a host with a delay. */
  leaving: Granted | null;
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
    const turn: Granted = {
      kind: 'granted',
      started: () => this.#started(state, turn, request.pace),
      release: () => {
        // One that ended before it could leave counts as if it had.
        if (state.leaving === turn) turn.started();
        request.permits.release(request.holder.id);
        leave(state);
      },
    };
    await enter(state, request.pace.concurrency, request.signal);
    try {
      const late = await this.#waitForClocks(state, request, turn);
      if (late !== null) {
        leave(state);
        return late;
      }
    } catch (error) {
      leave(state);
      throw error;
    }
    return turn;
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

  /** Null once the turn is granted, with a permit held. */
  async #waitForClocks(state: HostState, request: TurnRequest, turn: Granted): Promise<Turn | null> {
    const { clock } = this.#options;
    const { signal, permits, holder } = request;
    for (;;) {
      throwIfCancelled(signal);
      const refused = this.#impatience(state, request.patienceMs);
      if (refused !== null) return refused;
      if (state.leaving !== null) {
        await cancellable(state.behind.wait(signal), signal);
        continue;
      }
      const due = Math.max(state.nextStart, state.blockedUntil);
      if (due > clock.monotonic()) {
        await clock.sleep(due - clock.monotonic(), signal);
        continue;
      }
      await cancellable(permits.acquire(holder.id, holder.wants, signal), signal);
      try {
        await cancellable(request.room?.entrance(signal), signal);
      } catch (error) {
        permits.release(holder.id);
        throw error;
      }
      const now = clock.monotonic();
      // While this one waited for a permit, another request to the host may have started or been throttled.
      if (state.leaving !== null || Math.max(state.nextStart, state.blockedUntil) > now) {
        permits.release(holder.id);
        continue;
      }
      if (delayOf(state, request.pace) > 0) state.leaving = turn;
      return null;
    }
  }

  #started(state: HostState, turn: Granted, pace: ShopPace): void {
    const nextStart = this.#options.clock.monotonic() + delayOf(state, pace);
    state.nextStart = Math.max(state.nextStart, nextStart);
    if (state.leaving !== turn) return;
    state.leaving = null;
    while (state.behind.next());
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
        waiting: new WaitingLine(),
        behind: new WaitingLine(),
        leaving: null,
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
  await cancellable(state.waiting.wait(signal), signal);
}

/** Hands the slot to the next in line, or frees it. */
function leave(state: HostState): void {
  if (!state.waiting.next()) state.running -= 1;
}

function delayOf(state: HostState, pace: ShopPace): number {
  return Math.max(pace.delayMs, pace.auto === undefined ? 0 : state.autoDelayMs);
}

/** Rejects with `cancelled` where the wait rejected because the signal aborted. */
async function cancellable(wait: Promise<void> | undefined, signal: AbortSignal): Promise<void> {
  try {
    await wait;
  } catch (error) {
    throwIfCancelled(signal);
    throw error;
  }
}
