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
/** A sixth of the time less than with V8's own choice (`npm run bench -- extract`); twice as much gives no more. */
const YOUNG_HEAP_MIB = 64;
const DEFAULT_TIMEOUT_MS = 60_000;

/** Of no word: a thread that cannot read this reads nothing. */
const NOTHING: ReadTask = {
  body: new Uint8Array(),
  facts: {
    url: 'http://localhost/',
    contentType: 'text/html',
    hints: { currency: null, language: null, selectors: {} },
  },
};

/**
 * `read` rejects with a FashiondError `refused` where the page is at fault, and with one that mends itself where no thread
 * reads any page.
 */
export function createPageReader(options: PageReaderOptions): PageReader {
  const pool = createPool({
    from: import.meta.url,
    worker: './read-worker.js',
    threads: options.threads,
    maxQueue: options.maxQueue,
    maxHeapMiB: options.maxHeapMiB ?? DEFAULT_HEAP_MIB,
    youngHeapMiB: YOUNG_HEAP_MIB,
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
          const wasSlow = error instanceof Error && error.name === 'AbortError';
          if (!wasSlow) await requireThread();
          throw new FashiondError('refused', `cannot read the page ${facts.url}: ${messageOf(error)}`, {
            hint: 'exclude its address in the shop file (scope.exclude) if it stays so',
            cause: error,
          });
        }
      }),
    close: () => pool.destroy(),
  };

  async function requireThread(): Promise<void> {
    try {
      await pool.run(NOTHING, { name: 'read', signal: AbortSignal.timeout(timeoutMs) });
    } catch (error) {
      throw new FashiondError('internal', `no thread reads pages: ${messageOf(error)}`, {
        hint: 'Check that fashiond is complete (`npm run build`) and that there is memory for one more thread.',
        retry: true,
        cause: error,
      });
    }
  }
}
