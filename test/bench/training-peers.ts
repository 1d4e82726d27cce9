/** What training is measured beside, where it is installed: PyTorch, TensorFlow; and ONNX Runtime alone, the limit. */
import { referenceNetwork } from '../../src/learn/networks/category.js';
import { initialState } from '../../src/learn/train/state.js';
import { openTensorFlowTraining } from '../../src/learn/train/tensorflow-training.js';
import { loadTensorFlow, TENSORFLOW_PACKAGES } from '../../src/model/tensorflow.js';
import type { Peer } from './peers.js';
import { pythonContender } from './python-contender.js';
import type { RawTrainingData } from './raw-training-worker.js';
import type { Contender } from './rounds.js';
import { workerContender } from './worker-contender.js';

const TENSORFLOW = 'TensorFlow';

export async function rawGraph(workers: number, batch: number): Promise<Contender> {
  const data: RawTrainingData = { batch: batch / workers };
  return workerContender(
    `the graph alone, ${workers} sessions of 1 thread`,
    'raw-training-worker.js',
    workers,
    data,
  );
}

export function pyTorch(threads: number, batch: number): Promise<Peer<Contender>> {
  const args = [String(threads), String(batch)];
  return pythonContender('PyTorch', 'pytorch-training.py', args, `, ${threads} threads, no augmentation`);
}

/** The first package that loads, on the device that it finds; without augmentation and without Adam. */
export async function tensorFlow(batch: number): Promise<Peer<Contender>> {
  for (const name of TENSORFLOW_PACKAGES) {
    const loaded = await loadTensorFlow(name);
    if (loaded.kind === 'absent') continue;
    const spec = referenceNetwork();
    const session = openTensorFlowTraining(loaded.tensorflow, spec, batch, null);
    const { weights, statistics } = initialState(session.graph, 1);
    const target = { gradients: new Float32Array(weights.length), statistics };
    const shard = {
      pixels: new Uint8Array(batch * spec.size ** 2 * 3).fill(90),
      targets: new Float32Array(batch * spec.classes).fill(1 / spec.classes),
      remembered: null,
      masks: new Map<string, Float32Array>(),
    };
    return {
      kind: 'present',
      name: TENSORFLOW,
      measured: {
        name: `${name} on the ${loaded.usesGpu ? 'GPU' : 'CPU'}, no augmentation`,
        async run(durationMs) {
          let pictures = 0;
          for (const end = performance.now() + durationMs; performance.now() < end; pictures += batch) {
            await session.differentiate(shard, weights, target);
          }
          return { pictures };
        },
        close: () => session.close(),
      },
    };
  }
  return { kind: 'absent', name: TENSORFLOW, how: 'npm install @tensorflow/tfjs-node' };
}
