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
  /** Of the part of the heap where objects begin, in MiB: where much is made and little stays, more of it saves time. */
  readonly youngHeapMiB?: number;
  /** Threads start when they are needed, and end after so long without work; left out, they stay. */
  readonly idleMs?: number;
  /** Told of a thread that was lost without a task in hand, as one that does not start, and how many are left. */
  readonly onThreadLost?: (error: Error, left: number) => void;
}

/** A task is rejected when its thread dies. A thread is replaced at once, or with the next task where it did not start. */
export function createPool<Data>(options: PoolOptions<Data>): Piscina {
  const pool = new Piscina({
    execArgv: [...IMPORT_ONLY],
    filename: workerPath(options.from, options.worker),
    minThreads: options.idleMs === undefined ? options.threads : 0,
    maxThreads: options.threads,
    maxQueue: options.maxQueue,
    concurrentTasksPerWorker: 1,
    idleTimeout: options.idleMs ?? Number.POSITIVE_INFINITY,
    ...(options.workerData === undefined ? {} : { workerData: options.workerData }),
    resourceLimits: {
      ...(options.maxHeapMiB === undefined ? {} : { maxOldGenerationSizeMb: options.maxHeapMiB }),
      ...(options.youngHeapMiB === undefined ? {} : { maxYoungGenerationSizeMb: options.youngHeapMiB }),
    },
  });
  // Without a listener, a thread that is lost without a task would end the process.
  pool.on('error', (error: Error) => {
    const left = pool.threads.length;
    options.onThreadLost?.(error, left);
    // With none left, the tasks that wait would wait for ever: they are rejected, and the next one starts anew.
    if (left === 0) void pool.destroy();
  });
  return pool;
}
