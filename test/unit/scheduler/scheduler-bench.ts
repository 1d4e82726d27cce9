/** Shops with a schedule, and a scheduler whose time and runs are in the hand of the test. */
import type { ShopId } from '../../../src/domain/ids.js';
import type { Clock, Log, RunStarter } from '../../../src/domain/ports.js';
import type { Shop } from '../../../src/domain/shop.js';
import { Scheduler } from '../../../src/scheduler/scheduler.js';

export function shopOf(id: string, schedule: string | null = '0 3 * * *'): Shop {
  return {
    id: id as ShopId,
    name: id,
    start: ['http://127.0.0.1/'],
    sitemaps: [],
    feeds: [],
    scope: { hosts: [], imageHosts: [], include: [], exclude: [], maxDepth: 1, maxPages: 1 },
    urls: { dropParameters: [], keepParameters: null },
    schedule,
    timezone: 'UTC',
    pace: { delayMs: 0, concurrency: 1 },
    language: null,
    currency: null,
    selectors: {},
    allowLoopback: true,
  };
}

interface Started {
  readonly key: string;
  /** ISO 8601 UTC: what is due until then is visited. */
  readonly dueBefore: string;
  readonly signal: AbortSignal;
  readonly end: (error?: Error) => void;
}

/** A scheduler whose minutes, clock, store and runs are in the test's hand. */
export function bench(shops: readonly Shop[], now: string, stored: Record<string, string> = {}) {
  const started: Started[] = [];
  const slots = Object.entries(stored).map(([shop, slot]) => ({ shop, slot }));
  const events: string[] = [];
  let tick = (): void => undefined;
  let ticking = false;
  const time = { now: Date.parse(now) };
  const note = (event: string, fields?: Readonly<Record<string, unknown>>): void => {
    const about = ['shop', 'slot'].map((name) => fields?.[name]).filter((value) => typeof value === 'string');
    events.push([event, ...about].join(' '));
  };
  const log: Log = { debug: note, info: note, warn: note, error: note, child: () => log };
  const clock: Clock = { now: () => time.now, monotonic: () => 0, sleep: async () => undefined };
  const starter: RunStarter = {
    run: async (shop, slot, signal, reach) => {
      slots.push({ shop: shop.id, slot });
      await new Promise<void>((resolve, reject) => {
        const end = (error?: Error): void => (error === undefined ? resolve() : reject(error));
        const dueBefore = new Date(reach?.dueBefore ?? Number.NaN).toISOString();
        started.push({ key: `${shop.id} ${slot}`, dueBefore, signal, end });
        signal.addEventListener('abort', () => end());
      });
    },
  };
  const scheduler = new Scheduler({
    shops,
    store: {
      lastSlot: (shop, before = Infinity) =>
        slots
          .filter((run) => run.shop === shop && Date.parse(run.slot) <= before)
          .map(({ slot }) => slot)
          .toSorted()
          .at(-1) ?? null,
    },
    starter,
    clock,
    log,
    ticker: (onTick) => {
      tick = onTick;
      ticking = true;
      return { stop: () => (ticking = false) };
    },
  });
  return {
    scheduler,
    started,
    events,
    keys: () => started.map((run) => run.key),
    ticking: () => ticking,
    at: (moment: string) => {
      time.now = Date.parse(moment);
      tick();
    },
  };
}

export const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn++) await Promise.resolve();
};
