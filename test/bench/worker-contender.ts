/** A contender that works in threads: each is told how long to run, and answers with the pictures it finished. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Contender } from './rounds.js';

/** `script`: a compiled module beside this one, which sends one message when it is ready. */
export async function workerContender(
  name: string,
  script: string,
  workers: number,
  workerData: object,
): Promise<Contender> {
  const url = new URL(script, import.meta.url);
  const threads = Array.from({ length: workers }, () => new Worker(url, { workerData }));
  await Promise.all(threads.map((thread) => once(thread, 'message')));
  return {
    name,
    async run(durationMs) {
      const counts = threads.map(async (thread) => {
        thread.postMessage(durationMs, []);
        const [count] = (await once(thread, 'message')) as [number];
        return count;
      });
      return { pictures: (await Promise.all(counts)).reduce((sum, count) => sum + count, 0) };
    },
    async close() {
      for (const thread of threads) await thread.terminate();
    },
  };
}
