/** The training graph on ONNX Runtime alone: the same batch and weights in a loop until the time is over. */
import { parentPort, workerData } from 'node:worker_threads';
import { referenceNetwork } from '../../src/learn/networks/category.js';
import { buildTrainingGraph } from '../../src/learn/networks/training-graph.js';
import { channelBlock, openSession, Tensor } from '../../src/learn/runtime.js';

export interface RawTrainingData {
  /** Pictures of one step of this thread. */
  readonly batch: number;
}

const { batch } = workerData as RawTrainingData;
const spec = referenceNetwork();
const graph = buildTrainingGraph(spec, batch, { channelBlock: await channelBlock() });
const session = await openSession(graph.bytes, 1, { optimization: 'as-written' });
const pixels = Uint8Array.from({ length: batch * spec.size ** 2 * 3 }, (_, at) => (at * 7919) % 256);
const feeds: Record<string, Tensor> = {
  pixels: new Tensor('uint8', pixels, [batch, spec.size, spec.size, 3]),
  targets: filled([batch, spec.classes], 1 / spec.classes),
};
for (const { name, shape } of graph.masks) feeds[name] = filled(shape, 1);
// Not zero, so that no derivative is either; what is multiplied does not change the time.
for (const { name, shape } of graph.parameters) feeds[name] = filled(shape, 0.01);

parentPort?.on('message', (durationMs: number) => {
  void runFor(durationMs);
});
parentPort?.postMessage(0, []);

async function runFor(durationMs: number): Promise<void> {
  let pictures = 0;
  for (const end = performance.now() + durationMs; performance.now() < end; pictures += batch) {
    const outputs = await session.run(feeds);
    for (const output of Object.values(outputs)) output.dispose();
  }
  parentPort?.postMessage(pictures, []);
}

function filled(shape: readonly number[], value: number): Tensor {
  const length = shape.reduce((product, side) => product * side, 1);
  return new Tensor('float32', new Float32Array(length).fill(value), shape);
}
