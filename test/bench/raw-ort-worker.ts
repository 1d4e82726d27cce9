/** ONNX Runtime alone: one session that runs the same batch in a loop until the time is over. */
import { parentPort, workerData } from 'node:worker_threads';
import { InferenceSession, Tensor } from 'onnxruntime-node';

export interface RawData {
  readonly network: Uint8Array;
  readonly batch: number;
  readonly size: number;
  readonly intraOpThreads: number;
}

const { network, batch, size, intraOpThreads } = workerData as RawData;
const session = await InferenceSession.create(network, {
  executionProviders: ['cpu'],
  intraOpNumThreads: intraOpThreads,
  interOpNumThreads: 1,
});
const pixels = Uint8Array.from({ length: batch * size * size * 3 }, (_, at) => (at * 7919) % 256);
const feeds = { pixels: new Tensor('uint8', pixels, [batch, size, size, 3]) };

parentPort?.on('message', (durationMs: number) => {
  void runFor(durationMs);
});
parentPort?.postMessage(0, []);

async function runFor(durationMs: number): Promise<void> {
  let pictures = 0;
  for (const end = performance.now() + durationMs; performance.now() < end; pictures += batch) {
    await session.run(feeds);
  }
  parentPort?.postMessage(pictures, []);
}
