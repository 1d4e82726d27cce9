/** An export on a thread of its own: SQLite's calls block, and the thread that crawls must not wait for them. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { IMPORT_ONLY, workerPath } from '../../platform/worker-path.js';
import type { ExportReply, ExportRequest, ExportThreadJob } from './export-worker.js';

const HEAP_MIB = 256;

/**
 * Chunks of the file; each is made when it is asked for, so that a slow reader holds one of them in memory. Ending the
 * iteration early ends the thread. Rejects when the thread fails, as on a database that went away.
 */
export async function* exportOnThread(job: ExportThreadJob): AsyncGenerator<Uint8Array> {
  const worker = new Worker(workerPath(import.meta.url, './export-worker.js'), {
    workerData: job,
    execArgv: [...IMPORT_ONLY],
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB },
  });
  // Whatever ends the thread, also between two chunks, is told with the next one.
  const gone = new Promise<never>((_, reject) => {
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error('the thread that exports has ended')));
  });
  gone.catch(() => undefined);
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  const ask = (request: ExportRequest): void => worker.postMessage(request);
  try {
    for (;;) {
      const reply = once(worker, 'message') as Promise<[ExportReply]>;
      ask('next');
      const [chunk] = await Promise.race([reply, gone]);
      if (chunk === null) return;
      yield chunk;
    }
  } finally {
    ask('end');
    await gone.catch(() => undefined);
  }
}
