/** Worker threads through Piscina, for everything on pages, pixels or tensors. */
import { Piscina } from 'piscina';
import { IMPORT_ONLY, workerPath } from './worker-path.js';

export interface PoolOptions<Data> {
  /** `import.meta.url` of the caller. */
  readonly from: string;
  /** Worker module relative to the caller, such as `./read-worker.js`. */
  readonly worker: string;
  readonly threads: number;
  /** Tasks waiting in the pool, at most; callers wait for room instead of piling up. */
  readonly maxQueue: number;
  readonly workerData?: Data;
  /** Heap bound of each thread, in MiB. */
  readonly maxHeapMiB?: number;
  /** Threads start when they are needed, and end after so long without work; left out, they stay. */
  readonly idleMs?: number;
}

export function createPool<Data>(options: PoolOptions<Data>): Piscina {
  return new Piscina({
    execArgv: [...IMPORT_ONLY],
    filename: workerPath(options.from, options.worker),
    minThreads: options.idleMs === undefined ? options.threads : 0,
    maxThreads: options.threads,
    maxQueue: options.maxQueue,
    concurrentTasksPerWorker: 1,
    idleTimeout: options.idleMs ?? Number.POSITIVE_INFINITY,
    ...(options.workerData === undefined ? {} : { workerData: options.workerData }),
    ...(options.maxHeapMiB === undefined
      ? {}
      : { resourceLimits: { maxOldGenerationSizeMb: options.maxHeapMiB } }),
  });
}
