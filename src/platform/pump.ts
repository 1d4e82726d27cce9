/**
 * Moves work from a durable queue through a bounded number of workers: claim a batch, work on each, claim more.
 *
 * A pump holds at most `width` items. An error thrown by `work` or `claim` is a bug or a broken environment: the
 * pump claims nothing more, lets the rest finish, and rejects with that error. Expected failures are outcomes that
 * `work` commits.
 */
import type { Clock } from '../domain/ports.js';
import type { Bell } from './bell.js';
import { mendsItself } from './patience.js';

export interface PumpOptions<Item> {
  readonly width: number;
  /** Nothing is asked of the queue while there is room for fewer: each claim is a transaction. A quarter by default. */
  readonly claimAtLeast?: number;
  readonly claim: (limit: number) => readonly Item[];
  /** Works on one item and commits its outcome. */
  readonly work: (item: Item) => Promise<void>;
  /** When the next item may be claimed (wall time), or null when none is waiting. */
  readonly nextDue: () => number | null;
  /** Return when nothing is in hand and nothing falls due within this time; null: wait for more, for ever. */
  readonly endAfterIdleMs: number | null;
  readonly bell: Bell;
  readonly clock: Clock;
}

/** Longest sleep of an idle pump: a bound on how late it notices work that nobody rang for. */
const POLL_MS = 1000;
/** What is due and not handed out is held back by `claim`, often for long; whoever finishes rings the bell. */
const HELD_BACK_MS = 100;

/** Runs until the signal aborts, the queue is idle (`endAfterIdleMs`), or something throws. */
export async function runPump<Item>(options: PumpOptions<Item>, signal: AbortSignal): Promise<void> {
  const claimAtLeast = options.claimAtLeast ?? options.width / 4;
  const inHand = new Set<Promise<void>>();
  const failures: unknown[] = [];
  const start = (item: Item): void => {
    const task = options
      .work(item)
      .catch((error: unknown) => {
        failures.push(error);
      })
      .finally(() => {
        inHand.delete(task);
        options.bell.ring();
      });
    inHand.add(task);
  };
  try {
    while (!signal.aborted && failures.length === 0) {
      const room = options.width - inHand.size;
      if (room < claimAtLeast) {
        await options.bell.wait(POLL_MS, signal);
        continue;
      }
      const items = claimed(options, room);
      for (const item of items) start(item);
      if (items.length > 0) continue;
      const due = options.nextDue();
      const untilDueMs = due === null ? Number.POSITIVE_INFINITY : due - options.clock.now();
      if (inHand.size === 0 && options.endAfterIdleMs !== null && untilDueMs > options.endAfterIdleMs) break;
      await options.bell.wait(Math.min(POLL_MS, Math.max(HELD_BACK_MS, untilDueMs)), signal);
    }
  } finally {
    await Promise.all(inHand);
  }
  if (failures.length > 0) throw failures[0];
}

/** Nothing while the queue cannot be written to, as on a full disk: it is asked again. */
function claimed<Item>({ claim }: PumpOptions<Item>, room: number): readonly Item[] {
  try {
    return claim(room);
  } catch (error) {
    if (!mendsItself(error)) throw error;
    return [];
  }
}
