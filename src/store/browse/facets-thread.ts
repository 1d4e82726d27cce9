/** Counts the catalogue at `path` on a thread that ends with it. */
import type { Facets } from '../../domain/browse.js';
import { createPool } from '../../platform/worker-pool.js';

export async function countFacetsOnThread(path: string): Promise<Facets> {
  const pool = createPool({ from: import.meta.url, worker: './facets-worker.js', threads: 1, maxQueue: 1 });
  try {
    return (await pool.run(path, { name: 'countFacets' })) as Facets;
  } finally {
    await pool.destroy();
  }
}
