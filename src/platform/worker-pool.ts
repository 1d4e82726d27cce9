/**
 * Worker threads through Piscina, for everything on pages, pixels or tensors.
 *
 * Workers always run compiled code: Node 20 cannot run TypeScript, and the compiler does not rewrite worker
 * URLs. When the caller itself runs from src/ (tests), the worker is taken from dist/.
 */
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';

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

/**
 * Piscina asks `require()` for a worker's module before it imports it. Node 20 and 22 can require a module, but a
 * thread that is ended in the middle of that takes the whole process with it ("IsGraphAsync must be used on an
 * instantiated module"): a run that is over within a few hundred milliseconds would die. Workers only import.
 */
export const IMPORT_ONLY: readonly string[] = ['--no-experimental-require-module'];

/** Path of the compiled worker module that belongs to the calling module. */
export function workerPath(from: string, worker: string): string {
  const path = fileURLToPath(new URL(worker, from));
  return from.endsWith('.ts') ? path.replace(/^(.*[\\/])src([\\/])/, '$1dist$2') : path;
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
