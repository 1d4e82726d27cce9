/** Whether the daemon is of use, and what it does: for whoever watches over it. */
import { messageOf } from './domain/errors.js';
import type { StageTimes } from './platform/stage-times.js';
import { THREADED } from './stages.js';
import type { Store } from './store/store.js';

/** A page takes milliseconds and a picture a second at most: threads that give nothing back for so long never will. */
const STALL_MS = 120_000;

/** Why a restart is the only help; null where all is well. A full disk or a shop that is down is none. */
export function ailmentOf(store: Pick<Store, 'unfinishedRuns'>, times: StageTimes): string | null {
  const [stalled] = times.stalled(THREADED, STALL_MS);
  if (stalled !== undefined) return `nothing came back for ${STALL_MS / 1000} s from: ${stalled}`;
  try {
    store.unfinishedRuns();
    return null;
  } catch (error) {
    return `the database cannot be read: ${messageOf(error)}`;
  }
}

/** `crawling 2 shops; 340 pictures wait`. */
export function activityOf(
  store: Pick<Store, 'unfinishedRuns' | 'backlog' | 'textsWaiting'>,
  hasRoom: boolean,
): string {
  const runs = store.unfinishedRuns();
  const { wanted, stored } = store.backlog();
  const crawling =
    runs.length === 0 ? 'no shop is crawled now' : `crawling ${runs.map(({ shop }) => shop).join(', ')}`;
  const waiting = `${wanted + stored} pictures and the words of ${store.textsWaiting()} items wait`;
  return [hasRoom ? crawling : 'fetches nothing: the disk is nearly full', waiting].join('; ');
}
