/**
 * Starts each shop's runs when they are due.
 *
 * Once a minute the clock is compared with every schedule (due.ts); nothing is computed ahead and no timer is
 * set for a slot, so a clock that steps, a machine that slept and a blocked event loop all come right at the
 * next look. A shop has at most one run at a time: a slot that falls into a run is skipped.
 */
import { schedule as everyCron } from 'node-cron';
import { messageOf } from '../domain/errors.js';
import type { ShopId } from '../domain/ids.js';
import type { Clock, CrawlStore, Log, RunStarter } from '../domain/ports.js';
import type { Shop } from '../domain/shop.js';
import { createSchedule, dueRuns, slotTime } from './due.js';
import type { Schedule } from './due.js';

/** Calls `onTick` at the start of every minute, until it is stopped. */
type Ticker = (onTick: () => void) => { stop(): void };

interface SchedulerParts {
  readonly shops: readonly Shop[];
  readonly store: Pick<CrawlStore, 'lastSlot'>;
  readonly starter: RunStarter;
  readonly clock: Clock;
  readonly log: Log;
  /** node-cron unless a test brings its own. */
  readonly ticker?: Ticker;
}

export class Scheduler {
  readonly #parts: SchedulerParts;
  #shops: ReadonlyMap<ShopId, Shop> = new Map();
  #schedules: readonly Schedule[] = [];
  readonly #running = new Map<ShopId, Promise<void>>();
  /** Slots given to the starter or skipped by this process: the store does not know the latter. */
  readonly #handled = new Map<ShopId, string>();
  readonly #warned = new Set<ShopId>();
  readonly #stop = new AbortController();
  #ticks: { stop(): void } | null = null;

  constructor(parts: SchedulerParts) {
    this.#parts = parts;
    this.#take(parts.shops);
  }

  /** From now on these shops and their schedules count; runs under way go on as they began. */
  replaceShops(shops: readonly Shop[]): void {
    this.#take(shops);
    if (this.#ticks !== null) this.#look();
  }

  /** Catches up what was missed and looks again every minute. */
  start(): void {
    if (this.#ticks !== null || this.#stop.signal.aborted) return;
    const ticker = this.#parts.ticker ?? minuteTicker(this.#parts.log);
    this.#ticks = ticker(() => this.#look());
    this.#look();
  }

  /** Counts a run that somebody else started, such as one resumed after a restart, as the shop's one run. */
  adopt(shop: ShopId, run: Promise<void>): void {
    this.#track(shop, run);
  }

  /** Starts nothing more, tells running runs to stop and waits until they have. */
  async stop(): Promise<void> {
    this.#ticks?.stop();
    this.#stop.abort();
    await Promise.all(this.#running.values());
  }

  #take(shops: readonly Shop[]): void {
    this.#shops = new Map(shops.map((shop) => [shop.id, shop]));
    this.#schedules = shops.flatMap((shop) =>
      shop.schedule === null ? [] : [createSchedule(shop.id, shop.schedule, shop.timezone)],
    );
  }

  #look(): void {
    if (this.#stop.signal.aborted) return;
    const now = this.#parts.clock.now();
    for (const { shop, slot } of dueRuns(this.#schedules, (schedule) => this.#lastSlot(schedule, now), now)) {
      this.#handled.set(shop, slot);
      if (this.#running.has(shop))
        this.#parts.log.warn('schedule.skipped', { shop, slot, reason: 'running' });
      else this.#start(shop, slot);
    }
  }

  /**
   * A slot that lies ahead was begun while the clock was ahead, and counts again when its time has come. What this process
   * began then stands for what had been missed by now.
   */
  #lastSlot(schedule: Schedule, now: number): string | null {
    const { shop } = schedule;
    const { store, log } = this.#parts;
    const isAhead = (slot: string | null): boolean => slot !== null && slotTime(slot) > now;
    let stored = store.lastSlot(shop);
    if (isAhead(stored)) {
      if (!this.#warned.has(shop)) log.warn('schedule.slot_ahead', { shop, slot: stored });
      this.#warned.add(shop);
      stored = store.lastSlot(shop, now);
    }
    let handled = this.#handled.get(shop) ?? null;
    if (isAhead(handled)) {
      handled = new Date(schedule.latestSlot(now)).toISOString();
      this.#handled.set(shop, handled);
    }
    if (stored === null || handled === null) return stored ?? handled;
    return slotTime(stored) > slotTime(handled) ? stored : handled;
  }

  #start(id: ShopId, slot: string): void {
    const shop = this.#shops.get(id);
    const schedule = this.#schedules.find((candidate) => candidate.shop === id);
    if (shop === undefined || schedule === undefined) return;
    this.#parts.log.debug('schedule.started', { shop: id, slot });
    // What falls due before the next run is visited by this one: that would be too late for it.
    const dueBefore = schedule.nextSlot(this.#parts.clock.now());
    this.#track(id, this.#parts.starter.run(shop, slot, this.#stop.signal, { dueBefore }));
  }

  #track(shop: ShopId, run: Promise<void>): void {
    const tracked: Promise<void> = run
      .catch((error: unknown) => {
        // The next slot tries again; the store keeps what the run had reached.
        this.#parts.log.error('schedule.failed', { shop, error: messageOf(error) });
      })
      .finally(() => {
        if (this.#running.get(shop) === tracked) this.#running.delete(shop);
      });
    this.#running.set(shop, tracked);
  }
}

function minuteTicker(log: Log): Ticker {
  return (onTick) => {
    const task = everyCron('* * * * *', onTick, {
      name: 'fashiond schedules',
      // A minute that was missed is looked at with the next: due.ts sees it.
      suppressMissedWarning: true,
      logger: {
        debug: (message) => log.debug('schedule.ticker', { message: messageOf(message) }),
        info: (message) => log.debug('schedule.ticker', { message }),
        warn: (message) => log.warn('schedule.ticker', { message }),
        error: (message) => log.error('schedule.ticker', { message: messageOf(message) }),
      },
    });
    return { stop: () => void task.destroy() };
  };
}
