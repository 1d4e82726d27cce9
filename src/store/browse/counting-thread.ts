/** Counts the catalogue at a path on a thread, which starts with the first question and ends after a minute without any. */
import type { CatalogueCounts, Facets, ShopState } from '../../domain/browse.js';
import { createPool } from '../../platform/worker-pool.js';

const IDLE_MS = 60_000;
/** Questions that wait; who asks shares his with others, so that there is never more than one of a kind. */
const MOST_WAITING = 8;

export interface CountingThread extends CatalogueCounts {
  close(): Promise<void>;
}

export function startCounting(path: string): CountingThread {
  const pool = createPool({
    from: import.meta.url,
    worker: './counting-worker.js',
    threads: 1,
    maxQueue: MOST_WAITING,
    idleMs: IDLE_MS,
  });
  return {
    facets: async () => (await pool.run(path, { name: 'countFacets' })) as Facets,
    shops: async () => (await pool.run(path, { name: 'readShops' })) as readonly ShopState[],
    close: () => pool.destroy(),
  };
}
