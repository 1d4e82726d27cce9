/**
 * robots.txt per origin, by the status table of RFC 9309 section 2.3.1: 2xx parsed, 4xx allows all, anything else
 * (5xx, 429, network errors) disallows all, unless an earlier copy is known, which then goes on counting.
 *
 * A copy counts for at most the time to live, over restarts too: it is kept in the store. While the origin cannot
 * be reached it goes on counting, which section 2.4 allows beyond its 24 hours for that reason alone; the origin is
 * asked again after a back-off that doubles. Callers that want the same origin at the same time share one request.
 */
import { FashiondError } from '../domain/errors.js';
import type { FetchFailure } from '../domain/fetch.js';
import type { Clock, Log, RobotsCopy, RobotsStore } from '../domain/ports.js';
import { backoffMs } from '../platform/backoff.js';
import { mendsItself } from '../platform/patience.js';
import { ALLOW_ALL, parseRobots } from './robots.js';
import type { RobotsRules } from './robots.js';

/** What asking an origin for its robots.txt came to. */
export type RobotsLoad =
  /** Latin-1, one character a byte. */
  | { readonly kind: 'found'; readonly text: string }
  /** 4xx, or too many redirects. */
  | { readonly kind: 'unavailable' }
  | {
      readonly kind: 'unreachable';
      readonly failure: FetchFailure;
      readonly detail: string;
      /** Not before this long from now; null where the host named no time. */
      readonly retryAfterMs: number | null;
    };

export type RobotsAnswer =
  | { readonly kind: 'rules'; readonly rules: RobotsRules }
  | { readonly kind: 'unreachable'; readonly failure: FetchFailure; readonly detail: string };

/** For commands without a store, and tests: forgets when the process ends. */
export class MemoryRobotsStore implements RobotsStore {
  readonly #copies = new Map<string, RobotsCopy>();

  robotsCopy(origin: string): RobotsCopy | null {
    return this.#copies.get(origin) ?? null;
  }

  keepRobots(origin: string, copy: RobotsCopy): void {
    this.#copies.set(origin, copy);
  }
}

export interface RobotsCacheOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly store: RobotsStore;
  readonly ttlMs: number;
  readonly backoffMs: number;
  readonly maxBackoffMs: number;
  /** Delays above this are reported; applying the bound is the fetcher's. */
  readonly maxCrawlDelayMs: number;
  readonly random: () => number;
}

interface Known {
  readonly answer: RobotsAnswer;
  /** Wall clock. A step of the clock to before `since` makes it stale as well. */
  readonly since: number;
  readonly until: number;
  /** Failures in a row to reach the origin. */
  readonly failures: number;
}

export class RobotsCache {
  readonly #options: RobotsCacheOptions;
  readonly #known = new Map<string, Known>();
  readonly #loading = new Map<string, Promise<RobotsAnswer>>();

  constructor(options: RobotsCacheOptions) {
    this.#options = options;
  }

  /** The rules that count for the origin now. Rejects only when `load` does, which is when `signal` aborts. */
  async answerFor(
    origin: string,
    load: () => Promise<RobotsLoad>,
    signal: AbortSignal,
  ): Promise<RobotsAnswer> {
    for (;;) {
      const now = this.#options.clock.now();
      const known = this.#known.get(origin) ?? this.#recall(origin);
      if (known !== null && known.since <= now && now < known.until) return known.answer;
      const shared = this.#loading.get(origin);
      if (shared === undefined) return this.#start(origin, load);
      try {
        return await shared;
      } catch (error) {
        // The caller that was loading it gave up; this one has not, and loads it itself.
        if (signal.aborted || !(error instanceof FashiondError && error.code === 'cancelled')) throw error;
      }
    }
  }

  async #start(origin: string, load: () => Promise<RobotsLoad>): Promise<RobotsAnswer> {
    const loading = load().then((loaded) => this.#learn(origin, loaded));
    this.#loading.set(origin, loading);
    try {
      return await loading;
    } finally {
      this.#loading.delete(origin);
    }
  }

  #recall(origin: string): Known | null {
    const copy = this.#options.store.robotsCopy(origin);
    return copy === null ? null : this.#remember(origin, copy);
  }

  #remember(origin: string, copy: RobotsCopy): Known {
    const rules = copy.text === null ? ALLOW_ALL : parseRobots(copy.text);
    const since = copy.fetchedAt;
    const answer = { kind: 'rules', rules } as const;
    const known = { answer, since, until: since + this.#options.ttlMs, failures: 0 };
    this.#known.set(origin, known);
    return known;
  }

  #learn(origin: string, loaded: RobotsLoad): RobotsAnswer {
    const { clock, log, maxCrawlDelayMs } = this.#options;
    if (loaded.kind === 'unreachable') return this.#fallBack(origin, loaded);
    const copy = { text: loaded.kind === 'found' ? loaded.text : null, fetchedAt: clock.now() };
    this.#keep(origin, copy);
    const { answer } = this.#remember(origin, copy);
    const delay = answer.kind === 'rules' ? answer.rules.crawlDelayMs : null;
    if (delay !== null && delay > maxCrawlDelayMs) {
      log.warn('robots.delay_capped', { origin, crawlDelayMs: delay, appliedMs: maxCrawlDelayMs });
    }
    return answer;
  }

  /** What cannot be written now, as on a full disk, counts all the same: only a restart would ask for it again. */
  #keep(origin: string, copy: RobotsCopy): void {
    const { log, store } = this.#options;
    try {
      store.keepRobots(origin, copy);
    } catch (error) {
      if (!mendsItself(error)) throw error;
      log.warn('robots.not_kept', { origin, error: error.message });
    }
  }

  /** The stale copy where there is one, else "disallow all"; either way for a while only. */
  #fallBack(origin: string, loaded: Extract<RobotsLoad, { kind: 'unreachable' }>): RobotsAnswer {
    const { clock, log, random, backoffMs: baseMs, maxBackoffMs: maxMs } = this.#options;
    // The guard's refusal concerns the shop that asked: another may be allowed what this one is not.
    const { failure, detail } = loaded;
    if (failure === 'blocked-address') return { kind: 'unreachable', failure, detail };
    const before = this.#known.get(origin);
    const failures = (before?.failures ?? 0) + 1;
    const wait = loaded.retryAfterMs ?? backoffMs({ baseMs, maxMs }, failures - 1, random);
    const stale = before?.answer.kind === 'rules' ? before.answer : null;
    const answer = stale ?? ({ kind: 'unreachable', failure, detail } as const);
    const since = clock.now();
    this.#known.set(origin, { answer, since, until: since + wait, failures });
    log.warn('robots.unreachable', { origin, reason: detail, stale: stale !== null });
    return answer;
  }
}
