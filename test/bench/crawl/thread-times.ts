/** What the scheduler did with the threads of this process, where the system tells (Linux). */
import { readdirSync, readFileSync } from 'node:fs';
import { quantile } from '../rounds.js';

export interface ThreadTimes {
  /** Of the thread that runs the event loop. */
  readonly mainMs: number;
  /** Of the busiest other thread: one that reads pages, or the one that reads words. */
  readonly busiestMs: number;
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
  const busiest = Math.max(0, ...others);
  return { mainMs: main, busiestMs: busiest, otherMs: others.reduce((sum, ms) => sum + ms, 0) - busiest };
}

/** Milliseconds in which the event loop's thread was ready to run and had no processor; 0 where the system does not tell. */
function waitedMs(): number {
  try {
    return Number(readFileSync(`${TASKS}/${process.pid}/schedstat`, 'utf8').split(' ')[1]) / 1e6;
  } catch {
    return 0;
  }
}

/**
 * How late timers are by the process's own doing: what other programs on the machine keep the thread waiting for is
 * taken off. Returns what ends it with the 99th percentile, in milliseconds.
 */
export function watchOwnDelay(intervalMs: number): () => number {
  const delays: number[] = [];
  let [due, waited] = [performance.now() + intervalMs, waitedMs()];
  const timer = setInterval(() => {
    const [now, waitedNow] = [performance.now(), waitedMs()];
    delays.push(Math.max(0, now - due - (waitedNow - waited)));
    [due, waited] = [now + intervalMs, waitedNow];
  }, intervalMs);
  return () => {
    clearInterval(timer);
    return quantile(delays, 0.99);
  };
}
