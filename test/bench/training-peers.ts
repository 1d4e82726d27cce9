/** What training is measured beside, where it is installed: PyTorch, TensorFlow; and ONNX Runtime alone, the limit. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { referenceNetwork } from '../../src/learn/networks/category.js';
import { initialState } from '../../src/learn/train/state.js';
import { openTensorFlowTraining } from '../../src/learn/train/tensorflow-training.js';
import { loadTensorFlow, TENSORFLOW_PACKAGES } from '../../src/model/tensorflow.js';
import type { RawTrainingData } from './raw-training-worker.js';
import type { Contender } from './rounds.js';
import { workerContender } from './worker-contender.js';

/** A contender, or why there is none. */
export type Peer =
  | { readonly kind: 'present'; readonly contender: Contender }
  | { readonly kind: 'absent'; readonly reason: string };

export async function rawGraph(workers: number, batch: number): Promise<Contender> {
  const data: RawTrainingData = { batch: batch / workers };
  return workerContender(
    `the graph alone, ${workers} sessions of 1 thread`,
    'raw-training-worker.js',
    workers,
    data,
  );
}

/** By `python3`, in a process of its own. */
export async function pyTorch(threads: number, batch: number): Promise<Peer> {
  const script = fileURLToPath(new URL('../../../test/bench/pytorch-training.py', import.meta.url));
  const child = spawn('python3', [script, String(threads), String(batch)], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const absent: Peer = {
    kind: 'absent',
    reason: 'no python3 that can import torch: python3 -m pip install torch, on the PATH of this command',
  };
  const failed = once(child, 'error').then(() => null);
  const first = await Promise.race([lines.next(), failed]);
  if (first === null || first.done === true) return absent;
  const { version } = JSON.parse(first.value) as { readonly version: string };
  return {
    kind: 'present',
    contender: {
      name: `PyTorch ${version}, ${threads} threads, no augmentation`,
      async run(durationMs) {
        child.stdin.write(`${durationMs}\n`);
        const answer = await lines.next();
        if (answer.done === true) throw new Error('python3 ended while it was measured');
        return JSON.parse(answer.value) as { pictures: number; cpuMs: number };
      },
      async close() {
        child.stdin.end();
        if (child.exitCode === null) await once(child, 'exit');
      },
    },
  };
}

/** The first package that loads, on the device that it finds; without augmentation and without Adam. */
export async function tensorFlow(batch: number): Promise<Peer> {
  const reasons: string[] = [];
  for (const name of TENSORFLOW_PACKAGES) {
    const loaded = await loadTensorFlow(name);
    if (loaded.kind === 'absent') {
      reasons.push(loaded.reason);
      continue;
    }
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
      contender: {
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
  return { kind: 'absent', reason: `${reasons.join('; ')}: npm install @tensorflow/tfjs-node` };
}
