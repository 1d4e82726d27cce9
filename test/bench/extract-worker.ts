/** A thread as the daemon reads pages in: its heap has other bounds than the main thread's. */
import { parentPort, workerData } from 'node:worker_threads';
import { readPage } from '../../src/extract/read-page.js';
import { cpuMsSince } from './timed.js';

export interface ReadingTask {
  readonly pages: readonly { readonly url: string; readonly body: Uint8Array }[];
  /** Rounds before those that count. */
  readonly warmUp: number;
  readonly rounds: number;
}

const { pages, warmUp, rounds } = workerData as ReadingTask;
const hints = { currency: null, language: null, selectors: {} };
const times: number[] = [];
for (let round = -warmUp; round < rounds; round += 1) {
  for (const { url, body } of pages) {
    const before = process.cpuUsage();
    readPage(Buffer.from(body.buffer, body.byteOffset, body.byteLength), {
      url,
      contentType: 'text/html',
      hints,
    });
    if (round >= 0) times.push(cpuMsSince(before));
  }
}
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
parentPort?.postMessage(times);
