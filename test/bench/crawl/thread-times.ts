/** CPU time of this process by thread, where the system tells (Linux). */
import { readdirSync, readFileSync } from 'node:fs';

export interface ThreadTimes {
  /** Of the thread that runs the event loop. */
  readonly mainMs: number;
  /** Of the busiest other thread: the one that reads pages. */
  readonly readerMs: number;
  /** Of all others: garbage collection, the pool of libuv, checkpoints, compilation. */
  readonly otherMs: number;
}

const TASKS = '/proc/self/task';

/** CPU milliseconds of each thread so far, by its id; empty where the system does not tell. */
export function threadTimes(): ReadonlyMap<number, number> {
  const times = new Map<number, number>();
  try {
    for (const id of readdirSync(TASKS)) {
      const [running = '0'] = readFileSync(`${TASKS}/${id}/schedstat`, 'utf8').split(' ');
      times.set(Number(id), Number(running) / 1e6);
    }
  } catch {
    // A thread that has just ended, or another system.
  }
  return times;
}

/** What each has used since; null where the system does not tell. */
export function threadTimesSince(before: ReadonlyMap<number, number>): ThreadTimes | null {
  const used = [...threadTimes()].map(([id, ms]) => [id, ms - (before.get(id) ?? 0)] as const);
  const main = used.find(([id]) => id === process.pid)?.[1];
  if (main === undefined) return null;
  const others = used.filter(([id]) => id !== process.pid).map(([, ms]) => ms);
  const reader = Math.max(0, ...others);
  return { mainMs: main, readerMs: reader, otherMs: others.reduce((sum, ms) => sum + ms, 0) - reader };
}
