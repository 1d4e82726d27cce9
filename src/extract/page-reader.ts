/** Reads pages on worker threads. A page that kills its worker costs that page, never the crawl. */
import { FashiondError, messageOf } from '../domain/errors.js';
import type { PageReader } from '../domain/ports.js';
import type { PageReading } from '../domain/product.js';
import { Semaphore } from '../platform/semaphore.js';
import { createPool } from '../platform/worker-pool.js';
import type { ReadTask } from './read-worker.js';

export interface PageReaderOptions {
  readonly threads: number;
  /** Pages waiting in the pool at most; further callers wait for room. */
  readonly maxQueue: number;
  /** Heap bound of each thread. */
  readonly maxHeapMiB?: number;
  /** Longest time for one page, its wait in the pool included. */
  readonly timeoutMs?: number;
}

const DEFAULT_HEAP_MIB = 512;
const DEFAULT_TIMEOUT_MS = 60_000;

/** `read` rejects with a FashiondError `refused` where the page, not the caller, is at fault. */
export function createPageReader(options: PageReaderOptions): PageReader {
  const pool = createPool({
    from: import.meta.url,
    worker: './read-worker.js',
    threads: options.threads,
    maxQueue: options.maxQueue,
    maxHeapMiB: options.maxHeapMiB ?? DEFAULT_HEAP_MIB,
  });
  const room = new Semaphore(options.threads + options.maxQueue);
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  return {
    read: (body, facts) =>
      room.use(async () => {
        // The caller keeps its bytes, and a Buffer may share its memory with others: a copy is what moves.
        const copy = new Uint8Array(body);
        const task: ReadTask = { body: copy, facts };
        try {
          return (await pool.run(task, {
            name: 'read',
            transferList: [copy.buffer],
            signal: AbortSignal.timeout(timeoutMs),
          })) as PageReading;
        } catch (error) {
          throw new FashiondError('refused', `cannot read the page ${facts.url}: ${messageOf(error)}`, {
            hint: 'exclude its address in the shop file (scope.exclude) if it stays so',
            cause: error,
          });
        }
      }),
    close: () => pool.destroy(),
  };
}
